"""Small parts that every widget is made of: labels by role, an icon with its word, boxes, buttons."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView, icon
from teller_assist.workflow.view import Mark

LINE_PX = 18  # height of a line of small text

# Mark -> (tone, icon)
MARKS = {
    Mark.GOOD: ("good", "check"),
    Mark.ATTENTION: ("attention", "warning"),
    Mark.BAD: ("bad", "cross"),
    Mark.WAITING: ("muted", "waiting"),
    Mark.UNKNOWN: ("muted", "question"),
}


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget the look that the style sheet has for a role."""
    style = widget.style()
    if widget.property("role") != role and style is not None:
        widget.setProperty("role", role)
        style.unpolish(widget)
        style.polish(widget)


def label(role: str = "", text: str = "", *, wrap: bool = False) -> QLabel:
    """Make a label; a wrapping one grows downwards."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def tell(one: QLabel, text: str, name: str = "") -> None:
    """Set a label's text, and the name that a screen reader speaks where it says more."""
    one.setText(text)
    one.setAccessibleName(name or text)


def box(role: str = "card") -> QFrame:
    """Make a frame with a border and a ground."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def column(owner: QWidget, margin_px: int = 0, spacing_px: int = 4) -> QVBoxLayout:
    """Give a widget a layout from top to bottom."""
    made = QVBoxLayout(owner)
    made.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
    made.setSpacing(spacing_px)
    return made


def stacked(*widgets: QWidget, spacing_px: int = 2) -> QWidget:
    """Make a holder with widgets from top to bottom."""
    holder = QWidget()
    layout = column(holder, 0, spacing_px)
    for one in widgets:
        layout.addWidget(one)
    return holder


def row(owner: QWidget | None = None, spacing_px: int = 6) -> QHBoxLayout:
    """Make a layout from left to right without margins."""
    made = QHBoxLayout() if owner is None else QHBoxLayout(owner)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing_px)
    return made


def button(text: str, role: str, clicked: Callable[[], object], key: str = "") -> QPushButton:
    """Make a button; its key is written on it and works while it can be seen."""
    made = QPushButton(f"{text}  {key}" if key else text)
    made.setProperty("role", role)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAutoDefault(False)
    made.setAccessibleName(text)
    if key:
        made.setShortcut(key)
        made.setAccessibleDescription(key)
    made.clicked.connect(lambda: _call(clicked))
    return made


def tell_button(one: QPushButton, text: str) -> None:
    """Set a button's words, and what a screen reader speaks."""
    one.setText(text)
    one.setAccessibleName(text)


def tell_key_button(one: QPushButton, text: str, key: str) -> None:
    """Set the words of a button that has a key; setting its text takes the key away."""
    if one.accessibleName() != text:
        one.setText(f"{text}  {key}")
        one.setAccessibleName(text)
        one.setShortcut(key)


def tool(name: str, text: str, colour: str, clicked: Callable[[], object]) -> QToolButton:
    """Make a button with an icon only; its words are the tooltip and the accessible name."""
    made = QToolButton()
    made.setIcon(icon(name, colour))
    made.setIconSize(QSize(18, 18))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setToolTip(text)
    made.setAccessibleName(text)
    made.clicked.connect(lambda: _call(clicked))
    return made


def _call(clicked: Callable[[], object]) -> None:
    """Leave out Qt's own argument, and whatever the function returns."""
    clicked()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while layout.count():
        item = layout.takeAt(0)
        inner, widget = (item.layout(), item.widget()) if item is not None else (None, None)
        if inner is not None:
            clear(inner)
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


class IconLine(QWidget):
    """An icon and the word beside it, in one tone."""

    def __init__(self, theme: Theme, *, role: str = "small", side_px: int = 13, wrap: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.label = label(role, wrap=wrap)
        self.icon = IconView(side_px, height_px=LINE_PX if wrap else 0)
        layout = row(self, 5)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)

    def show_line(self, icon_name: str, tone: str, text: str, *, name: str = "", detail: str = "") -> None:
        """Show an icon in a tone with its text; ``name`` and ``detail`` are what a screen reader and a tooltip say."""
        self.icon.show_icon(icon_name, self._theme.tone(tone).text)
        tell(self.label, text, name)
        self.label.setAccessibleDescription(detail)
        self.setToolTip(detail)
