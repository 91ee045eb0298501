from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from teller_assist.cli import main
from teller_assist.cli.stand_in import MJPEG_FAULTS, SAM_FAULTS, SCANNER_HTTP_FAULTS, SCANNER_WEBSOCKET_FAULTS
from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.demonstration.stand_ins.sam_module import frame
from teller_assist.demonstration.stand_ins.scanner_faults import HTTP_FAULTS, WEBSOCKET_FAULTS
from tests.stand_ins.sam_cards import NUMBER

on_linux = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only")


def test_the_sam_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in SamFault) == SAM_FAULTS


@on_linux
def test_a_sam_reader_that_cannot_be_made_ends_with_its_reason(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("somebody's file")
    assert main(["stand-in", "sam", "--link", str(taken)]) == 2
    assert main(["stand-in", "sam", "--link", str(tmp_path / "no" / "reader")]) == 2
    assert main(["stand-in", "sam", "--link", str(tmp_path / "reader"), "--baud-rate", "-1"]) == 2
    assert main(["stand-in", "sam", "--link", str(tmp_path / "reader"), "--customer", str(tmp_path / "nobody")]) == 3
    assert taken.read_text() == "somebody's file"
    assert not (tmp_path / "reader").exists()


@on_linux
def test_a_name_too_long_for_a_chip_is_refused(tmp_path: Path) -> None:
    customer = made_up_customer(tmp_path, "长" * 16)
    assert main(["stand-in", "sam", "--link", str(tmp_path / "reader"), "--customer", str(customer)]) == 3


@on_linux
@pytest.mark.full
def test_a_trainer_lays_a_customers_card_and_pulls_the_plug(tmp_path: Path) -> None:
    link, customer = tmp_path / "reader", made_up_customer(tmp_path, "林晓样")
    command = [sys.executable, "-m", "teller_assist", "stand-in", "sam", "--link", str(link), "--customer", str(customer)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["lay: done\n", f"port: {link}\n"]
        line = os.open(link, os.O_RDWR | os.O_NOCTTY)
        text = b"".join(asked(line, code) for code in ("2001", "2002", "3001"))
        assert NUMBER.encode("utf-16-le") in text
        os.close(line)
        process.stdin.write("unplug\n")
        process.stdin.flush()
        assert process.stdout.readline() == "unplug: done\n"
        assert not link.exists()
        process.terminate()
        assert process.wait(10) == 0


def test_the_mjpeg_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in Fault) == MJPEG_FAULTS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--frames-per-s", "nan"], 2),
        (["--frames-per-s", "0"], 2),
        (["--fault-after-s", "-1"], 2),
        (["--port", "99999"], 2),
        (["--pictures", "/there/is/no/such/folder"], 3),
    ],
)
def test_what_cannot_be_served_ends_with_its_reason(arguments: list[str], code: int) -> None:
    assert main(["stand-in", "mjpeg", *arguments]) == code


@pytest.mark.full
def test_it_says_where_it_is_serves_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "teller_assist", "stand-in", "mjpeg"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("listening on ").strip()
        with urllib.request.urlopen(address, timeout=5.0) as answer:  # noqa: S310 (our own address)
            assert answer.read1(100).startswith(b"--frame")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5.0) == 0


def test_the_scanners_faults_that_are_offered_are_those_there_are() -> None:
    assert set(SCANNER_HTTP_FAULTS) == {fault.value for fault in HTTP_FAULTS}
    assert set(SCANNER_WEBSOCKET_FAULTS) == {fault.value for fault in WEBSOCKET_FAULTS}


@pytest.mark.parametrize("device", ["scanner-http", "scanner-websocket"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fault-after-s", "nan"], 2),
        (["--port", "99999"], 2),
        (["--pictures", "/there/is/no/such/folder"], 3),
    ],
)
def test_a_scanner_that_cannot_be_served_ends_with_its_reason(device: str, arguments: list[str], code: int) -> None:
    assert main(["stand-in", device, *arguments]) == code


def test_a_scanner_without_the_customer_it_is_to_show_ends_with_its_reason(tmp_path: Path) -> None:
    assert main(["stand-in", "scanner-http", "--customer", str(tmp_path / "nobody")]) == 3


@pytest.mark.full
@pytest.mark.parametrize("device", ["scanner-http", "scanner-websocket"])
def test_a_scanner_says_where_it_is_serves_and_ends_when_told(device: str, tmp_path: Path) -> None:
    customer = made_up_customer(tmp_path, "林晓样")
    Image.new("RGB", (1011, 638), "tan").save(customer / "card_front.jpg")
    command = [sys.executable, "-m", "teller_assist", "stand-in", device, "--pictures", str(customer)]
    if device == "scanner-http":
        command += ["--customer", str(customer)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = process.stdout.readline().removeprefix("listening on ").strip()
        host, port = address.partition("://")[2].strip("/").split(":")
        with socket.create_connection((host, int(port)), timeout=5.0) as viewer:
            viewer.sendall(b"GET /video=stream&camidx=0 HTTP/1.0\r\n\r\n")
            assert viewer.recv(100)
            process.send_signal(signal.SIGTERM)
            assert process.wait(5.0) == 0, "while somebody looks"
        assert process.stderr.read() == ""


def asked(line: int, payload: str) -> bytes:
    os.write(line, frame(bytes.fromhex(payload)))
    received = b""
    while select.select([line], [], [], 0.4)[0]:
        received += os.read(line, 4096)
    return received


def made_up_customer(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / "customer"
    folder.mkdir()
    for file, size in (("live_1.jpg", (320, 240)), ("chip.jpg", (102, 126))):
        Image.new("RGB", size, "tan").save(folder / file)
    told = f'name = "{name}"\nnumber = "{NUMBER}"\nbusiness_kind = "activation"\nnetcheck = "MATCH_NO_PHOTO"\n'
    (folder / "customer.toml").write_text(told, encoding="utf-8")
    return folder
