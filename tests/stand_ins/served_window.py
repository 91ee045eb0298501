"""The real window of this machine's counter, and a teller who serves one customer.

`python -m tests.stand_ins.served_window PICTURE` opens what `teller-assist station` opens, by the site's settings, does what the
window offers until the reading and everything beside it has come, writes a picture of the panel and one line of JSON, and ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtWidgets import QApplication

from teller_assist.cli.station import _open_station
from teller_assist.devices.kinds import DeviceState
from teller_assist.evidence.transaction import BusinessKind, TellerJudgement
from teller_assist.settings.home import installation_root
from teller_assist.settings.loading import load_settings
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.ui.start import run_window
from teller_assist.workflow.station import Station
from teller_assist.workflow.view import Screen, StationView
from teller_assist.workflow.view_portraits import PairWord

NEEDED = ("camera", "id_card_reader")
_TICK_MS = 60
_DWELL_S = 2.0
_MOST_S = 60.0


class Teller(QObject):
    """Serves one customer."""

    def __init__(self, window: CounterWindow, picture: Path) -> None:
        super().__init__()
        self._window, self._picture = window, picture
        self._view: StationView | None = None
        self._asked: set[str] = set()
        self._began_s = time.monotonic()
        self._settled_s = 0.0
        window.link.view_changed.connect(self._take)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    def _take(self, view: StationView) -> None:
        self._view = view

    def _tick(self) -> None:
        view, now_s = self._view, time.monotonic()
        if view is not None:
            self._serve(view)
            is_settled = view.gauge is not None and PairWord.WAITING not in view.portraits.pairs.values()
            self._settled_s = (self._settled_s or now_s) if is_settled else 0.0
        if (self._settled_s and now_s - self._settled_s >= _DWELL_S) or now_s - self._began_s > _MOST_S:
            self._timer.stop()
            self._tell(view)
            QApplication.quit()

    def _serve(self, view: StationView) -> None:
        states = {chip.device: chip.state for chip in view.devices}
        if view.screen is Screen.SIGN_ON:
            self._wish("sign_on", lambda station: station.sign_on("柜员一"))
        elif view.screen is Screen.READY and all(states.get(name) is DeviceState.READY for name in NEEDED):
            self._wish("business", lambda station: station.choose_business(BusinessKind.LOSS_REPORT))
            self._wish("begin", lambda station: station.begin())
        elif view.screen is Screen.CUSTOMER and view.consent.asked and view.identity is not None:
            self._wish("consent", lambda station: station.record_consent())
        if view.judgement_asked:
            self._wish("judge", lambda station: station.judge_first(TellerJudgement.CANNOT_SAY))

    def _wish(self, name: str, ask: Callable[[Station], None]) -> None:
        if name not in self._asked:
            self._asked.add(name)
            self._window.link.wish(ask)

    def _tell(self, view: StationView | None) -> None:
        QApplication.processEvents()
        self._window.panel.grab().save(str(self._picture))
        told: dict[str, object] = {"screen": None if view is None else view.screen}
        if view is not None:
            told["devices"] = {chip.device: chip.state.value for chip in view.devices}
            told["name"] = "" if view.identity is None else view.identity.masked_name
            told["pairs"] = {str(name): str(word) for name, word in view.portraits.pairs.items()}
            told["alert"] = "" if view.alert is None else str(view.alert.kind)
            told["next_step"] = str(view.decision.next_step)
        if view is not None and view.gauge is not None:
            gauge = view.gauge
            told["gauge"] = {"outcome": gauge.outcome.value, "stranger": gauge.stranger, "match_from": gauge.match_from}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


def main() -> int:
    settings = load_settings(installation_root(), os.environ)
    tellers: list[Teller] = []

    def prepared(window: CounterWindow) -> None:
        tellers.append(Teller(window, Path(sys.argv[1])))

    return run_window(lambda: _open_station("counter", None), settings.station, prepared=prepared)


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # as the command ends: a device that still closes does not hold the process
