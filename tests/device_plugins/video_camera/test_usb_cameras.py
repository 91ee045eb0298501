"""USB cameras by what stays the same, in a made-up /sys of the shape that Linux has."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.video_camera import usb_cameras
from device_plugins.video_camera.usb_cameras import (
    UsbCamera,
    camera_to_open,
    connected_cameras,
    fitting_cameras,
    holder_of,
    identified,
    read_words,
)
from teller_assist.devices.plugged_in import read_devices

Plug = Callable[..., None]


def only_camera(wanted: str, cameras: list[UsbCamera]) -> UsbCamera:
    """Open the one that words fit, as where the setting ``device`` is empty: the host takes the first."""
    return camera_to_open(min(fitting_cameras(wanted, cameras), default=""), wanted, cameras, is_chosen=False)


@pytest.fixture
def system_cameras(tmp_path: Path) -> Path:
    folder = tmp_path / "class" / "video4linux"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def plug(tmp_path: Path, system_cameras: Path) -> Plug:
    """Plug a camera in: a USB device with one function and two nodes, pictures and what is known about them."""

    def make(
        port: str, first_node: int, *, vendor: str = "046d", product: str = "0825", serial: str = "", interface: int = 0
    ) -> None:
        device = tmp_path / "devices" / "usb1" / port
        function = device / f"{port}:1.{interface}"
        function.mkdir(parents=True)
        (device / "idVendor").write_text(vendor + "\n")
        (device / "idProduct").write_text(product + "\n")
        if serial:
            (device / "serial").write_text(serial + "\n")
        (function / "bInterfaceNumber").write_text(f"{interface:02x}\n")
        for index in (0, 1):
            node = system_cameras / f"video{first_node + index}"
            node.mkdir()
            (node / "index").write_text(f"{index}\n")
            (node / "device").symlink_to(os.path.relpath(function, node))

    return make


def test_a_camera_has_one_identity_and_the_place_of_its_pictures(plug: Plug, system_cameras: Path) -> None:
    plug("1-1.2", 4, serial="A1B2 C3")
    (camera,) = connected_cameras(system_cameras)
    assert str(camera) == "vendor=046d product=0825 serial=A1B2_C3 port=1-1.2 interface=0"
    assert camera.place == "/dev/video4"


def test_the_identity_stays_where_the_number_changes(plug: Plug, system_cameras: Path, tmp_path: Path) -> None:
    plug("1-1", 0, serial="FIRST")
    plug("1-2", 2, serial="SECOND")
    before = only_camera("serial=SECOND", connected_cameras(system_cameras))
    for node in system_cameras.glob("video*"):
        (node / "device").unlink()
        (node / "index").unlink()
        node.rmdir()
    (tmp_path / "devices").rename(tmp_path / "unplugged")
    plug("1-2", 0, serial="SECOND")
    plug("1-1", 2, serial="FIRST")
    after = only_camera("serial=SECOND", connected_cameras(system_cameras))
    assert (before.place, after.place) == ("/dev/video2", "/dev/video0")
    assert str(before) == str(after)


@pytest.mark.parametrize(("serial", "stays"), [("A1B2", True), ("", False)])
def test_the_identity_stays_at_another_port_where_the_camera_has_a_number(
    plug: Plug, system_cameras: Path, tmp_path: Path, serial: str, stays: bool
) -> None:
    plug("1-1", 0, serial=serial)
    before = list(identified(connected_cameras(system_cameras)))
    system_cameras.rename(tmp_path / "old_class")
    system_cameras.mkdir()
    plug("2-4", 6, serial=serial)
    after = list(identified(connected_cameras(system_cameras)))
    assert (before == after) is stays
    assert (before == ["vendor=046d product=0825 serial=A1B2 interface=0"]) is stays


def test_a_camera_that_went_away_is_not_replaced_by_another(plug: Plug, system_cameras: Path) -> None:
    plug("1-1", 0, serial="OTHER")
    with pytest.raises(DeviceProblem, match="device_missing"):
        camera_to_open(
            "vendor=046d product=0825 serial=FIRST interface=0", "", connected_cameras(system_cameras), is_chosen=False
        )


def test_whatever_a_camera_says_of_itself_the_host_can_read_the_list(plug: Plug, system_cameras: Path) -> None:
    plug("1-1", 0, serial="\x01 " + "x" * 200)
    [identity] = identified(connected_cameras(system_cameras))
    assert read_devices([{"identity": identity, "name": "camera"}], "video_camera") is not None


def test_two_cameras_of_one_make_are_told_apart_by_their_ports(plug: Plug, system_cameras: Path) -> None:
    plug("1-1", 0, serial="SN0001")
    plug("1-2", 2, serial="SN0001")
    cameras = connected_cameras(system_cameras)
    with pytest.raises(DeviceProblem, match="device_missing") as caught:
        only_camera("vendor=046d serial=SN0001", cameras)
    assert caught.value.hint.startswith("2 cameras fit; there are: vendor=046d product=0825 serial=SN0001 port=1-1")
    [first, second] = identified(cameras)
    assert camera_to_open(second, "", cameras, is_chosen=True).place == "/dev/video2", "the setting device chooses"
    assert first == "vendor=046d product=0825 serial=SN0001 port=1-1 interface=0"
    assert only_camera("serial=SN0001 port=1-2", cameras).place == "/dev/video2"


def test_the_two_lenses_of_one_device_are_told_apart(plug: Plug, system_cameras: Path, tmp_path: Path) -> None:
    plug("1-1", 0)
    function = tmp_path / "devices" / "usb1" / "1-1" / "1-1:1.2"
    function.mkdir()
    (function / "bInterfaceNumber").write_text("02\n")
    node = system_cameras / "video2"
    node.mkdir()
    (node / "index").write_text("0\n")
    (node / "device").symlink_to(os.path.relpath(function, node))
    cameras = connected_cameras(system_cameras)
    assert only_camera("interface=2", cameras).place == "/dev/video2"
    assert only_camera("interface=0", cameras).place == "/dev/video0"


def test_the_only_camera_needs_no_identity_and_none_is_missing(plug: Plug, system_cameras: Path) -> None:
    with pytest.raises(DeviceProblem) as caught:
        only_camera("", connected_cameras(system_cameras))
    assert caught.value.hint == "0 cameras fit; there are: none"
    plug("1-1", 0)
    assert only_camera("", connected_cameras(system_cameras)).place == "/dev/video0"


def test_a_camera_that_is_not_usb_is_not_counted(system_cameras: Path, tmp_path: Path) -> None:
    platform = tmp_path / "devices" / "platform" / "isp"
    platform.mkdir(parents=True)
    node = system_cameras / "video0"
    node.mkdir()
    (node / "index").write_text("0\n")
    (node / "device").symlink_to(os.path.relpath(platform, node))
    assert connected_cameras(system_cameras) == []
    assert connected_cameras(tmp_path / "no_such_folder") == []


@pytest.mark.parametrize("text", ["046d:0825", "vendor=46d", "vendor=", "colour=red", "vendor=046d vendor=046d"])
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        only_camera(text, [])


@given(st.text("vendorsial=0123456789afzF \t汉\0", max_size=60))
def test_no_text_breaks_the_reading_of_identities(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert all(read_words(text).values())


def test_windows_paths_are_read_as_identities(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a pretended list: nothing of this was run on Windows."""
    guid = "{e5323777-f976-4f5b-9b55-b94699c46e44}"
    paths = [
        rf"\\?\usb#vid_046D&pid_0825&mi_00#7&1a2b3c4d&0&0000#{guid}\global",
        rf"\\?\usb#vid_0ac8&pid_3420&mi_02#7&99&0&0002#{guid}\global",
        rf"\\?\usb#vid_1234&pid_5678#SN0001#{guid}\global",
        r"\\?\root#camera#0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global",
    ]
    listed = [SimpleNamespace(index=index, path=path) for index, path in enumerate(paths)]
    pretended = SimpleNamespace(enumerate_cameras=lambda backend: listed)
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", pretended)
    assert [(camera.place, str(camera)) for camera in usb_cameras._windows_cameras()] == [
        (0, "vendor=046d product=0825 port=7&1a2b3c4d&0&0000 interface=0"),
        (1, "vendor=0ac8 product=3420 port=7&99&0&0002 interface=2"),
        (2, "vendor=1234 product=5678 port=sn0001 interface=0"),
    ]
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)  # as where it is not installed
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        usb_cameras._windows_cameras()


def test_the_holder_of_a_place_is_named(tmp_path: Path) -> None:
    place = tmp_path / "video0"
    place.touch()
    assert holder_of(str(place)) == ""
    code = "import sys; held = open(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert holder_of(str(place)).endswith(f"({holder.pid})")
        holder.communicate()
