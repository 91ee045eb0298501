"""One chip for each device: icon, word and mark."""

from __future__ import annotations

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QLabel, QPushButton, QWidget

from teller_assist.devices.kinds import DeviceState
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.wording import codes
from teller_assist.workflow.view import DeviceChip

_SERVER = "branch_server"

# State -> (tone, icon)
STATES = {
    DeviceState.STARTING: ("muted", "waiting"),
    DeviceState.READY: ("good", "check"),
    DeviceState.RESTARTING: ("attention", "waiting"),
    DeviceState.OUT_OF_ORDER: ("bad", "cross"),
    DeviceState.CLOSED: ("muted", "minus"),
    DeviceState.UNREACHABLE: ("attention", "waiting"),
    DeviceState.NOT_AVAILABLE: ("attention", "warning"),
}


_NO_SERVER = ("muted", "minus")


def look(chip: DeviceChip) -> tuple[str, str]:
    """Return tone and icon of a device; a station without a server was set up so, and that alarms nobody."""
    return _NO_SERVER if _not_enrolled(chip) else STATES[chip.state]


def _not_enrolled(chip: DeviceChip) -> bool:
    return chip.device == _SERVER and chip.state is DeviceState.NOT_AVAILABLE


_GAP_PX = 4
_ROOMY_MOST = 4


def device_sentence(words: Words, chip: DeviceChip) -> str:
    """Return how one device fares in words: its name, its state and why."""
    told = words.say("device", chip.device), words.say("device_state", chip.state)
    why = "" if chip.why is None else f"\n{words.of(chip.why)}"
    return words.say("panel", "named", name=told[0], what=told[1]) + why


class DeviceChips(QWidget):
    """The devices in one line; a click on one, or Space on it, asks for more about it."""

    opened = pyqtSignal(str)  # which device

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._layout = layout = row(self, _GAP_PX)
        self._chips = {device: _Chip(words, theme, device) for device in codes("device")}  # all now, for the order of Tab
        for device, chip in self._chips.items():
            chip.clicked.connect(lambda _checked, device=device: self.opened.emit(device))
            layout.addWidget(chip, 1)
            chip.hide()

    def show_devices(self, chips: tuple[DeviceChip, ...]) -> None:
        """Show the devices that are told of; many share the line without the pictures of their kinds."""
        told = {chip.device: chip for chip in chips}
        dense = len(told) > _ROOMY_MOST
        self._layout.setSpacing(_GAP_PX // 2 if dense else _GAP_PX)
        for device, shown in self._chips.items():
            shown.setVisible(device in told)
            if device in told:
                shown.show_chip(told[device])
                shown.set_dense(dense)

    def chip(self, device: str) -> QPushButton:
        """Return one chip."""
        return self._chips[device]

    def word(self, device: str) -> QLabel:
        """Return one chip's label."""
        return self._chips[device].word


class _Chip(QPushButton):
    def __init__(self, words: Words, theme: Theme, device: str) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._name = words.say("device_chip", device)
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setAccessibleDescription(words.say("devices_dialog", "open"))
        self._layout = layout = row(self, _GAP_PX)
        self._kind = kind = IconView(15)
        kind.show_icon(device, theme.sub)
        self.set_dense(False)
        self.word = label("note", self._name)
        self.mark = IconView(12)
        layout.addWidget(kind)
        layout.addWidget(self.word, 1)
        layout.addWidget(self.mark)

    def set_dense(self, dense: bool) -> None:
        """Leave the picture of its kind out, and stand closer."""
        self._kind.setVisible(not dense)
        self._layout.setSpacing(_GAP_PX // 2 if dense else _GAP_PX)
        side_px = 3 if dense else 5
        self._layout.setContentsMargins(side_px, 0, side_px, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Ask for what its parts need: a button's own hint knows its text only."""
        inside = self.layout()
        return super().sizeHint() if inside is None else inside.minimumSize()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """See ``sizeHint``."""
        return self.sizeHint()

    def show_chip(self, chip: DeviceChip) -> None:
        tone, icon_name = look(chip)
        self.mark.show_icon(icon_name, self._theme.tone(tone).text)
        set_role(self, "chip" if tone in ("good", "muted") else f"chip_{tone}")
        sentence = device_sentence(self._words, chip)
        tell(self.word, self._short(chip), sentence)
        self.setToolTip(sentence)
        self.setAccessibleName(sentence)

    def _short(self, chip: DeviceChip) -> str:
        """Return the name; of the branch server, where that matters more, that there is none or how much waits for it."""
        if _not_enrolled(chip):
            return self._words.say("device_short", "not_enrolled")
        if chip.waiting and chip.state is not DeviceState.READY:
            return self._words.say("device_short", "waiting", waiting=chip.waiting)
        return self._name
