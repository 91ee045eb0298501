"""The few calls of libX11 and libxcb that Qt has no words for, on Qt's own connection: no further package is needed."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_ubyte, c_uint, c_uint8, c_uint16, c_uint32, c_ulong, c_void_p
from functools import cache
from typing import Any

from PyQt5 import sip
from PyQt5.QtX11Extras import QX11Info

_CARDINAL, _ATOM, _WINDOW = 6, 4, 33  # predefined atoms, Xatom.h
_REPLACE = 0
_LONGS_MAX = 1024
_CLIENT_MESSAGE = 33
_SUBSTRUCTURE_NOTIFY_AND_REDIRECT = (1 << 19) | (1 << 20)
_SOURCE_PAGER = 2  # a person's direct wish: window managers do not suspect it of stealing the focus
_GRAB_ASYNC = 1
# Parameters of XGetWindowProperty
_ASKED = (c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong)
_ANSWERED = (POINTER(c_ulong), POINTER(c_int), POINTER(c_ulong), POINTER(c_ulong), POINTER(POINTER(c_ulong)))


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", c_uint),)


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, filled up to the size of an XEvent."""

    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
        ("rest", c_long * 24),
    )


@cache
def _x11() -> ctypes.CDLL:
    library = ctypes.CDLL("libX11.so.6")
    signatures = {
        "XInternAtom": (c_ulong, (c_void_p, c_char_p, c_int)),
        "XDefaultRootWindow": (c_ulong, (c_void_p,)),
        "XChangeProperty": (c_int, (c_void_p, c_ulong, c_ulong, c_ulong, c_int, c_int, c_void_p, c_int)),
        "XDeleteProperty": (c_int, (c_void_p, c_ulong, c_ulong)),
        "XGetWindowProperty": (c_int, (*_ASKED, *_ANSWERED)),
        "XFree": (c_int, (c_void_p,)),
        "XSendEvent": (c_int, (c_void_p, c_ulong, c_int, c_long, c_void_p)),
        "XStringToKeysym": (c_ulong, (c_char_p,)),
        "XKeysymToKeycode": (c_ubyte, (c_void_p, c_ulong)),
        "XUngrabKey": (c_int, (c_void_p, c_int, c_uint, c_ulong)),
        "XFlush": (c_int, (c_void_p,)),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@cache
def _xcb() -> ctypes.CDLL:
    library = ctypes.CDLL("libxcb.so.1")
    library.xcb_grab_key_checked.restype = _Cookie
    library.xcb_grab_key_checked.argtypes = (c_void_p, c_uint8, c_uint32, c_uint16, c_uint8, c_uint8, c_uint8)
    library.xcb_request_check.restype = c_void_p
    library.xcb_request_check.argtypes = (c_void_p, _Cookie)
    return library


class XDisplay:
    """One connection to an X server.

    Parameters
    ----------
    display, connection
        Addresses of its ``Display`` and its ``xcb_connection_t``.
    """

    def __init__(self, display: int, connection: int) -> None:
        self._display, self._connection = display, connection
        self._root = int(_x11().XDefaultRootWindow(display))

    @classmethod
    def of_qt(cls) -> XDisplay:
        """Return the connection of the running QApplication, whose platform is xcb."""
        address_of: Any = sip.unwrapinstance  # its stub says that it returns nothing
        return cls(address_of(QX11Info.display()), address_of(QX11Info.connection()))

    def manager_supports(self, hint: str) -> bool:
        """Return whether the window manager says that it follows a hint of the Extended Window Manager Hints."""
        return self._atom(hint) in self._read(self._root, "_NET_SUPPORTED", _ATOM)

    def active_window(self) -> int:
        """Return the window with the keyboard, 0 where there is none."""
        found = self._read(self._root, "_NET_ACTIVE_WINDOW", _WINDOW)
        return found[0] if found else 0

    def activate(self, window: int, *, instead_of: int) -> None:
        """Ask the window manager to give a window the keyboard."""
        event = _ClientMessage(type=_CLIENT_MESSAGE, display=self._display, window=window, format=32)
        event.message_type = self._atom("_NET_ACTIVE_WINDOW")
        event.data[:3] = (_SOURCE_PAGER, QX11Info.appTime(), instead_of)
        _x11().XSendEvent(self._display, self._root, 0, _SUBSTRUCTURE_NOTIFY_AND_REDIRECT, byref(event))
        _x11().XFlush(self._display)

    def set_cardinals(self, window: int, name: str, values: Sequence[int]) -> None:
        """Set a property of whole numbers."""
        data = (c_ulong * len(values))(*values)  # data of format 32 are C longs, also where those have 64 bits
        _x11().XChangeProperty(
            self._display, window, self._atom(name), _CARDINAL, 32, _REPLACE, ctypes.cast(data, c_void_p), len(values)
        )
        _x11().XFlush(self._display)

    def delete_property(self, window: int, name: str) -> None:
        """Remove a property."""
        _x11().XDeleteProperty(self._display, window, self._atom(name))
        _x11().XFlush(self._display)

    def keycode(self, key: str) -> int:
        """Return the code of the key that bears a name like "v"; 0 where the keyboard has none."""
        return int(_x11().XKeysymToKeycode(self._display, _x11().XStringToKeysym(key.encode())))

    def grab_key(self, keycode: int, modifiers: int) -> bool:
        """Have a key's presses sent to us wherever the focus is; returns False where another program holds the key."""
        # Through xcb, which can be asked for the outcome: an error of an Xlib call would reach Qt's event queue instead.
        cookie = _xcb().xcb_grab_key_checked(self._connection, 0, self._root, modifiers, keycode, _GRAB_ASYNC, _GRAB_ASYNC)
        error = _xcb().xcb_request_check(self._connection, cookie)
        if error:
            ctypes.CDLL(None).free(c_void_p(error))
        return not error

    def release_key(self, keycode: int, modifiers: int) -> None:
        """Give a grabbed key back."""
        _x11().XUngrabKey(self._display, keycode, modifiers, self._root)
        _x11().XFlush(self._display)

    def _atom(self, name: str) -> int:
        return int(_x11().XInternAtom(self._display, name.encode(), 0))

    def _read(self, window: int, name: str, kind: int) -> tuple[int, ...]:
        actual_kind, actual_format = c_ulong(), c_int()
        count, left = c_ulong(), c_ulong()
        data = POINTER(c_ulong)()
        _x11().XGetWindowProperty(
            *(self._display, window, self._atom(name), 0, _LONGS_MAX, 0, kind),
            *(byref(actual_kind), byref(actual_format), byref(count), byref(left), byref(data)),
        )
        if not data:
            return ()
        values = tuple(data[index] for index in range(count.value))
        _x11().XFree(data)
        return values
