"""The devices over the panel: how each fares and why, which plugin drives it, its self-test, and the plugins that are refused."""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication, QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from teller_assist.ui.theme import SCROLL_BAR_PX, Theme
from teller_assist.ui.widgets.device_row import DeviceRow
from teller_assist.ui.widgets.pieces import IconLine, button, clear, column, label, row, set_role
from teller_assist.ui.words import Words
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_devices import DevicesView, RefusedPlugin


class DevicesDialog(QFrame):
    """Opened by a chip; closed by Esc, by its button, and by another screen or an alert: neither is ever covered."""

    opened = pyqtSignal()
    test_wanted = pyqtSignal(str, bool)  # which device, confirmed although a customer is served
    stop_wanted = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._view: StationView | None = None
        self._rows: dict[str, DeviceRow] = {}
        self._refused: tuple[RefusedPlugin, ...] | None = None
        set_role(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        say = words.say
        self.setAccessibleName(say("devices_dialog", "title"))
        layout = column(self, 0, 8)
        layout.setContentsMargins(12, 10, 12 - SCROLL_BAR_PX, 10)
        self.back = button(say("panel", "back"), "link", self.close_dialog)
        first = row()
        first.setContentsMargins(0, 0, SCROLL_BAR_PX, 0)
        first.addWidget(label("title", say("devices_dialog", "title")), 1)
        first.addWidget(self.back)
        layout.addLayout(first)
        layout.addWidget(self._scrolled(), 1)
        self.hide()

    def _scrolled(self) -> QScrollArea:
        middle = QWidget()
        middle.setObjectName("dialog_middle")
        outer = column(middle, 0, 8)
        outer.setContentsMargins(0, 0, SCROLL_BAR_PX - 2, 2)
        devices, refused = QWidget(), QWidget()
        self._devices, self._refused_lines = column(devices, 0, 8), column(refused, 0, 4)
        self.listing = IconLine(self._theme, role="note", wrap=True)
        self.private = label("small", self._words.say("devices_dialog", "private"), wrap=True)
        outer.addWidget(devices)
        outer.addWidget(self.private)
        outer.addWidget(label("strong", self._words.say("devices_dialog", "refused_title")))
        outer.addWidget(self.listing)
        outer.addWidget(refused)
        outer.addStretch(1)
        area = self._area = QScrollArea()
        area.setObjectName("dialog")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # in the margin, so that no width ever changes
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(middle)
        bar = area.verticalScrollBar()
        if bar is not None:
            bar.setEnabled(False)
            bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        return area

    def device(self, name: str) -> DeviceRow:
        """Return one device's card."""
        return self._rows[name]

    def open_at(self, device: str) -> None:
        """Open it with one device in sight."""
        if self._view is None:
            return
        self.show()
        self.raise_()
        self._show_rows(self._view)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._settle()
        if device in self._rows:
            self._area.ensureWidgetVisible(self._rows[device], 0, 8)
        self.opened.emit()

    def close_dialog(self) -> bool:
        """Take it away, and return whether it was there; a self-test that runs goes on."""
        there = not self.isHidden()
        for one in self._rows.values():
            one.take_back()
        self.hide()
        return there

    def show_view(self, view: StationView) -> None:
        """Show how the devices fare; another screen or an alert that has just come closes it."""
        before, self._view = self._view, view
        if self.isHidden():
            return
        if before is not None and _comes_first(before, view):
            self.close_dialog()
            return
        self._show_rows(view)
        self._settle()

    def event(self, event: QEvent | None) -> bool:
        """Keep Esc from being taken as a shortcut of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Close a question, or the dialog, on Esc."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.take_escape()
        else:
            super().keyPressEvent(event)

    def take_escape(self) -> bool:
        """Close what Esc closes first, and return whether there was something."""
        if self.isHidden():
            return False
        asked = [one.take_back() for one in self._rows.values()]  # of every one, not of the first that had asked
        return any(asked) or self.close_dialog()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Keep Tab inside: what lies below cannot be seen."""
        buttons = [one for one in self.findChildren(QPushButton) if one.isVisible() and one.isEnabled()]
        now = next((place for place, one in enumerate(buttons) if one.hasFocus()), -1 if forward else 0)
        chosen = buttons[(now + (1 if forward else -1)) % len(buttons)]
        chosen.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._area.ensureWidgetVisible(chosen, 0, 8)
        return True

    def _show_rows(self, view: StationView) -> None:
        care = view.device_care
        for chip in view.devices:
            if chip.device not in self._rows:
                self._rows[chip.device] = made = DeviceRow(self._words, self._theme, chip.device)
                made.test_wanted.connect(self.test_wanted)
                made.stop_wanted.connect(self.stop_wanted)
                made.grew.connect(self._bring_into_sight)
                self._devices.addWidget(made)
                made.show()
            self._rows[chip.device].show_device(chip, care.of(chip.device), care.asks_first)
        self._show_refused(care)

    def _show_refused(self, care: DevicesView) -> None:
        known = care.refused if care.listed else None
        say = self._words.say
        self.listing.setVisible(not known)
        if known is None:
            self.listing.show_line("waiting", "muted", say("devices_dialog", "looking"))
        else:
            self.listing.show_line("check", "good", say("devices_dialog", "none_refused"))
        if known == self._refused:
            return
        self._refused = known
        clear(self._refused_lines)
        for one in known or ():
            line = IconLine(self._theme, role="note", wrap=True)
            plugin = f"{one.plugin_id} {one.version}".strip()
            line.show_line("cross", "bad", say("devices_dialog", "refused", plugin=plugin, why=self._words.of(one.why)))
            self._refused_lines.addWidget(line)
            line.show()  # Qt itself would show it one round of events later

    def _bring_into_sight(self, widget: QWidget) -> None:
        self._settle()
        self._area.ensureWidgetVisible(widget, 0, 8)

    def _settle(self) -> None:
        """Lay everything out now, for what is to be brought into sight."""
        for _round in range(4):  # a layout within layouts settles a round after the outer one
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def _comes_first(before: StationView, now: StationView) -> bool:
    return now.screen is not before.screen or (now.alert is not None and now.alert != before.alert)
