"""Two keys that work wherever the focus is: Ctrl+Alt+V brings the keyboard to the window, Ctrl+Alt+B folds it to a strip."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol

from PyQt5.QtGui import QGuiApplication

from teller_assist.ui.dock.native_events import NativeEvents


class Hotkey(StrEnum):
    """What a key is for; its value is the letter."""

    FOCUS = "v"
    STRIP = "b"

    @property
    def shown(self) -> str:
        """The key as a person reads it."""
        return f"Ctrl+Alt+{self.value.upper()}"


class Hotkeys(Protocol):
    """Keys that are held.

    Attributes
    ----------
    refused
        Keys that another program holds, or that this desktop cannot give.
    """

    @property
    def refused(self) -> tuple[Hotkey, ...]: ...  # noqa: D102 - above

    def remove(self) -> None:
        """Give the keys back."""


def hold_hotkeys(window_id: int, pressed: Callable[[Hotkey], None]) -> Hotkeys:
    """Hold the keys as long as the window lives.

    Parameters
    ----------
    window_id
        The native window.
    pressed
        Called in the GUI thread.
    """
    platform = QGuiApplication.platformName()
    if platform == "xcb":
        return X11Hotkeys(pressed)
    if platform == "windows" and sys.platform == "win32":
        library: Any = ctypes.WinDLL("user32")
        library.RegisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int32, ctypes.c_uint32, ctypes.c_uint32)
        library.UnregisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int32)
        return WindowsHotkeys(window_id, library, pressed)
    return NoHotkeys()


class NoHotkeys:
    """For desktops that give no program a key of everybody's."""

    refused: tuple[Hotkey, ...] = tuple(Hotkey)

    def remove(self) -> None:
        """Nothing is held."""


# ---------------------------------------------------------------- X11

_LOCK, _CONTROL, _ALT, _NUM_LOCK = 2, 4, 8, 16  # modifier masks, X.h; Mod1 is Alt and Mod2 is NumLock on every usual keyboard
_SHIFT = 1
_MEANT = _SHIFT | _CONTROL | _ALT
_WANTED = _CONTROL | _ALT
_KEY_PRESS = 2


class _XKeyEvent(ctypes.Structure):
    """xcb_key_press_event_t."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("detail", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("time", ctypes.c_uint32),
        ("root", ctypes.c_uint32),
        ("event", ctypes.c_uint32),
        ("child", ctypes.c_uint32),
        ("positions", ctypes.c_int16 * 4),
        ("state", ctypes.c_uint16),
    )


class X11Hotkeys:
    """Keys grabbed on the root window, with and without CapsLock and NumLock."""

    def __init__(self, pressed: Callable[[Hotkey], None]) -> None:
        from teller_assist.ui.dock.xlib import XDisplay

        self._display, self._pressed = XDisplay.of_qt(), pressed
        self._keys = {self._display.keycode(key.value): key for key in Hotkey}
        self._grabbed = [
            (keycode, modifiers)
            for keycode in self._keys
            for modifiers in (_WANTED | locks for locks in (0, _LOCK, _NUM_LOCK, _LOCK | _NUM_LOCK))
            if self._display.grab_key(keycode, modifiers)
        ]
        self._events = NativeEvents("xcb_generic_event_t", self._look)

    @property
    def refused(self) -> tuple[Hotkey, ...]:
        """Keys that another program holds."""
        return tuple(key for keycode, key in self._keys.items() if (keycode, _WANTED) not in self._grabbed)

    def remove(self) -> None:
        """Give the keys back."""
        self._events.remove()
        for keycode, modifiers in self._grabbed:
            self._display.release_key(keycode, modifiers)
        self._grabbed = []

    def _look(self, address: int) -> bool:
        if ctypes.c_uint8.from_address(address).value & 0x7F != _KEY_PRESS:
            return False
        event = _XKeyEvent.from_address(address)
        key = self._keys.get(event.detail)
        if key is None or event.state & _MEANT != _WANTED:
            return False
        _note_time(event.time)
        self._pressed(key)
        return True


def _note_time(time_ms: int) -> None:
    """Tell Qt of a key press that it does not see itself: a window manager refuses the focus to a program with an old one."""
    from PyQt5.QtX11Extras import QX11Info

    QX11Info.setAppTime(time_ms)
    QX11Info.setAppUserTime(time_ms)


# ---------------------------------------------------------------- Windows

WM_HOTKEY = 0x0312
MOD_ALT, MOD_CONTROL, MOD_NOREPEAT = 0x0001, 0x0002, 0x4000


class HotkeyUser32(Protocol):
    """What is called of user32.dll."""

    def RegisterHotKey(self, window: int, number: int, modifiers: int, key: int, /) -> int: ...  # noqa: N802, D102
    def UnregisterHotKey(self, window: int, number: int, /) -> int: ...  # noqa: N802, D102


class WindowsHotkeys:
    """Keys registered with the system."""

    def __init__(self, window_id: int, user: HotkeyUser32, pressed: Callable[[Hotkey], None]) -> None:
        self._window_id, self._user, self._pressed = window_id, user, pressed
        self._numbers = dict(enumerate(Hotkey, start=1))
        modifiers = MOD_ALT | MOD_CONTROL | MOD_NOREPEAT
        self._held = [
            number
            for number, key in self._numbers.items()
            if user.RegisterHotKey(window_id, number, modifiers, ord(key.value.upper()))
        ]
        self._events = NativeEvents("windows_generic_MSG", self.look_at)

    @property
    def refused(self) -> tuple[Hotkey, ...]:
        """Keys that another program holds."""
        return tuple(key for number, key in self._numbers.items() if number not in self._held)

    def remove(self) -> None:
        """Give the keys back."""
        self._events.remove()
        for number in self._held:
            self._user.UnregisterHotKey(self._window_id, number)
        self._held = []

    def look_at(self, address: int) -> bool:
        """Follow a key.

        Parameters
        ----------
        address
            Of a MSG.
        """
        from teller_assist.ui.dock.windows import WindowMessage

        message = WindowMessage.from_address(address)
        if message.message != WM_HOTKEY or message.w not in self._numbers:
            return False
        self._pressed(self._numbers[message.w])
        return True
