"""One device, several programs and users: one of them has it, and the others are told who."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from teller_assist.devices import device_lock
from teller_assist.devices.device_lock import DeviceLock
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import DeviceBusyError
from teller_assist.wording import error_sentences

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of the system's own kind are tried on Linux")

READER = DeviceKind.ID_CARD_READER
IDENTITY = "SN-1"
MACHINES_FOLDERS = device_lock._COMMON_FOLDERS
NOBODY = 65534
HOLDER = """
import sys, time
from pathlib import Path
from teller_assist.devices import device_lock
from teller_assist.devices.kinds import DeviceKind
device_lock._COMMON_FOLDERS = (Path(sys.argv[1]),)
sys.argv = ["/usr/bin/teller-assist", "read-card", "--device"]
lock = device_lock.DeviceLock("SN-1", DeviceKind.CAMERA)
print("held", flush=True)
time.sleep(60)
"""


def start_holder(folder: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.communicate()


def refused(identity: str = IDENTITY) -> DeviceBusyError:
    with pytest.raises(DeviceBusyError) as caught:
        DeviceLock(identity, READER)
    return caught.value


def test_the_second_program_is_told_which_program_user_and_process_holds_it(common_folder: Path) -> None:
    holder = start_holder(common_folder)
    try:
        error = refused()
    finally:
        end(holder)
    user = device_lock._user_name()
    assert error.facts == {
        "device": "id_card_reader", "why": "held", "program": "teller-assist read-card", "user": user, "process_id": holder.pid
    }  # fmt: skip
    words = error_sentences(error)
    assert words.zh == (
        f"读卡器正被teller-assist read-card占用（用户{user}，进程号{holder.pid}）。"
        "请关闭该程序后重试，不是本人打开的请联系IT人员。"
    )
    assert f"process {holder.pid}" in words.en


@pytest.mark.parametrize(
    ("arguments", "program"),
    [
        (["/usr/bin/teller-assist", "station"], "teller-assist station"),
        (["/opt/teller_assist/__main__.py", "read-card", "--device"], "teller_assist read-card"),
        (["/usr/bin/teller-assist", "--help"], "teller-assist"),
        ([""], "python"),
    ],
)
def test_a_program_is_named_as_people_start_it(monkeypatch: pytest.MonkeyPatch, arguments: list[str], program: str) -> None:
    monkeypatch.setattr(sys, "argv", arguments)
    assert device_lock._ourselves().program == program


def test_it_is_free_as_soon_as_its_holder_is_dead(common_folder: Path) -> None:
    end(start_holder(common_folder))
    DeviceLock(IDENTITY, READER).release()


@contextlib.contextmanager
def held_by_nobody(identity: str) -> Iterator[int]:
    """Hold it in a process of the user nobody, who need not be able to read this program's files: they are loaded."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def hold() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        _lock = DeviceLock(identity, READER)
        theirs.send("held")
        theirs.recv()

    process = context.Process(target=hold, daemon=True)
    process.start()
    assert ours.poll(10)
    yield process.pid or 0
    process.kill()
    process.join()


@pytest.fixture
def machines_identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One that nobody else uses, in the machine's own folder: another user cannot enter a test's."""
    monkeypatch.setattr(device_lock, "_COMMON_FOLDERS", MACHINES_FOLDERS)
    identity = f"test {uuid.uuid4()}"
    yield identity
    device_lock._path_of(identity).unlink()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="becoming another user needs root")
def test_another_users_program_holds_it_as_well_and_leaves_it_to_the_next_user(machines_identity: str) -> None:
    with held_by_nobody(machines_identity) as process_id:
        error = refused(machines_identity)
    assert (error.facts["why"], error.facts["user"], error.facts["process_id"]) == ("held", "nobody", process_id)
    DeviceLock(machines_identity, READER).release()
    with held_by_nobody(machines_identity):
        refused(machines_identity)


def test_the_user_stands_in_the_message_and_in_no_log() -> None:
    error = DeviceBusyError(device="camera", why="held", program="p", user="wang.xiaoyang", process_id=7)
    assert "wang.xiaoyang" in error_sentences(error).zh
    assert str(error) == "device_busy (device=camera, why=held, program=p, process_id=7)"


def test_one_program_does_not_open_it_twice_either(common_folder: Path) -> None:
    lock = DeviceLock(IDENTITY, READER)
    assert refused().facts["process_id"] == os.getpid()
    other = DeviceLock("SN-2", READER)
    lock.release()
    lock.release()
    again = DeviceLock(IDENTITY, READER)
    for one in (again, other):
        one.release()


def test_every_user_may_take_the_file_and_no_identity_stands_in_its_name(common_folder: Path) -> None:
    lock = DeviceLock("SN-1/../../etc", READER)
    [file] = common_folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o666
    assert "SN-1" not in file.name
    lock.release()
    assert file.read_bytes() == b""


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"nonsense",
        b"[" * 400,
        b"\xff\xfe",
        b"[]",
        json.dumps({"program": "p", "user": "u"}).encode(),
        json.dumps({"program": "p\n", "user": "u", "process_id": 7}).encode(),
        json.dumps({"program": "p" * 61, "user": "u", "process_id": 7}).encode(),
        json.dumps({"program": "p", "user": "u", "process_id": True}).encode(),
        json.dumps({"program": "p", "user": "u", "process_id": -1}).encode(),
    ],
)
def test_what_is_no_record_of_a_holder_is_not_repeated(common_folder: Path, record: bytes) -> None:
    lock = DeviceLock(IDENTITY, READER)
    [file] = common_folder.iterdir()
    file.write_bytes(record)
    error = refused()
    assert error.facts["why"] == "held_by_unknown"
    assert error_sentences(error).zh == "读卡器正被其他程序占用。请关闭占用它的程序后重试。"
    lock.release()


@pytest.mark.parametrize("place", ["link", "folder", "pipe"])
def test_what_lies_in_its_place_is_neither_followed_nor_waited_for(common_folder: Path, tmp_path: Path, place: str) -> None:
    DeviceLock(IDENTITY, READER).release()
    [file] = common_folder.iterdir()
    file.unlink()
    target = tmp_path / "target"
    target.write_text("kept")
    makers: dict[str, Callable[[], None]] = {
        "link": lambda: file.symlink_to(target),
        "folder": file.mkdir,
        "pipe": lambda: os.mkfifo(file),
    }
    makers[place]()
    assert refused().facts["why"] == "held_by_unknown"
    assert target.read_text() == "kept"


def test_the_folder_is_one_where_nobody_removes_anothers_file(
    common_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)  # stands before it, writable, but anybody could remove the file
    monkeypatch.setattr(device_lock, "_COMMON_FOLDERS", (tmp_path / "not_there", tmp_path, common_folder))
    assert device_lock._common_folder() == common_folder
