"""The Windows half, against a scripted system. The X11 half is pressed for real in dock/test_beside_a_neighbour.py."""

from __future__ import annotations

import ctypes

from PyQt5.QtWidgets import QApplication

from teller_assist.ui import hotkeys as h
from teller_assist.ui.dock.windows import WindowMessage


class User:
    """Grants every key but those that another program holds."""

    def __init__(self, *taken: str) -> None:
        self.taken = {ord(one) for one in taken}
        self.held: dict[int, tuple[int, int]] = {}

    def RegisterHotKey(self, window: int, number: int, modifiers: int, key: int, /) -> int:  # noqa: N802 - the system's name
        if key in self.taken:
            return 0
        self.held[number] = (modifiers, key)
        return 1

    def UnregisterHotKey(self, window: int, number: int, /) -> int:  # noqa: N802 - the system's name
        del self.held[number]
        return 1


def press(keys: h.WindowsHotkeys, number: int, message: int = h.WM_HOTKEY) -> bool:
    told = WindowMessage(0, message, number, 0)
    return keys.look_at(ctypes.addressof(told))


def test_registered_keys_are_told_apart_and_given_back(qapp: QApplication) -> None:
    user = User()
    pressed: list[h.Hotkey] = []
    keys = h.WindowsHotkeys(1, user, pressed.append)
    assert set(user.held.values()) == {(0x4003, ord("V")), (0x4003, ord("B"))}
    by_key = {chr(key): number for number, (_, key) in user.held.items()}
    assert press(keys, by_key["B"])
    assert press(keys, by_key["V"])
    assert not press(keys, by_key["V"], message=0x0100), "an ordinary key"
    assert not press(keys, 99), "another program's hotkey"
    assert pressed == [h.Hotkey.STRIP, h.Hotkey.FOCUS]
    assert keys.refused == ()
    keys.remove()
    assert user.held == {}


def test_a_key_of_another_program_is_told(qapp: QApplication) -> None:
    keys = h.WindowsHotkeys(1, User("V"), lambda _key: None)
    assert [key.shown for key in keys.refused] == ["Ctrl+Alt+V"]
    keys.remove()


def test_a_desktop_without_such_keys_says_so() -> None:
    assert [key.shown for key in h.NoHotkeys().refused] == ["Ctrl+Alt+V", "Ctrl+Alt+B"]
