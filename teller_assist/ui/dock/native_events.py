"""What the desktop sends that Qt has no event for."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication
from PyQt5.sip import voidptr


class NativeEvents(QAbstractNativeEventFilter):
    """Shows every native message of one kind to a function, as long as it is installed.

    Parameters
    ----------
    kind
        Qt's name: "xcb_generic_event_t" or "windows_generic_MSG".
    look
        Is given the message's address; returns whether the message ends there. Called often: it looks at little.
    """

    def __init__(self, kind: str, look: Callable[[int], bool]) -> None:
        super().__init__()
        self._kind, self._look = kind.encode(), look
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray, message: voidptr | None) -> tuple[bool, int]:  # type: ignore[override]  # noqa: N802 - Qt's
        """Pass a message on."""
        return message is not None and bytes(kind) == self._kind and self._look(int(message)), 0

    def remove(self) -> None:
        """See no more messages."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeNativeEventFilter(self)
