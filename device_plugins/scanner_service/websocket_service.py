"""The text protocol over a WebSocket (usual port 1818): one connection carries pictures, commands and their answers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

from teller_assist_sdk import DeviceProblem
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.frames import CloseCode
from websockets.sync.client import ClientConnection, connect

from .addresses import LENSES, Address, connected, service_address
from .answers import decoded_base64
from .jpeg import whole_jpeg
from .messages import LARGEST_MESSAGE_BYTES, PICTURE, Message, read_message, says_yes
from .service import check
from .stream import PictureStream

_STARTS = ("bStartPlay", "bStartPlay2")
_START_TURNED = "bStartPlayRotate"
_STILL = "bSaveJPGEx"
_EDGES_MODE = 3
_PARTING_S = 0.2
_LOOK_S = 0.05


class WebSocketService:
    """One lens."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._address = service_address(settings)
        self._commands = _commands(settings)

    def has_lens(self) -> bool:
        """See ``ScannerService``; whether the lens is plugged in is not told before it is opened."""
        with contextlib.suppress(DeviceProblem):
            connected(self._address).close()
            return True
        return False

    def opened(self) -> WebSocketSource:
        """See ``ScannerService``."""
        return WebSocketSource(
            self._address, self._commands, float(self._settings["open_timeout_s"]), float(self._settings["silence_s"])
        )

    def still(self, stream: PictureStream[Any], limit_s: float, cancel: threading.Event) -> bytes:
        """See ``ScannerService``."""
        source = stream.source
        if source is None or source.is_lost:  # it was given up a moment ago, and is opened again
            stream.picture_after(stream.taken, float(self._settings["open_timeout_s"]), cancel)
            source = stream.source
        if source is None:
            raise DeviceProblem("device_timeout", "the pictures were lost")
        value = source.answer_to(_STILL, limit_s, cancel)
        if value.strip().lower() in ("", "false"):
            raise DeviceProblem("plugin_failed", f"{_STILL} answers {value.strip().lower() or 'nothing'}")
        return whole_jpeg(decoded_base64(value, "the picture"), "the picture")

    def checks(self) -> list[dict[str, Any]]:
        """See ``ScannerService``."""
        return [
            check("service", True, f"WebSocket, {self._address[0]} port {self._address[1]}"),
            check("type", True, "not told by this protocol"),
            check("lenses", True, f"{self._settings['lens']} opened by {self._commands[0]}"),
            check("resolutions", True, "not told by this protocol"),
        ]


class WebSocketSource:
    """One connection that shows the pictures of one lens.

    Parameters
    ----------
    commands
        What is sent first; the first one opens the lens.

    Raises
    ------
    DeviceProblem
        device_missing: there is no such service; device_timeout: it does not answer; plugin_failed: it is another one.

    Attributes
    ----------
    is_lost
        The connection has ended, whoever ended it.
    """

    def __init__(self, address: Address, commands: list[str], open_timeout_s: float, silence_s: float) -> None:
        self._silence_s, self._until_s = silence_s, time.monotonic() + open_timeout_s
        self._started_by = commands[0].partition("(")[0]
        self._changed = threading.Condition()
        self._awaited, self._value = "", ""
        self.is_lost = False
        self._why_lost = DeviceProblem("device_missing", "the connection ended")
        self._socket = connected(address)
        self._connection = _shaken_hands(self._socket, address, open_timeout_s)
        try:
            for command in commands:
                self._send(command)
        except DeviceProblem:
            self._connection.close()
            raise

    def read(self) -> bytes:
        """See ``PictureSource``; raise device_busy where the lens is said not to open."""
        while True:
            message = self._received()
            if message is None:
                continue
            if message.name == self._started_by and not says_yes(message):
                raise DeviceProblem("device_busy", f"the lens is not opened; {self._started_by} answers no")
            if message.name != PICTURE:
                self._hand_over(message)
                continue
            with contextlib.suppress(DeviceProblem):  # a single damaged picture; where all are, the time runs out
                picture = whole_jpeg(decoded_base64(message.value, "a picture"), "a picture")
                self._until_s = time.monotonic() + self._silence_s
                return picture

    def answer_to(self, command: str, limit_s: float, cancel: threading.Event) -> str:
        """Give a command, and return its answer as the reading thread receives it.

        Raises
        ------
        DeviceProblem
            device_missing: the connection ended. device_timeout: no answer in time, or ``cancel`` was set; the connection is cut:
            a late answer must never be another command's.
        """
        with self._changed:
            self._awaited, self._value = command, ""
        self._send(command)
        until_s = time.monotonic() + limit_s
        with self._changed:
            while self._awaited and not (self.is_lost or cancel.is_set() or time.monotonic() >= until_s):
                self._changed.wait(_LOOK_S)
            is_answered, self._awaited = not self._awaited, ""
        if is_answered:
            return self._value
        if self.is_lost:
            raise self._why_lost
        self.cut()
        raise DeviceProblem("device_timeout", "given up" if cancel.is_set() else f"{command}: no answer within {limit_s:g} s")

    def cut(self) -> None:
        """See ``PictureSource``."""
        self.is_lost = True
        with contextlib.suppress(OSError):  # it ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """See ``PictureSource``."""
        with self._changed:
            self.is_lost = True
            self._changed.notify_all()
        self._connection.close()

    def _received(self) -> Message | None:
        left_s = self._until_s - time.monotonic()
        try:
            if left_s <= 0:
                raise TimeoutError
            return read_message(self._connection.recv(timeout=left_s))
        except TimeoutError as error:
            raise DeviceProblem("device_timeout", f"no picture for {self._silence_s:g} s") from error
        except ConnectionClosed as error:
            self._why_lost = _ending(error)
            raise _ending(error) from error

    def _hand_over(self, message: Message) -> None:
        with self._changed:
            if message.name == self._awaited:
                self._awaited, self._value = "", message.value
                self._changed.notify_all()

    def _send(self, command: str) -> None:
        try:
            self._connection.send(command)
        except (OSError, WebSocketException) as error:
            raise DeviceProblem("device_missing", f"the connection ended: {type(error).__name__}") from error


def _shaken_hands(own: socket.socket, address: Address, open_timeout_s: float) -> ClientConnection:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    try:
        # On a socket of ours: neither a proxy nor a redirect is followed.
        return connect(
            f"ws://{host}:{address[1]}/",
            sock=own,
            proxy=None,
            compression=None,
            open_timeout=open_timeout_s,
            ping_interval=None,
            close_timeout=_PARTING_S,
            max_size=LARGEST_MESSAGE_BYTES,
            legacy=True,
        )
    except TimeoutError as error:
        raise DeviceProblem("device_timeout", "no answer in time") from error
    except OSError as error:
        raise DeviceProblem("device_missing", f"the connection ended: {type(error).__name__}") from error
    except InvalidStatus as error:
        raise DeviceProblem("device_missing", f"HTTP status {error.response.status_code}") from error
    except (WebSocketException, ValueError) as error:  # ValueError: a redirect
        raise DeviceProblem("plugin_failed", f"what answers is no such service: {type(error).__name__}") from error


def _ending(error: ConnectionClosed) -> DeviceProblem:
    if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
        return DeviceProblem("plugin_failed", f"a message of more than {LARGEST_MESSAGE_BYTES} bytes")
    return DeviceProblem("device_missing", "the connection ended")


def _commands(settings: dict[str, Any]) -> list[str]:
    """Return what opens the lens and sets it up; DeviceProblem plugin_failed where the protocol knows no such thing."""
    lens, turn = LENSES.index(settings["lens"]), settings["rotation_deg"]
    if lens and turn != "0":
        raise DeviceProblem("plugin_failed", "this protocol turns the main lens only: rotation_deg must be 0")
    commands = [f"{_START_TURNED}({turn})" if turn != "0" else f"{_STARTS[lens]}()"]
    if settings["resolution_index"] >= 0:
        commands.append(f"vSetResolution({settings['resolution_index']})")
    if settings["cut"]:
        commands.append(f"bSetMode({_EDGES_MODE})")
    if settings["deskew"]:
        commands.append("vSetSkewFlag(1)")
    return commands
