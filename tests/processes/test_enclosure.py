"""What runs first in a process that we do not trust: tried from inside, by Python and by native code."""

from __future__ import annotations

import ast
import errno
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.processes import enclosure
from teller_assist.processes.children import Reach, start_enclosed

PROGRAM = Path(enclosure.__file__)
LINUX_ONLY = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="network namespaces are Linux's")

PROBE = """
import ctypes, json, os, resource, socket, subprocess, sys
enclosure = sys.modules["enclosure"]
port, service = PORT, SERVICE

def refused(work):
    try:
        work()
    except OSError as error:
        return type(error).__name__
    return "got through"

def native():
    library = ctypes.CDLL(None, use_errno=True)
    family = socket.AF_INET.to_bytes(2, sys.byteorder)
    place = ctypes.create_string_buffer(family + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8))
    descriptor = library.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    return 0 if library.connect(descriptor, place, 16) == 0 else ctypes.get_errno()

def fork():
    if os.fork() == 0:
        os._exit(0)
    os.wait()

status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines() if ":" in line)
ways = {
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 1),
    "connect_ex": lambda: socket.socket().connect_ex(("127.0.0.1", port)),
    "look_up": lambda: socket.getaddrinfo("localhost", port),
    "look_up_old": lambda: socket.gethostbyname("localhost"),
    "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "service": lambda: socket.socket(socket.AF_UNIX).connect(service),
    "child": lambda: subprocess.run(["true"]),
    "shell": lambda: os.system("true"),
    "fork": fork,
}
told = {
    **{way: refused(work) for way, work in ways.items()},
    "means": enclosure.network_denied_by,
    "native": native(),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "gains_rights": status.get("NoNewPrivs", "").strip() != "1",
    "user": os.getuid(),
    "argv": sys.argv,
    "name": __name__,
    "own_module": sys.modules["__main__"].__dict__ is globals(),
    "counted": sum(enclosure.denied.values()),
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Reach], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("enclosed")
    program, known = folder / "probe.py", dict[Reach, dict[str, Any]]()

    def probed(reach: Reach) -> dict[str, Any]:
        if reach not in known:
            service = folder / f"{reach}.socket"
            with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket(socket.AF_UNIX) as local:
                local.bind(str(service))
                local.listen()
                code = PROBE.replace("PORT", str(listening.getsockname()[1])).replace("SERVICE", repr(str(service)))
                program.write_text(code, encoding="utf-8")
                with start_enclosed(Path(sys.executable), program, reach, folder) as child:
                    out, err = child.communicate(timeout=20)
            assert child.returncode == 0, err.decode()
            known[reach] = json.loads(out)
        return known[reach]

    return probed


@pytest.mark.parametrize(
    "way", ["connect", "connect_ex", "look_up", "look_up_old", "datagram", "service", "child", "shell", "fork"]
)
def test_python_code_that_may_reach_nothing_reaches_nothing(probe: Callable[[Reach], dict[str, Any]], way: str) -> None:
    assert probe(Reach.NOTHING)[way] == "PermissionError"


@pytest.mark.parametrize("way", ["connect", "connect_ex", "look_up", "look_up_old", "datagram"])
def test_what_may_start_processes_still_has_no_network(probe: Callable[[Reach], dict[str, Any]], way: str) -> None:
    assert probe(Reach.PROCESSES)[way] == "PermissionError"


@pytest.mark.parametrize("way", ["service", "child", "shell", "fork"])
def test_services_of_this_machine_and_processes_are_no_network(probe: Callable[[Reach], dict[str, Any]], way: str) -> None:
    assert probe(Reach.PROCESSES)[way] == "got through"


@pytest.mark.parametrize("way", ["connect", "look_up", "service", "child"])
def test_what_needs_the_network_has_it(probe: Callable[[Reach], dict[str, Any]], way: str) -> None:
    told = probe(Reach.NETWORK)
    assert told[way] == "got through"
    assert (told["native"], told["means"], told["counted"]) == (0, [], 0)


def test_every_try_is_counted(probe: Callable[[Reach], dict[str, Any]]) -> None:
    assert probe(Reach.NOTHING)["counted"] == 9
    assert probe(Reach.PROCESSES)["counted"] == 5


@LINUX_ONLY
@pytest.mark.parametrize("reach", [Reach.NOTHING, Reach.PROCESSES])
def test_native_code_reaches_nothing_where_the_kernel_permits_a_namespace(
    probe: Callable[[Reach], dict[str, Any]], reach: Reach
) -> None:
    if "namespace" not in probe(reach)["means"]:
        pytest.skip("this kernel gives users no namespace of their own: the guard is all there is")
    assert probe(reach)["native"] == errno.ENETUNREACH


def test_the_guard_is_there_always(probe: Callable[[Reach], dict[str, Any]]) -> None:
    assert "guard" in probe(Reach.NOTHING)["means"]


@LINUX_ONLY
@pytest.mark.parametrize("reach", list(Reach))
def test_nothing_is_left_of_a_crash_and_no_rights_are_gained(probe: Callable[[Reach], dict[str, Any]], reach: Reach) -> None:
    told = probe(reach)
    assert (told["core"], told["gains_rights"]) == ([0, 0], False)


@LINUX_ONLY
def test_the_process_stays_the_user_that_it_was(probe: Callable[[Reach], dict[str, Any]]) -> None:
    import os

    assert probe(Reach.NOTHING)["user"] == os.getuid()


def test_the_program_is_the_main_one(probe: Callable[[Reach], dict[str, Any]]) -> None:
    told = probe(Reach.PROCESSES)
    assert (told["name"], told["own_module"], [Path(one).name for one in told["argv"]]) == ("__main__", True, ["probe.py"])


def test_without_a_program_it_says_what_this_machine_permits() -> None:
    told = subprocess.run(
        [sys.executable, "-I", "-B", PROGRAM, "processes"], capture_output=True, text=True, check=True, timeout=20
    )
    assert told.stdout.split() in (["namespace", "guard"], ["guard"])


def test_it_runs_under_python_3_8_with_its_library_only() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported == {"__future__", "contextlib", "ctypes", "msvcrt", "os", "resource", "socket", "sys", "types", "typing"}


def test_both_sides_name_the_same_reaches() -> None:
    assert {reach.value for reach in Reach} == set(enclosure.REACHES)
