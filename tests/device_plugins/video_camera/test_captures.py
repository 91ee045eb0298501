"""What OpenCV opens: video files for real, USB cameras as far as a machine without one can show."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.video_camera import captures
from device_plugins.video_camera.captures import open_file, open_usb
from device_plugins.video_camera.usb_cameras import UsbCamera

CAMERA = UsbCamera("/dev/video7", (("vendor", "046d"), ("product", "0825")))


def test_a_file_plays_at_its_own_pace_and_from_the_beginning_again(video_file: Path) -> None:
    source = open_file(video_file)
    began_s = time.monotonic()
    pictures = [source.read() for _ in range(14)]
    took_s = time.monotonic() - began_s
    source.release()
    assert 0.5 < took_s < 1.5, "14 pictures at 20 a second"
    first, eleventh, fifth = pictures[0], pictures[10], pictures[4]
    assert first is not None
    assert eleventh is not None
    assert fifth is not None
    assert np.abs(first.astype(int) - eleventh).mean() < 1.0, "the eleventh picture of ten is the first one"
    assert np.abs(first.astype(int) - fifth).mean() > 1.0


def test_a_file_that_is_no_video_or_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html></html>")
    for name, hint in (("page.mp4", "the file cannot be opened"), ("absent.mp4", "there is no such file")):
        with pytest.raises(DeviceProblem, match="device_missing") as caught:
            open_file(tmp_path / name)
        assert caught.value.hint == hint


@pytest.mark.parametrize(("options", "visited"), [(None, False), ("protocol_whitelist;file,http,tcp,crypto", True)])
def test_a_playlist_in_a_files_place_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str | None, visited: bool
) -> None:
    """The second case shows that somebody would have come, were it not for the list of protocols."""
    if options is not None:
        monkeypatch.setattr(captures, "_FILE_OPTIONS", options)
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        port = elsewhere.getsockname()[1]
        (tmp_path / "list.m3u8").write_text(
            f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n"
        )
        came: list[bool] = []
        thread = threading.Thread(target=_hang_up_on_visitors, args=(elsewhere, came))
        thread.start()
        with pytest.raises(DeviceProblem, match="device_missing"):
            open_file(tmp_path / "list.m3u8")
        thread.join()
    assert bool(came) is visited


def _hang_up_on_visitors(elsewhere: socket.socket, came: list[bool]) -> None:
    elsewhere.settimeout(0.3)
    with contextlib.suppress(TimeoutError):
        visitor, _ = elsewhere.accept()
        came.append(True)
        visitor.close()
        elsewhere.accept()[0].close()


class Pretended:
    """What cv2.VideoCapture is to the plugin."""

    opens = True
    made: ClassVar[list[tuple[Any, ...]]] = []

    def __init__(self, *arguments: Any) -> None:
        self.asked: dict[int, float] = {}
        self.made.append((*arguments, self))

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.opens

    def set(self, key: int, value: float) -> bool:
        self.asked[key] = value
        return False  # a driver that refuses is no error: it delivers what it can

    def read(self) -> tuple[bool, None]:
        return False, None

    def release(self) -> None:
        pass


def test_a_usb_camera_is_opened_by_its_place_and_asked_for_compressed_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Pretended)
    monkeypatch.setattr(Pretended, "made", [])
    source = open_usb(CAMERA, 1280, 720, 25.0)
    place, backend, capture = Pretended.made[0]
    assert (place, backend) == ("/dev/video7", cv2.CAP_V4L2)
    assert capture.asked[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert (capture.asked[cv2.CAP_PROP_FRAME_WIDTH], capture.asked[cv2.CAP_PROP_FRAME_HEIGHT]) == (1280, 720)
    assert source.read() is None, "open, and no picture: the stream counts it, nobody believes isOpened"


def test_a_usb_camera_that_another_program_holds_is_busy_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Pretended)
    monkeypatch.setattr(Pretended, "opens", False)
    monkeypatch.setattr(captures, "holder_of", lambda place: "cheese (4711)")
    with pytest.raises(DeviceProblem, match="device_busy") as caught:
        open_usb(CAMERA, 1280, 720, 25.0)
    assert caught.value.hint == "held by cheese (4711)"
    monkeypatch.setattr(captures, "holder_of", lambda place: "")
    with pytest.raises(DeviceProblem, match="device_missing"):
        open_usb(CAMERA, 1280, 720, 25.0)
