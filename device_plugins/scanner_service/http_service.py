"""The HTTP service (usual port 38088): commands by path, JSON answers, moving pictures as multipart MJPEG."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

from teller_assist_sdk import DeviceProblem

from .addresses import LENSES, service_address
from .answers import Answer, lens_state, read_answer, refusal_hint, sizes_of, still_of
from .connection import PIECE_BYTES, Connection, cut_off, telling_what_failed, whole_body
from .jpeg import PictureCutter, whole_jpeg
from .service import check
from .stream import PictureStream

_QUICK_S = 1.0
_MJPG_MODE = "1"
_NEVER = threading.Event()


class HttpService:
    """One lens."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._address = service_address(settings)
        self._lens = LENSES.index(settings["lens"])

    def ask(self, command: str, body: dict[str, Any], limit_s: float, cancel: threading.Event) -> Answer:
        """Give one command and return its answer, done or not.

        Raises
        ------
        DeviceProblem
            device_missing: no service; device_timeout: no whole answer within ``limit_s``, or ``cancel`` was set;
            plugin_failed: the answer is none.
        """
        connection = Connection(self._address)
        try:
            with cut_off(connection, command, limit_s, cancel):
                # The published clients send a body always; without one, some commands answer something else than JSON.
                content = whole_body(connection.ask("POST", f"/{command}", json.dumps(body).encode("ascii"), limit_s))
        finally:
            connection.close()
        return read_answer(content)

    def has_lens(self) -> bool:
        """See ``ScannerService``."""
        try:
            return lens_state(self._quickly("video=status"), self._lens) != "no"
        except DeviceProblem as problem:
            # Something that answers otherwise says what is wrong when it is opened; one that keeps silent may be reading a card.
            return problem.code != "device_missing"

    def opened(self) -> HttpSource:
        """See ``ScannerService``."""
        silence_s, open_timeout_s = float(self._settings["silence_s"]), float(self._settings["open_timeout_s"])
        return HttpSource(Connection(self._address), self._lens, open_timeout_s, silence_s)

    def still(self, stream: PictureStream[Any], limit_s: float, cancel: threading.Event) -> bytes:
        """See ``ScannerService``; once more where the lens had been closed meanwhile."""
        began = stream.taken
        answer = self._grabbed(limit_s, cancel)
        if not answer.is_done:
            stream.picture_after(began, float(self._settings["open_timeout_s"]), cancel)
            answer = self._grabbed(limit_s, cancel)
        if not answer.is_done:
            raise self._why_not(answer)
        return whole_jpeg(still_of(answer), "the picture")

    def checks(self) -> list[dict[str, Any]]:
        """See ``ScannerService``."""
        states = self._quickly("video=status")
        told = [f"{name} {lens_state(states, index) or 'not told'}" for index, name in enumerate(LENSES)]
        sizes = sizes_of(self._quickly("device=getresolution", {"camidx": str(self._lens), "mode": _MJPG_MODE}))
        kind = self._quickly("device=getequipmenttype").word("data")
        return [
            check("service", True, f"HTTP, {self._address[0]} port {self._address[1]}"),
            check("type", True, kind or "not told"),
            check("lenses", lens_state(states, self._lens) == "run", ", ".join(told)),
            check("resolutions", True, " ".join(sizes) or "not told"),
        ]

    def _grabbed(self, limit_s: float, cancel: threading.Event) -> Answer:
        cut = "1" if self._settings["cut"] else "0"
        deskew = "1" if self._settings["deskew"] else "0"
        body: dict[str, Any] = {
            "filepath": "base64",
            "camidx": str(self._lens),
            "rotate": self._settings["rotation_deg"],
            "cutpage": cut,
            "deskew": deskew,
        }
        if self._settings["cut"]:
            body["image_process_info"] = {"cut_type": cut}  # how newer services are told
        return self.ask("video=grabimage", body, limit_s, cancel)

    def _why_not(self, refused: Answer) -> DeviceProblem:
        state = lens_state(self._quickly("video=status"), self._lens)
        code = {"no": "device_missing", "ok": "device_busy"}.get(state, "plugin_failed")
        return DeviceProblem(code, f"{refusal_hint('video=grabimage', refused)}; the lens is {state or 'in an unknown state'}")

    def _quickly(self, command: str, body: dict[str, Any] | None = None) -> Answer:
        return self.ask(command, body or {}, _QUICK_S, _NEVER)


class HttpSource:
    """The moving pictures of one lens; they open it.

    Raises
    ------
    DeviceProblem
        device_busy: the service does not open the lens; device_missing: there are no pictures; or as ``Connection.ask``.
    """

    def __init__(self, connection: Connection, lens: int, open_timeout_s: float, silence_s: float) -> None:
        self._connection, self._silence_s = connection, silence_s
        self._cutter = PictureCutter()
        self._waiting: list[bytes] = []
        try:
            self._response = connection.ask("GET", f"/video=stream&camidx={lens}", b"", open_timeout_s)
            connection.limit_silence(silence_s)
            _require_pictures(self._response)
        except BaseException:
            connection.close()
            raise

    def read(self) -> bytes:
        """See ``PictureSource``."""
        until_s = time.monotonic() + self._silence_s
        while not self._waiting:
            if time.monotonic() >= until_s:
                raise DeviceProblem("device_timeout", f"no whole picture for {self._silence_s:g} s")
            with telling_what_failed():
                received = self._response.read1(PIECE_BYTES)
            if not received:
                raise DeviceProblem("device_missing", "the pictures ended")
            self._waiting = self._cutter.pictures(received)
        newest = self._waiting[-1]
        self._waiting = []
        return newest

    def cut(self) -> None:
        """See ``PictureSource``."""
        self._connection.cut()

    def release(self) -> None:
        """See ``PictureSource``."""
        self._connection.close()


def _require_pictures(response: http.client.HTTPResponse) -> None:
    media_type = (response.getheader("Content-Type") or "").strip().lower()
    if media_type.startswith("multipart/"):
        return
    if "json" in media_type:
        told = refusal_hint("video=stream", read_answer(whole_body(response)))
        raise DeviceProblem("device_busy", f"the lens is not opened; {told}")
    named = media_type.split(";")[0][:40]
    raise DeviceProblem("device_missing", f"no pictures: {named if named.isprintable() else '?'}")
