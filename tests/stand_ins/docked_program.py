"""The real window with a scripted station, as a process: `python -m tests.stand_ins.docked_program VIEW [DOCK_SIDE]`.

Reads lines and answers with lines:

    show VIEW             the station shows a made-up view
    where WIDGET          the middle of a widget of the panel, in the screen's pixels: "where sign_on_page.teller"
    notices               the lines below the preview
    key                   which of our widgets has the keyboard
"""

from __future__ import annotations

import sys
import threading
from operator import attrgetter

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QApplication, QLabel, QWidget

from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.schema import StationSettings
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.ui.start import run_window
from tests.stand_ins.stations import ScriptedStation, Wish
from tests.stand_ins.views import STATES


def say(*words: object) -> None:
    """Write one line. Whole and at once: several threads write."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


class Script(QObject):
    """Carries lines from standard input to the GUI thread."""

    line = pyqtSignal(str)

    def __init__(self, window: CounterWindow, station: ScriptedStation) -> None:
        super().__init__()
        self.window, self.station = window, station
        self.line.connect(self.follow)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for line in sys.stdin:
            self.line.emit(line.strip())

    def follow(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        if command == "show":
            self.station.show(STATES[rest]())
        elif command == "where":
            widget = self.widget(rest)
            middle, scale = widget.mapToGlobal(widget.rect().center()), widget.devicePixelRatioF()
            origin = self.window.window.pos()
            say(
                "at",
                *(round(first + (one - first) * scale) for one, first in ((middle.x(), origin.x()), (middle.y(), origin.y()))),
            )
        elif command == "notices":
            say("notices", *(label.text() for label in self.window.panel.notices.findChildren(QLabel)))
        elif command == "key":
            focus = QApplication.focusWidget()
            say("focus", type(focus).__name__ if focus is not None else "none")

    def widget(self, name: str) -> QWidget:
        panel = self.window.panel
        if name == "pass":
            return panel.decision.buttons[TellerDecision.PASS]
        found: QWidget = attrgetter(name)(panel)
        return found


def main() -> int:
    def noted(wish: Wish) -> None:
        if wish[0] != "touch":
            say("wish", wish[0], *wish[1])

    station = ScriptedStation(STATES[sys.argv[1]](), noted)
    settings = StationSettings(dock_side=sys.argv[2] if len(sys.argv) > 2 else "right")
    scripts: list[Script] = []

    def prepared(window: CounterWindow) -> None:
        scripts.append(Script(window, station))
        window.link.view_changed.connect(lambda view: say("shown", view.screen))

    return run_window(lambda: station, settings, prepared=prepared)


if __name__ == "__main__":
    sys.exit(main())
