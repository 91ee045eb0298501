"""The stand-in reader: published answers, the order of find, select and read, and each fault on the wire."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.sam_card import SamCard, photo_block, resident_text, text_block
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.demonstration.stand_ins.sam_module import SamModule, frame, take_request
from teller_assist.errors import BugError, ResourceError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.settings.home import installation_root
from tests.stand_ins.sam_cards import NUMBER, resident_card

STATUS, FIND, SELECT, READ = (bytes.fromhex(code) for code in ("11FF", "2001", "2002", "3001"))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only")


@pytest.fixture
def sam(tmp_path: Path) -> Iterator[Any]:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader") as reader:
        yield reader


@pytest.fixture
def line(sam: Any) -> Iterator[int]:
    """The computer's end of the line."""
    end = os.open(sam.link, os.O_RDWR | os.O_NOCTTY)
    yield end
    os.close(end)


def asked(line: int, payload: bytes, wait_s: float = 0.15) -> bytes:
    """Return everything that comes until the line is quiet."""
    os.write(line, frame(payload))
    received, until_s = b"", time.monotonic() + 5.0
    while time.monotonic() < until_s and select.select([line], [], [], wait_s)[0]:
        received += os.read(line, 4096)
    return received


def answered(line: int, payload: bytes) -> bytes:
    """Return what comes until a whole answer is there, without waiting for more."""
    os.write(line, frame(payload))
    received = b""
    while take_request(bytearray(received)) is None and select.select([line], [], [], 5.0)[0]:
        received += os.read(line, 4096)
    return received


def word(module: SamModule, command: bytes) -> int:
    return module.answer(command)[2]


def test_published_answers(line: int, sam: Any) -> None:
    assert answered(line, STATUS) == bytes.fromhex("AAAAAA9669000400009094")
    assert answered(line, FIND) == bytes.fromhex("AAAAAA9669000400008084")
    assert answered(line, SELECT) == bytes.fromhex("AAAAAA9669000400008185")
    assert answered(line, READ) == bytes.fromhex("AAAAAA9669000400004145")
    sam.lay(resident_card())
    assert answered(line, FIND) == bytes.fromhex("AAAAAA9669000800009F0000000097")
    assert answered(line, SELECT) == bytes.fromhex("AAAAAA9669000C00009000000000000000009C")
    assert len(answered(line, READ)) == 1295


def test_a_card_that_was_read_is_found_after_it_was_lifted() -> None:
    module = SamModule(set())
    module.lay(resident_card())
    assert [word(module, command) for command in (FIND, SELECT, READ, FIND)] == [0x9F, 0x90, 0x90, 0x80]
    module.lay(None)
    module.lay(resident_card())
    assert word(module, FIND) == 0x9F


def test_a_module_that_does_not_hide_what_was_read() -> None:
    module = SamModule(set(), hides_read_card=False)
    module.lay(resident_card())
    assert [word(module, command) for command in (FIND, SELECT, READ, FIND, SELECT, READ)] == [0x9F, 0x90, 0x90] * 2


def test_a_read_with_fingerprint_has_2321_bytes() -> None:
    module = SamModule(set())
    plain = resident_card()
    module.lay(SamCard(plain.text, plain.photo, fingerprint=bytes(1024)))
    for command in (FIND, SELECT):
        module.answer(command)
    assert len(frame(module.answer(b"\x30\x10"))) == 2321


def test_a_link_that_cannot_be_made_leaves_nothing_open() -> None:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    before, reader = len(list(Path("/proc/self/fd").iterdir())), SamReader(Path("/proc/reader"))
    with pytest.raises(ResourceError) as caught:
        reader.plug()
    assert (caught.value.reason, reader.is_plugged) == ("folder_not_writable", False)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_unknown_commands_and_broken_requests_are_answered_as_such() -> None:
    module = SamModule(set())
    assert word(module, b"\x77\x77") == 0x21
    assert word(module, b"") == 0x21
    assert module.answer(STATUS, is_whole=False)[2] == 0x10


def test_a_request_is_taken_out_of_noise_and_pieces() -> None:
    received = bytearray(b"\xaa\x00noise" + frame(STATUS)[:8])
    assert take_request(received) is None
    received += frame(STATUS)[8:] + b"\x01"
    assert take_request(received) == (STATUS, True)
    broken = bytearray(frame(STATUS)[:-1] + b"\x00")
    assert take_request(broken) == (STATUS, False)


def test_faults_of_the_line(line: int, sam: Any) -> None:
    sound = asked(line, STATUS)
    sam.faults.add(SamFault.NOISE)
    noisy = asked(line, STATUS)
    assert sound in noisy
    assert noisy != sound
    sam.faults.add(SamFault.SILENT)
    assert asked(line, STATUS) == b""
    sam.faults.clear()
    sam.faults.add(SamFault.SPLIT)
    assert asked(line, STATUS) == sound


@pytest.mark.parametrize(
    ("fault", "answer"), [(SamFault.SELF_TEST_FAILED, 0x60), (SamFault.NOT_AUTHORISED, 0x66)], ids=lambda value: str(value)
)
def test_a_module_that_is_broken_says_so(fault: SamFault, answer: int) -> None:
    assert word(SamModule({fault}), STATUS) == answer


@pytest.mark.parametrize(
    ("fault", "length"), [(SamFault.BAD_CHECKSUM, 1295), (SamFault.STALL, 647), (SamFault.THREE_LENGTHS, 1297)]
)
def test_faults_of_the_cards_answer(line: int, sam: Any, fault: SamFault, length: int) -> None:
    sam.faults.add(fault)
    sam.lay(resident_card())
    asked(line, FIND)
    asked(line, SELECT)
    answer = asked(line, READ)
    assert len(answer) == length
    whole = take_request(bytearray(answer))
    assert whole == (None if fault is SamFault.STALL else (answer[7:-1], fault is not SamFault.BAD_CHECKSUM))


def test_cut_takes_the_port_away_and_plugging_in_brings_the_name_back(line: int, sam: Any) -> None:
    sam.faults.add(SamFault.CUT)
    sam.lay(resident_card())
    asked(line, FIND)
    asked(line, SELECT)
    os.write(line, frame(READ))
    until_s = time.monotonic() + 5.0
    while os.path.lexists(sam.link) and time.monotonic() < until_s:
        time.sleep(0.01)
    with pytest.raises(OSError, match="Input/output"):
        os.write(line, frame(STATUS))
    assert not os.path.lexists(sam.link)
    sam.faults.clear()
    sam.plug()
    assert sam.link.exists()
    again = os.open(sam.link, os.O_RDWR | os.O_NOCTTY)
    assert asked(again, STATUS) == bytes.fromhex("AAAAAA9669000400009094")
    os.close(again)


def test_nothing_is_left_after_it(tmp_path: Path) -> None:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with SamReader(tmp_path / "reader") as reader:
            reader.plug()
        reader.unplug()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(tmp_path.iterdir()) == []


def test_a_text_block_has_room_for_256_bytes_and_no_more() -> None:
    block = resident_text("林晓样", IdNumber(NUMBER), installation_root() / "device_plugins/simulated_counter/holders.toml")
    assert len(block) == 256
    assert block[:6].decode("utf-16-le") == "林晓样"
    assert block[248:250] == b" \x00"
    with pytest.raises(BugError):
        text_block(" ", {250: "too long"})


def test_a_portrait_always_fits() -> None:
    import numpy as np

    noise = np.random.default_rng(1).integers(0, 256, (126, 102, 3), np.uint8)
    assert len(photo_block(noise)) == 1024
