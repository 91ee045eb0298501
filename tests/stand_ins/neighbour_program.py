"""A maximised window as a core-banking terminal has one; tells what it is typed and where it stands."""

from __future__ import annotations

import sys

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QApplication, QPlainTextEdit


class Terminal(QPlainTextEdit):
    """Writes a line for every key."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None and event.text():
            sys.stdout.write(f"typed {event.text()}\n")
            sys.stdout.flush()
        super().keyPressEvent(event)


def main() -> int:
    application = QApplication(sys.argv[:1])
    terminal = Terminal("CORE BANKING TERMINAL\n" * 60)
    terminal.setWindowTitle("core banking")
    terminal.setStyleSheet("background:#02240c;color:#7dff9a;font:16px monospace")
    terminal.setWindowState(Qt.WindowState.WindowMaximized)
    terminal.show()
    return int(application.exec_())


if __name__ == "__main__":
    sys.exit(main())
