"""One plugin process against everything that a driver may do."""

from __future__ import annotations

import contextlib
import os
import py_compile
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import TIME_LIMITS_S
from teller_assist.devices.process import CANCEL_GRACE_S, PluginProcess
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
)
from tests.stand_ins.equipment import wait_until

Start = Callable[..., PluginProcess]
SLACK_S = 2.0  # a loaded machine


@pytest.fixture
def open_misbehaving(start_process: Start) -> Callable[..., PluginProcess]:
    def opened(fault: str, text: str = "", when: str = "read", **given: str) -> PluginProcess:
        process = start_process("misbehaving", fault=fault, text=text, when=when)
        process.call("open")
        return process

    return opened


def failure_of(process: PluginProcess, operation: str = "read", cancel: threading.Event | None = None) -> KnownError:
    with pytest.raises(KnownError) as caught:
        process.call(operation, cancel)
    return caught.value


def test_hello_comes_before_the_driver_and_says_what_runs(start_process: Start) -> None:
    process = start_process("misbehaving", greet=False, fault="hang", when="import")
    hello = process.greet()
    assert (hello["api"], hello["bits"] in (32, 64)) == (1, True)
    assert hello["python"].count(".") == 2


def test_a_call_returns_its_result(start_process: Start) -> None:
    process = start_process("willing", greeting="你好")
    process.call("open")
    assert process.call("status")["greeting"] == "你好"
    assert process.call("find_card") is True
    process.call("close")


def test_the_process_gets_an_empty_environment_and_a_private_folder(
    start_process: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_PLUGIN_PATH", "somewhere")
    monkeypatch.setenv("TELLER_ASSIST__LOGS__LEVEL", "DEBUG")
    process = start_process("willing")
    process.call("open")
    status = process.call("status")
    assert status["environment"] == "LANG,TMPDIR"
    folder = Path(status["folder"])
    assert folder.stat().st_mode & 0o777 == 0o700
    process.end()
    assert not folder.exists()


def test_the_process_inherits_no_descriptor_of_ours(open_misbehaving: Callable[..., PluginProcess], tmp_path: Path) -> None:
    with (tmp_path / "ours.txt").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        names = open_misbehaving("host_descriptors").call("read")["open"]
    assert not any("ours.txt" in name for name in names)
    assert all(name.startswith(("pipe:", "/dev/null", "/proc/")) for name in names), names


def test_the_working_folder_is_wiped_after_each_call(open_misbehaving: Callable[..., PluginProcess], tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("not the plugin's")
    process = open_misbehaving("files", str(tmp_path))
    folder = Path(process.call("read")["folder"])
    assert list(folder.iterdir()) == []
    assert kept.exists(), "a link is removed, not what it leads to"


@pytest.mark.full
@pytest.mark.parametrize("fault", ["hang", "hang_holding_the_interpreter"])
def test_a_hang_ends_at_the_time_limit(open_misbehaving: Callable[..., PluginProcess], fault: str) -> None:
    process = open_misbehaving(fault)
    began_s = time.monotonic()
    error = failure_of(process)
    assert isinstance(error, DeviceTimeoutError)
    assert (error.facts["why"], error.facts["operation"]) == ("time_limit", "read")
    assert time.monotonic() - began_s < 0.4 + CANCEL_GRACE_S + SLACK_S
    assert process.ended.is_set()


def test_a_call_that_listens_is_cancelled_and_the_process_lives(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process = open_misbehaving("wait_for_cancel")
    assert isinstance(failure_of(process), DeviceTimeoutError)
    assert not process.ended.is_set()
    assert process.call("status") == {"told": "status"}


def test_the_caller_may_give_up_early(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process, cancel = open_misbehaving("wait_for_cancel"), threading.Event()
    cancel.set()
    with pytest.raises(DeviceTimeoutError) as caught:
        process.call("read", cancel)
    assert caught.value.facts["why"] == "cancelled"
    assert process.call("status") == {"told": "status"}


def test_a_caller_who_gives_up_a_hang_waits_for_the_grace_only(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process, cancel = open_misbehaving("hang"), threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(DeviceTimeoutError) as caught:
        process.call("read", cancel)
    assert caught.value.facts["why"] == "cancelled"
    assert process.ended.is_set()


@pytest.mark.parametrize("fault", ["segfault", "null", "exit"])
def test_a_crash_ends_the_call_at_once(open_misbehaving: Callable[..., PluginProcess], fault: str) -> None:
    error = failure_of(open_misbehaving(fault))
    assert isinstance(error, PluginFailedError)
    assert error.facts == {"plugin": "misbehaving", "why": "ended"}


def test_a_process_killed_from_outside_is_noticed(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process = open_misbehaving("hang")
    threading.Timer(0.1, os.kill, (process._process.pid, signal.SIGKILL)).start()
    assert isinstance(failure_of(process), PluginFailedError)
    assert isinstance(process.failure, PluginFailedError)
    assert isinstance(failure_of(process, "status"), PluginFailedError), "later calls do not hang"


def test_chatter_cannot_disturb_the_channel(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process = open_misbehaving("chatter")
    assert process.call("read") == {"told": "after all that"}
    assert process.call("status") == {"told": "status"}
    process.end()
    assert process.chatter_bytes > 100_000


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("nonsense", ""),
        ("nonsense", "hello"),
        ("nonsense", "[]"),
        ("nonsense", '{"id": 3}'),
        ("nonsense", '{"id": 3, "ok": true}'),
        ("nonsense", '{"id": "3", "ok": true, "result": 1}'),
        ("nonsense", '{"id": 3, "ok": false, "error": {"code": "dance", "hint": ""}}'),
        ("nonsense", '{"event": "frame", "slot": 0, "width": 1, "height": 1, "sequence": -1}'),
        ("nonsense", '{"id": 3, "ok": true, "result": NaN}'),
        ("nonsense", "[" * 100_000),
        ("bytes", "fffe0041"),
        ("bytes", "00" * 10),
    ],
)
def test_nonsense_on_the_channel_ends_the_process(open_misbehaving: Callable[..., PluginProcess], fault: str, text: str) -> None:
    process = open_misbehaving(fault, text)
    assert failure_of(process).facts == {"plugin": "misbehaving", "why": "nonsense"}
    assert process.ended.wait(SLACK_S)


@pytest.mark.parametrize(
    ("fault", "text", "why"),
    [
        ("nonsense", '{"id": 77, "ok": true, "result": 1}', "wrong_answer"),
        ("two_answers", "", "wrong_answer"),
        ("nonsense", '{"event": "frame", "slot": 0, "width": 1, "height": 1, "sequence": 1}', "frame_lie"),
        ("long_line", "", "line_too_long"),
    ],
)
def test_what_was_not_asked_for_ends_the_process(
    open_misbehaving: Callable[..., PluginProcess], fault: str, text: str, why: str
) -> None:
    process = open_misbehaving(fault, text)
    with contextlib.suppress(PluginFailedError):  # two answers: the first one may get through
        process.call("read")
    assert process.ended.wait(SLACK_S)
    assert process.failure is not None
    assert process.failure.facts == {"plugin": "misbehaving", "why": why}


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("device_missing", DeviceMissingError),
        ("device_busy", DeviceBusyError),
        ("device_timeout", DeviceTimeoutError),
        ("card_removed", CardRemovedError),
        ("card_unreadable", CardUnreadableError),
        ("plugin_failed", PluginFailedError),
    ],
)
def test_a_reported_problem_is_the_products_own_error(
    open_misbehaving: Callable[..., PluginProcess], code: str, family: type[KnownError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "teller_assist.devices")
    process = open_misbehaving("problem", code)
    error = failure_of(process)
    assert type(error) is family
    assert error.facts["why"] == "reported"
    assert "SW" not in str(error), "the hint is for IT"
    assert "SW 69?82 xxx" in caplog.text
    assert max(len(record.getMessage()) for record in caplog.records) < 300
    assert process.call("status") == {"told": "status"}


@pytest.mark.parametrize("fault", ["raise", "not_json", "no_such_driver"])
def test_an_error_in_the_plugin_says_type_and_place_but_not_its_text(
    open_misbehaving: Callable[..., PluginProcess], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "teller_assist.devices")
    process = open_misbehaving(fault, "林晓样")
    assert isinstance(failure_of(process), PluginFailedError)
    hints = {
        "raise": "ValueError at faults.py:",
        "not_json": "answer: TypeError",
        "no_such_driver": "no_such_driver at faults.py:",
    }
    assert hints[fault] in caplog.text
    assert "林晓样" not in caplog.text
    assert process.call("status") == {"told": "status"}


def test_a_driver_that_is_not_installed_is_told_when_the_device_is_opened(start_process: Start) -> None:
    process = start_process("misbehaving", fault="no_such_driver", when="import")
    assert isinstance(failure_of(process, "open"), PluginFailedError)


@pytest.mark.full
def test_a_driver_that_hangs_while_it_is_loaded_ends_at_the_time_limit(start_process: Start) -> None:
    process = start_process("misbehaving", changed={"time_limits_s": {"open": 0.3}}, fault="hang", when="import")
    assert isinstance(failure_of(process, "open"), DeviceTimeoutError)
    assert process.ended.is_set()


def test_what_a_driver_started_dies_with_it(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process = open_misbehaving("grandchild")
    grandchild = process.call("read")["pid"]
    assert Path(f"/proc/{grandchild}").exists()
    process.end()
    until_s = time.monotonic() + SLACK_S
    while _runs(grandchild):
        assert time.monotonic() < until_s
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_one_call_at_a_time(open_misbehaving: Callable[..., PluginProcess]) -> None:
    process, cancel, errors = open_misbehaving("wait_for_cancel"), threading.Event(), []

    def read() -> None:
        try:
            process.call("read", cancel)
        except DeviceTimeoutError as error:
            errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while process._awaited_id == 0:
        time.sleep(0.001)
    began_s = time.monotonic()
    with contextlib.suppress(DeviceBusyError):  # or the first call reached its limit before
        process.call("status")
    assert time.monotonic() - began_s < 3.0 + SLACK_S
    cancel.set()
    thread.join()
    assert len(errors) == 1


def test_a_caller_who_found_it_busy_does_not_wipe_what_the_running_call_laid_down(start_process: Start) -> None:
    limits_s = {**TIME_LIMITS_S, "status": 0.1}
    process = start_process("misbehaving", fault="file_until_cancel", changed={"time_limits_s": limits_s})
    process.call("open")
    folder, cancel = process._folder.path, threading.Event()
    thread = threading.Thread(target=lambda: failure_of(process, cancel=cancel))
    thread.start()
    wait_until(lambda: any(folder.iterdir()))
    with pytest.raises(DeviceBusyError):
        process.call("status")
    assert any(folder.iterdir())
    cancel.set()
    thread.join()
    assert not any(folder.iterdir())


@pytest.mark.parametrize("fault", ["none", "hang", "segfault", "hang_holding_the_interpreter"])
def test_the_end_comes_within_a_second_whatever_close_does(start_process: Start, fault: str) -> None:
    process = start_process("misbehaving", fault=fault, when="close")
    process.call("open")
    began_s = time.monotonic()
    process.end()
    process.end()
    assert process.ended.is_set()
    assert time.monotonic() - began_s < 1.0
    assert process.failure is None, "it was asked to"


def test_a_process_that_cannot_be_started_leaves_nothing(start_process: Start) -> None:
    with pytest.raises(PluginFailedError) as caught:
        start_process("willing", DeviceKind.CAMERA, changed={"interpreter": Path("/no/such/python")})
    assert caught.value.facts["why"] == "not_started"


def test_a_slow_start_is_given_up(start_process: Start, tmp_path: Path) -> None:
    slow = tmp_path / "slow-python"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o700)
    process = start_process("willing", greet=False, changed={"interpreter": slow, "hello_timeout_s": 0.2})
    with pytest.raises(PluginFailedError) as caught:
        process.greet()
    assert caught.value.facts["why"] == "hello_timeout"
    assert process.ended.is_set()


def test_a_plugin_runs_from_its_source_and_writes_nothing_beside_it(
    start_process: Start, plugins_root: Path, tmp_path: Path
) -> None:
    folder = plugins_root / "device_plugins" / "willing"
    left_over = folder / "__pycache__" / "pictures.cpython-311.pyc"
    other = tmp_path / "other.py"
    other.write_text("raise RuntimeError('not what was checked')")
    # byte code that Python would run without a look at the source
    py_compile.compile(str(other), cfile=str(left_over), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    process = start_process("willing")
    process.call("open")
    assert process.call("find_card") is True
    assert [path.name for path in left_over.parent.iterdir()] == [left_over.name]
