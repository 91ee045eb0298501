"""The docked window: holds the panel or the strip, and the keyboard only when it is asked to.

Whose keyboard it is:

    the terminal's   normally; our buttons work by mouse all the same
    ours             after Ctrl+Alt+V, until Esc; after a click into a text field, until the field is gone; on the sign-on screen
                     after any click
    the terminal's   again after Esc, or as soon as the teller clicks there
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt5.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QMoveEvent, QScreen, QWindow
from PyQt5.QtWidgets import QApplication, QLayout, QLineEdit, QPlainTextEdit, QStackedLayout, QTextEdit, QWidget

from teller_assist.errors import BugError
from teller_assist.ui.dock import Docked, Side, open_dock
from teller_assist.ui.theme import PANEL_WIDTH_PX, STRIP_WIDTH_PX

_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit)
_CORRECTIONS_MAX = 3  # a desktop that insists on another place gets its way
_USES = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel)


class DockWindow(QWidget):
    """A frameless window at the screen's outer edge.

    Parameters
    ----------
    side
        Screen edge.

    Attributes
    ----------
    painted
        Once: the window stands on the screen, painted. From then on ``is_painted`` is true.
    used
        Somebody pressed a key or a mouse button here, or moved the mouse over the window.
    escape_wanted
        Asked at Esc before the keyboard is given back; returns whether something else was closed instead.
    """

    painted = pyqtSignal()
    used = pyqtSignal()

    def __init__(self, side: Side) -> None:
        super().__init__()
        for flag in (Qt.WindowType.FramelessWindowHint, Qt.WindowType.WindowDoesNotAcceptFocus):
            self.setWindowFlag(flag)
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeDock)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(QApplication.applicationDisplayName())
        self._surfaces = QStackedLayout(self)
        self._surfaces.setContentsMargins(0, 0, 0, 0)
        self._surfaces.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the strip is narrower than the hidden panel
        self._is_strip = False
        self._asks_for_text = False
        self.is_painted = False
        self._place = QRect()
        self._corrections_left = 0
        self.escape_wanted: Callable[[], bool] = lambda: False
        self._field: QWidget | None = None  # the text field for which the keyboard was taken
        self._handle().installEventFilter(self)
        opened = open_dock(self, side)
        self._dock, self.docked = opened.dock, opened.docked
        self._follow_application()

    @property
    def is_strip(self) -> bool:
        """Whether the window is folded."""
        return self._is_strip

    def show_surfaces(self, panel: QWidget, strip: QWidget) -> None:
        """Hold a panel and a strip, in place of those before."""
        before = [self._surfaces.widget(index) for index in range(self._surfaces.count())]
        for place, one in enumerate((panel, strip)):
            self._surfaces.insertWidget(place, one)
        self._surfaces.setCurrentWidget(strip if self._is_strip else panel)
        for old in before:
            if old is not None and old not in (panel, strip):
                self._surfaces.removeWidget(old)
                old.hide()
                old.deleteLater()

    def open(self) -> None:
        """Show the window at its edge."""
        self.place()
        self.show()

    def place(self) -> None:
        """Take the place at the edge anew."""
        self._corrections_left = _CORRECTIONS_MAX
        self._take_place()

    def fold(self, *, to_strip: bool) -> None:
        """Become the strip or the panel."""
        if to_strip == self._is_strip:
            return
        self._is_strip = to_strip
        if to_strip:
            self.return_focus()
        self._surfaces.setCurrentIndex(int(to_strip))
        self.place()

    def ask_for_text(self, asks: bool) -> None:
        """Say that the panel waits for text: then a click anywhere takes the keyboard."""
        self._asks_for_text = asks

    def take_focus(self) -> None:
        """Take the keyboard, and remember whose it was.

        A text field gets it where one waits; otherwise no widget does, so that no key presses a button by accident.
        """
        (self._first_text_field() or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self._activate()

    def take_focus_for_text(self) -> None:
        """Take the keyboard for the text field that has just appeared, as long as it is there."""
        field = self._first_text_field()
        if field is not None:
            self._take_focus_for(field)

    def return_focus(self) -> None:
        """Give the keyboard back to whoever had it."""
        self._field = None
        if self.isActiveWindow():
            self._dock.return_focus()
        self._refuse_focus()

    def alert(self, *, sound: bool) -> None:
        """Draw attention without taking the keyboard."""
        QApplication.alert(self)
        if sound:
            QApplication.beep()

    def release(self) -> None:
        """Give the screen's edge back; the window is not shown again."""
        self.hide()
        self._dock.remove()

    # ---------------------------------------------------------------- what Qt calls

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Look at what reaches the native window, and at a text field that goes."""
        if event is None:
            return False
        if watched is self._field and event.type() == QEvent.Type.Hide:
            QTimer.singleShot(0, self.return_focus)
        elif event.type() in _USES:
            if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
                self._take_focus_at(event.pos())
            self.used.emit()
        elif event.type() == QEvent.Type.Expose and not self.is_painted:
            self.is_painted = True
            QTimer.singleShot(0, self.painted.emit)  # Qt paints before it returns from this event
        return False

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Give the keyboard back at Esc, which no widget wanted for itself."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            if not self.escape_wanted():
                self.return_focus()
        else:
            super().keyPressEvent(event)

    def moveEvent(self, event: QMoveEvent | None) -> None:  # noqa: N802 - Qt's name
        """Take the place again where Qt believes to be elsewhere.

        A window manager that puts a window into its frame can make Qt read the frame's first corner, and says nothing more: Qt
        would then show menus and tool tips at the wrong end of the screen.
        """
        super().moveEvent(event)
        if self.isVisible() and self.pos() != self._place.topLeft() and self._corrections_left > 0:
            self._corrections_left -= 1
            QTimer.singleShot(0, self._correct_place)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """Refuse the keyboard again once the teller clicked elsewhere."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._field = None
            self._refuse_focus()

    # ---------------------------------------------------------------- inside

    def _take_place(self) -> None:
        self._dock.place(STRIP_WIDTH_PX if self._is_strip else PANEL_WIDTH_PX)
        self._place = self.geometry()

    def _correct_place(self) -> None:
        if self.isVisible():
            self._take_place()

    def _take_focus_at(self, position: QPoint) -> None:
        field = self._text_field_at(position) or (self._first_text_field() if self._asks_for_text else None)
        if field is not None:
            self._take_focus_for(field)

    def _take_focus_for(self, field: QWidget) -> None:
        if self.isActiveWindow():
            return  # then it is ours until Esc
        self._field = field
        field.installEventFilter(self)
        field.destroyed.connect(self._forget_field)
        field.setFocus(Qt.FocusReason.MouseFocusReason)
        self._activate()

    def _activate(self) -> None:
        if not self.isActiveWindow():
            self._dock.remember_focus()
        self._handle().setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, False)
        self.raise_()
        self.activateWindow()

    def _watch_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Keep Qt from handing the keyboard of a widget that went to whichever button comes next: Space would press it."""
        if before is not None and now is not None and now.window() is self and not (before.isVisible() and before.isEnabled()):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _text_field_at(self, position: QPoint) -> QWidget | None:
        widget = self.childAt(position)
        while widget is not None and widget is not self:
            if isinstance(widget, _TEXT_FIELDS):
                return widget if widget.isEnabled() else None
            widget = widget.parentWidget()
        return None

    def _first_text_field(self) -> QWidget | None:
        fields: Sequence[QLineEdit] = self.findChildren(QLineEdit)
        return next((field for field in fields if field.isVisible() and field.isEnabled()), None)

    def _forget_field(self) -> None:
        self._field = None

    def _refuse_focus(self) -> None:
        self._handle().setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, True)

    def _handle(self) -> QWindow:
        self.winId()  # makes the native window
        handle = self.windowHandle()
        if handle is None:
            raise BugError("the window has no native window")
        return handle

    def _follow_application(self) -> None:
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            raise BugError("there is no application")
        application.focusChanged.connect(self._watch_focus)
        application.screenAdded.connect(self._follow_screen)
        application.screenRemoved.connect(lambda _screen: self._place_soon())
        for screen in QGuiApplication.screens():
            self._follow_screen(screen)

    def _follow_screen(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._screen_changed)
        screen.logicalDotsPerInchChanged.connect(lambda _dpi: self._place_soon())
        self._place_soon()

    def _screen_changed(self, _area: QRect) -> None:
        self._place_soon()

    def _place_soon(self) -> None:
        # Qt tells of a change screen by screen: looked at when it has told of all.
        QTimer.singleShot(0, self._place_if_shown)

    def _place_if_shown(self) -> None:
        if self.isVisible():
            self.place()


__all__ = ["DockWindow", "Docked"]
