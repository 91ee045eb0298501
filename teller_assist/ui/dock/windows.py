"""Docking on Windows: an application desktop toolbar (AppBar).

    ABM_NEW -> ABM_QUERYPOS -> fix the width -> ABM_SETPOS -> move the window; again on ABN_POSCHANGED; ABM_REMOVE at the end

Rectangles are physical pixels. Structures have fixed widths, so that their sizes are the same wherever they are tested.
Windows forgets an AppBar whose window is gone, as after a crash, when it next arranges the desktop.
"""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int32, c_ssize_t, c_uint32, c_void_p, sizeof
from typing import Any, Protocol

from PyQt5.QtWidgets import QWidget

from teller_assist.ui.dock.edges import Side, at_edge, native_area, outermost_screen
from teller_assist.ui.dock.native_events import NativeEvents

ABM_NEW, ABM_REMOVE, ABM_QUERYPOS, ABM_SETPOS = 0, 1, 2, 3
ABN_POSCHANGED, ABN_FULLSCREENAPP = 1, 2
ABE_LEFT, ABE_RIGHT = 0, 2
HWND_BOTTOM, HWND_TOPMOST = 1, -1
SWP_NOSIZE, SWP_NOMOVE, SWP_NOACTIVATE = 0x0001, 0x0002, 0x0010
_MESSAGE_NAME = "TellerAssistAppBar"


class Rect(ctypes.Structure):
    """RECT."""

    _fields_ = (("left", c_int32), ("top", c_int32), ("right", c_int32), ("bottom", c_int32))


class AppBarData(ctypes.Structure):
    """APPBARDATA of 64-bit Windows: 48 bytes."""

    _fields_ = (
        ("size", c_uint32),
        ("window", c_void_p),
        ("callback_message", c_uint32),
        ("edge", c_uint32),
        ("rect", Rect),
        ("parameter", c_ssize_t),
    )


class WindowMessage(ctypes.Structure):
    """The part of MSG that is read here."""

    _fields_ = (("window", c_void_p), ("message", c_uint32), ("w", c_ssize_t), ("l", c_ssize_t))


class Shell32(Protocol):
    """What is called of shell32.dll."""

    def SHAppBarMessage(self, message: int, data: Any, /) -> int: ...  # noqa: N802, D102 - the system's name


class User32(Protocol):
    """What is called of user32.dll."""

    def RegisterWindowMessageW(self, name: str, /) -> int: ...  # noqa: N802, D102 - the system's names
    def SetWindowPos(self, window: int, after: int, x: int, y: int, width: int, height: int, flags: int, /) -> int: ...  # noqa: N802, D102
    def GetForegroundWindow(self) -> int | None: ...  # noqa: N802, D102
    def SetForegroundWindow(self, window: int, /) -> int: ...  # noqa: N802, D102


def shell32() -> Shell32:
    """Return the system's library; on Windows only."""
    library: Any = _load("shell32")
    library.SHAppBarMessage.restype = c_ssize_t
    library.SHAppBarMessage.argtypes = (c_uint32, c_void_p)
    loaded: Shell32 = library
    return loaded


def user32() -> User32:
    """Return the system's library; on Windows only."""
    library: Any = _load("user32")
    library.RegisterWindowMessageW.argtypes = (ctypes.c_wchar_p,)
    library.SetWindowPos.argtypes = (c_void_p, c_void_p, c_int32, c_int32, c_int32, c_int32, c_uint32)
    library.GetForegroundWindow.restype = c_void_p
    library.SetForegroundWindow.argtypes = (c_void_p,)
    loaded: User32 = library
    return loaded


def _load(name: str) -> Any:
    return ctypes.WinDLL(name)  # type: ignore[attr-defined]  # only Windows has it


class AppBar:
    """A ``Dock`` for Windows. ``register`` comes first."""

    def __init__(self, window: QWidget, side: Side, shell: Shell32, user: User32) -> None:
        self._window, self._side, self._shell, self._user = window, side, shell, user
        self._message = user.RegisterWindowMessageW(_MESSAGE_NAME)
        self._width = 0
        self._remembered = 0
        self._registered = False
        self._events: NativeEvents | None = None

    def register(self) -> bool:
        """Ask for a place at an edge; returns whether the system grants one."""
        self._registered = bool(self._send(ABM_NEW, self._data()))
        if self._registered:
            self._events = NativeEvents("windows_generic_MSG", self.look_at)
        return self._registered

    def place(self, width: int) -> None:
        """Ask where the edge is free, reserve it and move the window there."""
        self._width = width
        screen = outermost_screen(self._side)
        width_px = round(width * screen.devicePixelRatio())
        wanted = at_edge(native_area(screen), self._side, width_px)
        data = self._data()
        data.rect = Rect(wanted.left(), wanted.top(), wanted.left() + wanted.width(), wanted.top() + wanted.height())
        self._send(ABM_QUERYPOS, data)
        if self._side is Side.RIGHT:  # a task bar may have moved the outer edge; the width is ours
            data.rect.left = data.rect.right - width_px
        else:
            data.rect.right = data.rect.left + width_px
        self._send(ABM_SETPOS, data)
        rect = data.rect
        self._user.SetWindowPos(
            *(self._id, HWND_TOPMOST, rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top, SWP_NOACTIVATE)
        )

    def remember_focus(self) -> None:
        """Note the foreground window."""
        active = self._user.GetForegroundWindow() or 0
        if active not in (0, self._id):
            self._remembered = active

    def return_focus(self) -> None:
        """Bring the remembered window to the foreground; allowed to us while we are there ourselves."""
        if self._remembered:
            self._user.SetForegroundWindow(self._remembered)

    def remove(self) -> None:
        """Give the edge back."""
        if self._events is not None:
            self._events.remove()
        if self._registered:
            self._send(ABM_REMOVE, self._data())
            self._registered = False

    def look_at(self, address: int) -> bool:
        """Follow what the system tells its AppBars.

        Parameters
        ----------
        address
            Of a MSG.
        """
        message = WindowMessage.from_address(address)
        if message.message != self._message or message.window != self._id:
            return False
        if message.w == ABN_POSCHANGED and self._width:
            self.place(self._width)
        elif message.w == ABN_FULLSCREENAPP:
            self._user.SetWindowPos(
                *(self._id, HWND_BOTTOM if message.l else HWND_TOPMOST, 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE)
            )
        return True

    def _send(self, message: int, data: AppBarData) -> int:
        return self._shell.SHAppBarMessage(message, byref(data))

    def _data(self) -> AppBarData:
        edge = ABE_RIGHT if self._side is Side.RIGHT else ABE_LEFT
        return AppBarData(size=sizeof(AppBarData), window=self._id, callback_message=self._message, edge=edge)

    @property
    def _id(self) -> int:
        return int(self._window.winId())
