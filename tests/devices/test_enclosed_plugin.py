"""What a plugin sees of the machine, told by one from inside."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.process import PluginProcess
from teller_assist.processes import working_folder

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what is seen is told in Linux's words")

Start = Callable[..., PluginProcess]


@pytest.fixture
def see(start_process: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[dict[str, Any], Any]]:
    """Start the plugin and return what it sees, and what it said at hello."""
    monkeypatch.setenv("TELLER_ASSIST_HOME", "/somewhere")

    def seen(**changed: Any) -> tuple[dict[str, Any], Any]:
        bus = tmp_path / "bus"
        bus.mkdir(exist_ok=True)
        (bus / "port").write_text(tmp_path.name)
        given = {"bus": str(bus), **changed.pop("given", {})}
        process = start_process("pluggable", greet=False, changed=changed, **given)
        hello = process.greet()
        process.claim()
        process.open()
        process.call("status")
        told = json.loads(process.call("status")["seen"])
        process.end()
        return told, hello

    return seen


def test_it_sees_an_environment_of_two_words(see: Callable[..., Any]) -> None:
    seen, _ = see()
    assert seen["environment"] == {"LANG": "C.UTF-8", "TMPDIR": seen["folder"]}


def test_it_sees_no_descriptor_but_its_own(see: Callable[..., Any], tmp_path: Path) -> None:
    with (tmp_path.parent / f"{tmp_path.name}.ours").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        seen, _ = see()
    kinds = [one.split(":")[0] for one in seen["descriptors"]]
    # nothing, twice what it prints, the channel both ways, and the folder of descriptors while it is listed
    assert sorted(kinds) == ["/dev/null", "/proc/self/fd", "pipe", "pipe", "pipe", "pipe"]


def test_its_folder_is_its_own_lies_in_memory_and_was_wiped_after_the_call_before(see: Callable[..., Any]) -> None:
    seen, _ = see()
    folder = Path(seen["folder"])
    assert (seen["folder_mode"], seen["folder_holds"], seen["temporary"]) == ("0o700", [], seen["folder"])
    assert folder.parent == (working_folder.memory_folder() or Path(tempfile.gettempdir()))


def test_a_crash_leaves_no_memory_image(see: Callable[..., Any]) -> None:
    assert see()[0]["core_limit"] == 0


def test_it_is_the_user_that_the_station_is(see: Callable[..., Any]) -> None:
    assert see()[0]["user"] == os.getuid()


def test_it_has_no_network_unless_its_manifest_declares_it(see: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        seen, hello = see(given={"port": port})
        declared, hello_declared = see(given={"port": port}, network=True)
    assert (declared["native_connect_errno"], hello_declared["network_denied_by"]) == (0, [])
    assert "guard" in hello["network_denied_by"]
    if "namespace" not in hello["network_denied_by"]:
        pytest.skip("this kernel gives users no namespace of their own: the guard is all there is, and doctor says so")
    assert (seen["native_connect_errno"], seen["interfaces_up"]) == (errno.ENETUNREACH, [])
