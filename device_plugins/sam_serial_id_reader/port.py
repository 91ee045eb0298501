"""An open serial port: opened for this process alone, and told as a problem when it is gone."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import serial
from teller_assist_sdk import DeviceProblem

try:
    import termios

    _GONE: tuple[type[Exception], ...] = (OSError, termios.error)
except ImportError:  # Windows
    _GONE = (OSError,)
_NOT_OPENED: tuple[type[Exception], ...] = (*_GONE, ValueError)
_LOST: tuple[type[Exception], ...] = (*_GONE, TypeError)  # TypeError: pyserial's, where the port is closed meanwhile

_READ_WAIT_S = 0.05
_WRITE_LIMIT_S = 1.0
_HELD_BY_ANOTHER = {errno.EAGAIN, errno.EACCES, errno.EBUSY}
_MOST_AT_ONCE = 4096


class PortLostError(DeviceProblem):
    """The port is not there, or was pulled out."""

    def __init__(self, what: str) -> None:
        super().__init__("device_missing", what)


class Port:
    """An open serial port, 8 data bits, no parity, one stop bit, no flow control.

    Parameters
    ----------
    place
        ``/dev/ttyUSB0``, ``COM3``.
    baud_rate
        In Bd.

    Raises
    ------
    DeviceProblem
        device_missing: no such port, or this user may not open it; device_busy: another program holds it.
    """

    def __init__(self, place: str, baud_rate: int) -> None:
        try:
            self._serial = serial.Serial(place, baud_rate, timeout=_READ_WAIT_S, write_timeout=_WRITE_LIMIT_S, exclusive=True)
        except _NOT_OPENED as error:
            raise _opening_problem(error) from error

    def send(self, content: bytes) -> None:
        """Write bytes; PortLostError where the port is gone."""
        with _told_as_lost():
            self._serial.write(content)

    def receive(self) -> bytes:
        """Return what has come, at least one byte, or nothing after 0.05 s; PortLostError where the port is gone."""
        with _told_as_lost():
            waiting = min(self._serial.in_waiting, _MOST_AT_ONCE)
            return bytes(self._serial.read(max(1, waiting)))

    def close(self) -> None:
        """Let it go; never raises."""
        with suppress(*_GONE):  # a port that is gone complains
            self._serial.close()


@contextmanager
def _told_as_lost() -> Iterator[None]:
    try:
        yield
    except _LOST as error:
        raise PortLostError(f"the port is gone: {type(error).__name__}") from error


def _opening_problem(error: BaseException) -> DeviceProblem:
    number = getattr(error, "errno", None)
    if number == errno.EACCES and "lock" not in str(error):
        return DeviceProblem("device_missing", "this user may not open the port")
    # pyserial on Windows gives no number; a port that somebody holds is refused with this word there.
    if number in _HELD_BY_ANOTHER or "PermissionError" in str(error):
        return DeviceProblem("device_busy", "another program holds the port")
    return DeviceProblem("device_missing", f"the port cannot be opened: {type(error).__name__} {number}")
