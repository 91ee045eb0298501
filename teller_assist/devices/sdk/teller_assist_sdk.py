"""What a device plugin imports, and the main program of its process. One file, standard library only, Python 3.8 or newer.

    station -- JSON lines --> this file -- calls --> the plugin's class -- its driver --> device
            <- JSON lines --             <- records or frames --

The host starts this file, without a network unless the manifest asks for one. A plugin's entry module names its classes by kind::

    DEVICES = {"id_card_reader": Reader}  # a class of the plugin's own, which is an IdCardReader

Everything that a driver prints goes to standard error, where nobody reads it: a card's content must not end up in a log.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import importlib.machinery
import importlib.util
import json
import mmap
import os
import queue
import shutil
import struct
import sys
import threading
import traceback
from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Tuple

API = 1
SDK_VERSION = "1.5.0"
MODULE_NAME = "teller_assist_sdk"
SHARED = ("teller_assist_pcsc", "teller_assist_smartcard", "teller_assist_tlv")
PACKAGE_NAME = "device_plugin"  # what the plugin's folder is called inside this process
HINT_LENGTH = 200
PROBLEM_CODES = (
    "device_missing", "device_busy", "device_timeout", "device_denied", "card_removed", "card_unreadable", "access_refused",
    "access_unsupported", "paper_jam", "cover_open", "no_page", "scan_cancelled", "plugin_failed",
)  # fmt: skip

# A slot of the frame memory: the frame's sequence number (little endian, 0 while it is written), then its pixels.
SLOT_HEADER_BYTES = 64
_PARTING_S = 1.0
_OVERTIME_S = 5.0  # the host kills at the limit; this ends a process whose host is gone

Frame = Tuple[int, int, Any]


class DeviceProblem(Exception):
    """What a plugin raises when the device, the card or the driver is at fault.

    ``code`` is one of ``PROBLEM_CODES``, or ValueError is raised. ``hint`` is technical text for IT (a status word, a return
    code), cut at 200 characters: never anything that a card says.
    """

    def __init__(self, code: str, hint: str = "") -> None:
        if code not in PROBLEM_CODES:
            raise ValueError("no such problem code: {!r}".format(code))
        super().__init__(code)
        self.code, self.hint = code, hint[:HINT_LENGTH]


class Device:
    """What every device answers. Calls come one at a time, all from the same thread.

    ``settings`` stand by name, as the manifest declares them; already checked by the host, defaults filled in.
    ``identity`` is the one of ``devices`` that the host chose, "" where the plugin lists none.
    """

    identity = ""

    def __init__(self, settings: Dict[str, Any]) -> None:
        self.settings = settings

    @classmethod
    def devices(cls, settings: Dict[str, Any]) -> Optional[List[Dict[str, str]]]:
        """Return what is plugged in now, [{"identity", "name"}], without opening it; None: this plugin lists nothing.

        ``identity`` survives re-plugging: a serial number, else a USB path. Quick: asked every two seconds of an idle device.
        """
        return None

    def open(self) -> None:
        """Open the device; raise DeviceProblem if that is not possible now."""

    def status(self) -> Dict[str, Any]:
        """Return what IT may want to know, in words and numbers; quick, and without a card's content."""
        return {}

    def selftest(self) -> List[Dict[str, Any]]:
        """Return one line per check: {"check": code, "passed": bool, "detail": technical text}."""
        return []

    def close(self) -> None:
        """Let the device go."""


class IdCardReader(Device):
    """A reader of the citizen's ID card."""

    def find_card(self) -> bool:
        """Return at once whether a card lies on the reader; asked every 0.3 to 0.5 s."""
        raise NotImplementedError

    def read(self, cancel: threading.Event) -> Dict[str, Any]:
        """Return the card's record; give up soon after ``cancel`` is set.

        Returns
        -------
        name, sex ("male", "female"), ethnicity, birth_date ("YYYY-MM-DD"), address, number, issuer, valid_from,
        valid_until ("YYYY-MM-DD" or "long_term"),
        portrait {format ("jpeg", "png", "bmp"), data (bytes), orientation_known (False: it may stand on its head)}.
        """
        raise NotImplementedError


class TravelDocumentReader(Device):
    """A reader of chip passports and travel permits (ICAO Doc 9303)."""

    def find_card(self) -> bool:
        """Return at once whether a document lies on the reader; asked every 0.3 to 0.5 s."""
        raise NotImplementedError

    def read(self, cancel: threading.Event, access: Dict[str, str]) -> Dict[str, Any]:
        """Return the document's record; give up soon after ``cancel`` is set.

        Raise DeviceProblem "access_refused" where the chip does not open with ``access``, "access_unsupported" where it opens
        only in a way that the plugin does not know.

        Parameters
        ----------
        access
            What opens the chip, from the machine-readable zone: document_number (without fillers), birth_date and
            expiry_date ("YYMMDD"). Never to be logged, never in a hint.

        Returns
        -------
        document_type (as its zone begins: "P", "C", "PM" ...), issuing_state and nationality (the zone's 1 to 3 letters, "D"
        for Germany), number, primary_identifier (surname), secondary_identifier (given names, "" where there are none),
        sex ("male", "female", "unspecified"), birth_date ("YYYY-MM-DD", or "" where the zone leaves a part of it open),
        valid_until ("YYYY-MM-DD"), optional_data ("" or what the issuing state put there),
        portrait {format ("jpeg", "jpeg2000"), data (bytes), orientation_known},
        access_by ("bac", "pace"),
        checks {data_groups, signature, issuer}: each "passed", "failed" or "not_checked" (passive authentication,
        ICAO Doc 9303-11, 5.1).
        """
        raise NotImplementedError


class BankCardReader(Device):
    """A reader of bank cards with a chip (PBOC, EMV)."""

    def find_card(self) -> bool:
        """Return at once whether a card lies on, or stands in, the reader; asked every 0.3 to 0.5 s."""
        raise NotImplementedError

    def read(self, cancel: threading.Event) -> Dict[str, Any]:
        """Return the card's record; give up soon after ``cancel`` is set.

        Returns
        -------
        number (12 to 19 digits, its last one fits: ISO/IEC 7812-1, annex B), valid_until ("YYYY-MM", "" where the card says
        nothing), holder_name ("" where the card says nothing), sequence_number ("" or 2 digits), application (its AID,
        hexadecimal, capital letters), interface ("contact", "contactless").
        Nothing of the magnetic stripe's image (tag 57) may be in it, and no hint may quote the card.
        """
        raise NotImplementedError


class DocumentScanner(Device):
    """A scanner or document camera; ``previews``, set for the class or in ``open`` at the latest: it has a preview, too."""

    previews = False

    def scan(self, cancel: threading.Event) -> Dict[str, Any]:
        """Return {"picture": {"format": "jpeg", "png" or "bmp", "data": bytes}, "dpi": number}; give up after ``cancel``."""
        raise NotImplementedError

    def preview(self, cancel: threading.Event) -> Frame:
        """Return (width, height, pixels), as a camera does, of what lies under the lens now; give up after ``cancel``."""
        raise NotImplementedError


class Camera(Device):
    """The counter camera."""

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Yield (width, height, pixels) at the camera's own pace until ``stop`` is set; runs in a thread of its own.

        Pixels: bytes or any contiguous buffer of height * width * 3 bytes, rows from the top, BGR. They are copied at once.
        """
        raise NotImplementedError


# ---------------------------------------------------------------- the process


class Channel:
    """The private pipe to the host: one JSON object a line."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._lock = threading.Lock()

    def messages(self) -> Iterator[Dict[str, Any]]:
        """Yield what the host sends until it closes the pipe."""
        for line in iter(self._incoming.readline, b""):
            yield json.loads(line.decode("ascii"))

    def send(self, message: Dict[str, Any]) -> None:
        """Send one message; bytes in it travel as base64."""
        line = json.dumps(message, default=_as_base64, allow_nan=False).encode("ascii") + b"\n"
        with self._lock:
            self._outgoing.write(line)
            self._outgoing.flush()


class FrameMemory:
    """Shared memory for frames: a ring of slots, written in turn without waiting for the reader.

    ``told``: slots, slot_bytes (header and pixels), and descriptor (inherited) or, on Windows, tag.
    """

    def __init__(self, told: Dict[str, Any]) -> None:
        self.slots, self.slot_bytes = int(told["slots"]), int(told["slot_bytes"])
        size = self.slots * self.slot_bytes
        if sys.platform == "win32":
            self._memory = mmap.mmap(-1, size, tagname=told["tag"])
        else:
            self._memory = mmap.mmap(told["descriptor"], size)
            os.close(told["descriptor"])

    def write(self, sequence: int, width: int, height: int, pixels: Any) -> int:
        """Write one frame into the next slot and return the slot's number."""
        data = memoryview(pixels).cast("B")
        if width <= 0 or height <= 0 or len(data) != width * height * 3:
            raise DeviceProblem("plugin_failed", "frame of {} bytes for {}x{}".format(len(data), width, height))
        if len(data) > self.slot_bytes - SLOT_HEADER_BYTES:
            raise DeviceProblem("plugin_failed", "frame of {}x{} exceeds max_frame_px".format(width, height))
        slot = sequence % self.slots
        start = slot * self.slot_bytes
        self._memory[start : start + 8] = struct.pack("<Q", 0)
        self._memory[start + SLOT_HEADER_BYTES : start + SLOT_HEADER_BYTES + len(data)] = data
        self._memory[start : start + 8] = struct.pack("<Q", sequence)
        return slot


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Runs a plugin's own modules from their source: what the host has checked, never a left-over ``__pycache__``."""

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _SharedFinder:
    """Finds the product's files beside this one that plugins share (``SHARED``), from their source, and nothing else there."""

    @staticmethod
    def find_spec(name: str, *_where: Any) -> Any:
        if name not in SHARED:
            return None
        file = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
        return importlib.util.spec_from_file_location(name, file, loader=_SourceLoader(name, file))


def load_plugin(folder: str, entry: str) -> Any:
    """Load a plugin's folder as a package and return its entry module; its own wheels are on the path, no other plugin is."""
    machinery = importlib.machinery
    compiled = (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES)
    find = machinery.FileFinder.path_hook(compiled, (_SourceLoader, machinery.SOURCE_SUFFIXES))

    def find_in_plugin(path: str) -> Any:
        if not os.path.join(os.path.abspath(path), "").startswith(os.path.join(folder, "")):
            raise ImportError("not a folder of the plugin")
        return find(path)

    sys.path_hooks.insert(0, find_in_plugin)
    sys.meta_path.insert(0, _SharedFinder)  # before a package's file of the same name
    wheels = os.path.join(folder, "wheels")
    names = sorted(os.listdir(wheels)) if os.path.isdir(wheels) else []
    sys.path[:0] = [wheels] + [os.path.join(wheels, name) for name in names if name.endswith(".whl")]
    path = os.path.join(folder, entry)
    loader = _SourceLoader(PACKAGE_NAME, path)
    spec: Any = importlib.util.spec_from_file_location(PACKAGE_NAME, path, loader=loader, submodule_search_locations=[folder])
    module = sys.modules[PACKAGE_NAME] = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Server:
    """Serves one device: the main thread reads the channel, one worker makes the calls, one thread plays the frames.

    ``start``: folder, entry, kind, settings, working_folder, time_limits_s, frame_memory (None where the kind has no frames).
    """

    def __init__(self, channel: Channel, start: Dict[str, Any]) -> None:
        self.channel = channel
        self._start = start
        self._module: Any = None
        self._device: Any = None
        self._calls: queue.Queue[Optional[Dict[str, Any]]] = queue.Queue()
        self._cancels: Dict[int, threading.Event] = {}
        self._memory = FrameMemory(start["frame_memory"]) if start["frame_memory"] else None
        self._sequence = 0
        self._stop, self._done = threading.Event(), threading.Event()
        self._player: Any = None

    def serve(self) -> None:
        """Serve until the host says "shutdown" or goes away."""
        threading.Thread(target=self._work, name="calls", daemon=True).start()
        for message in self.channel.messages():
            if "cancel" in message:
                self._cancels.get(message["cancel"], threading.Event()).set()
            else:
                self._cancels[message["id"]] = threading.Event()
                self._calls.put(message)
        self._stop.set()
        for cancel in list(self._cancels.values()):
            cancel.set()
        self._calls.put(None)
        self._done.wait(_PARTING_S)
        shutil.rmtree(self._start["working_folder"], ignore_errors=True)  # the host is gone and cannot

    def _work(self) -> None:
        for call in iter(self._calls.get, None):
            limit_s = self._start["time_limits_s"].get(call["op"], 0.0) + _OVERTIME_S
            faulthandler.dump_traceback_later(limit_s, exit=True)  # also while a driver holds the interpreter
            answer = self._answer(call)
            faulthandler.cancel_dump_traceback_later()
            self._cancels.pop(call["id"], None)
            try:
                self.channel.send(answer)
            except (TypeError, ValueError) as error:  # not JSON
                self.channel.send(_refusal(call["id"], DeviceProblem("plugin_failed", "answer: " + type(error).__name__)))
            except OSError:
                break  # the host is gone
            if call["op"] == "shutdown":
                os._exit(0)
        with contextlib.suppress(Exception):  # a plugin may raise anything
            self._close()
        self._done.set()

    def _answer(self, call: Dict[str, Any]) -> Dict[str, Any]:
        try:
            result = self._result(call["op"], call.get("args") or {}, self._cancels.get(call["id"], threading.Event()))
        except Exception as error:  # (a plugin may raise anything)
            return _refusal(call["id"], _as_problem(error))
        return {"id": call["id"], "ok": True, "result": result}

    def _result(self, operation: str, args: Dict[str, Any], cancel: threading.Event) -> Any:
        if operation == "open":
            return self._open(args.get("device", ""))
        if operation == "devices":
            return self._device_class().devices(self._start["settings"])
        if operation in ("start_frames", "stop_frames", "close", "shutdown"):
            return getattr(self, "_close" if operation == "shutdown" else "_" + operation)()
        if operation in ("status", "selftest", "find_card"):
            return getattr(self._opened(), operation)()
        if operation == "read" and self._start["kind"] == "travel_document_reader":
            return self._opened().read(cancel, dict(args["access"]))
        if operation in ("read", "scan", "preview"):
            result = getattr(self._opened(), operation)(cancel)
            return self._laid_down(*result) if operation == "preview" else result
        raise DeviceProblem("plugin_failed", "no such operation")

    def _opened(self) -> Any:
        if self._device is None:
            raise DeviceProblem("plugin_failed", "not open")
        return self._device

    def _device_class(self) -> Any:
        if self._module is None:
            self._module = load_plugin(self._start["folder"], self._start["entry"])
        if self._start["kind"] not in getattr(self._module, "DEVICES", {}):
            raise DeviceProblem("plugin_failed", "{}: DEVICES names no {}".format(self._start["entry"], self._start["kind"]))
        return self._module.DEVICES[self._start["kind"]]

    def _open(self, identity: str) -> Any:
        device = self._device_class()(self._start["settings"])
        device.identity = identity
        device.open()
        self._device = device
        return {"previews": bool(device.previews)} if self._start["kind"] == "document_scanner" else None

    def _close(self) -> None:
        self._stop_frames()
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _start_frames(self) -> None:
        device = self._opened()
        if self._player is None or not self._player.is_alive():
            self._stop.clear()
            self._player = threading.Thread(target=self._play, args=(device,), name="frames", daemon=True)
            self._player.start()

    def _stop_frames(self) -> None:
        self._stop.set()
        player, self._player = self._player, None
        if player is not None:
            player.join()

    def _play(self, device: Any) -> None:
        try:
            for width, height, pixels in device.frames(self._stop):
                if self._stop.is_set():
                    return
                self.channel.send({"event": "frame", **self._laid_down(width, height, pixels)})
            problem = DeviceProblem("device_missing", "the camera's frames ended")
        except Exception as error:  # (a plugin may raise anything)
            problem = _as_problem(error)
        if not self._stop.is_set():
            self.channel.send({"event": "frames_ended", "error": {"code": problem.code, "hint": problem.hint}})

    def _laid_down(self, width: int, height: int, pixels: Any) -> Dict[str, int]:
        """Write a frame into the shared memory and return where it lies."""
        if self._memory is None:
            raise DeviceProblem("plugin_failed", "no frame memory")
        self._sequence += 1
        slot = self._memory.write(self._sequence, width, height, pixels)
        return {"slot": slot, "width": width, "height": height, "sequence": self._sequence}


def run() -> None:
    """Serve the device that the host names; the main program of a plugin's process."""
    enclosure: Any = sys.modules["enclosure"]  # what ran before this file and cut the process off
    incoming, outgoing = enclosure.take_pipe()
    channel = Channel(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
    sys.modules[MODULE_NAME] = sys.modules[__name__]
    start = next(channel.messages(), None)
    if start is None:
        return
    hello: Dict[str, Any] = {"api": API, "sdk": SDK_VERSION, "python": sys.version.split()[0]}
    hello.update(bits=struct.calcsize("P") * 8, network_denied_by=enclosure.network_denied_by)
    channel.send({"id": start["id"], "ok": True, "result": hello})  # before any driver is imported
    Server(channel, start["args"]).serve()
    os._exit(0)  # a driver's own threads do not hold the process


def _refusal(call_id: int, problem: DeviceProblem) -> Dict[str, Any]:
    return {"id": call_id, "ok": False, "error": {"code": problem.code, "hint": problem.hint}}


def _as_problem(error: Exception) -> DeviceProblem:
    """Name what went wrong by type and place only: an exception's text may quote what stood on a card."""
    if isinstance(error, DeviceProblem):
        return error
    kind = type(error).__name__
    if isinstance(error, ImportError) and error.name:
        kind += " " + error.name
    places = [(place.filename, place.lineno) for place in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):  # the line that cannot be read, not the one that tried to
        places.append((error.filename or "", error.lineno))
    place = " at {}:{}".format(os.path.basename(places[-1][0]), places[-1][1]) if places else ""
    return DeviceProblem("plugin_failed", kind + place)


def _as_base64(value: Any) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    run()
