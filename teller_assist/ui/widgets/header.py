"""The title bar: product, counter and teller, and the four buttons."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import column, label, row, tell, tool
from teller_assist.ui.words import Words

HEIGHT_PX = 44


class Header(QFrame):
    """Who works where, and language, theme, lock and collapse."""

    language_chosen = pyqtSignal(str)
    theme_chosen = pyqtSignal(str)
    lock = pyqtSignal()
    collapse = pyqtSignal()

    def __init__(self, words: Words, theme: Theme, *, at_left: bool = False) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT_PX)
        layout = row(self, 8)
        layout.setContentsMargins(10, 0, 6, 0)
        mark = IconView(26, disc=True)
        mark.show_icon("compare", theme.head, theme.on_head)
        layout.addWidget(mark)
        names = QWidget()
        lines = column(names, 0, 0)
        self.title = label("title", words.say("panel", "product"))
        self.place = label("small")
        self.offline = label("offline", words.say("sign_on", "offline"))
        self.offline.setAccessibleName(words.say("sign_on", "offline"))
        self.offline.hide()
        second = row(None, 6)
        for one in (self.place, self.offline):
            second.addWidget(one)
        second.addStretch(1)
        lines.addWidget(self.title)
        lines.addLayout(second)
        layout.addWidget(names, 1, Qt.AlignmentFlag.AlignVCenter)
        other_theme = "dark" if theme.name == "light" else "light"
        self.language_button = tool(
            "language", words.say("panel", "other_language"), theme.on_head, lambda: self.language_chosen.emit(words.other)
        )
        self.theme_button = tool(
            "theme", words.say("panel", f"theme_{other_theme}"), theme.on_head, lambda: self.theme_chosen.emit(other_theme)
        )
        self.lock_button = tool("lock", words.say("panel", "lock"), theme.on_head, self.lock.emit)
        outwards = "to_left" if at_left else "to_right"
        self.collapse_button = tool(outwards, words.say("panel", "collapse"), theme.on_head, self.collapse.emit)
        buttons = row(None, 0)
        for one in (self.language_button, self.theme_button, self.lock_button, self.collapse_button):
            buttons.addWidget(one)
        layout.addLayout(buttons)

    def show_place(self, counter: str, teller: str, *, signed_on: bool, offline: bool = False) -> None:
        """Show the counter and the teller; either may be empty.

        Parameters
        ----------
        offline
            The teller signed on while the branch server was away.
        """
        told = [counter] if counter else []
        if teller:
            told.append(self._words.say("panel", "teller", teller=teller))
        tell(self.place, " · ".join(told))
        self.place.setVisible(bool(told))
        self.offline.setVisible(offline)
        self.lock_button.setVisible(signed_on)
