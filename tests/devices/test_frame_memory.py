from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.devices.channel import FrameReady
from teller_assist.devices.frame_memory import SLOT_HEADER_BYTES, SLOTS, FrameMemory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sealed anonymous memory is Linux's")


@pytest.fixture
def memory() -> Iterator[FrameMemory]:
    made = FrameMemory((8, 4))
    yield made
    made.close()


def write(memory: FrameMemory, slot: int, sequence: int, value: int, *, wide: int = 8, high: int = 4) -> FrameReady:
    """Write as a plugin's process does."""
    told = memory.told()
    start = slot * told["slot_bytes"]
    os.pwrite(memory.descriptor, sequence.to_bytes(8, "little"), start)
    os.pwrite(memory.descriptor, bytes([value]) * (wide * high * 3), start + SLOT_HEADER_BYTES)
    return FrameReady(slot, wide, high, sequence)


def test_a_written_frame_is_copied_out(memory: FrameMemory) -> None:
    frame = write(memory, 1, 5, 200)
    pixels = memory.copied(frame)
    assert pixels is not None
    assert pixels.shape == (4, 8, 3)
    assert np.all(pixels == 200)
    write(memory, 1, 9, 100)
    assert np.all(pixels == 200), "a copy of our own"


@pytest.mark.parametrize("sequence_now", [0, 4, 6])
def test_a_slot_that_is_written_again_gives_no_frame(memory: FrameMemory, sequence_now: int) -> None:
    frame = write(memory, 1, 5, 200)
    write(memory, 1, sequence_now, 100)
    assert memory.copied(frame) is None


def test_a_slot_that_is_overwritten_while_it_is_copied_gives_no_frame(
    memory: FrameMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, frombuffer = write(memory, 1, 5, 200), np.frombuffer

    def disturbed(*args: object) -> object:
        write(memory, 1, 9, 100)
        return frombuffer(*args)  # type: ignore[call-overload]

    monkeypatch.setattr(np, "frombuffer", disturbed)
    assert memory.copied(frame) is None


def test_a_frame_may_have_other_proportions_but_not_more_pixels(memory: FrameMemory) -> None:
    for wide, high, fits in ((8, 4, True), (4, 8, True), (32, 1, True), (33, 1, False), (0, 4, False)):
        assert memory.can_hold(FrameReady(0, wide, high, 1)) is fits
    assert not memory.can_hold(FrameReady(0, 8, 4, 0))


@given(st.builds(FrameReady, *[st.integers(0, 2**53)] * 4))
def test_what_is_let_through_lies_within_the_memory(frame: FrameReady) -> None:
    memory = FrameMemory((8, 4))
    try:
        if memory.can_hold(frame):
            told = memory.told()
            end = SLOT_HEADER_BYTES + frame.width_px * frame.height_px * 3
            assert frame.slot < told["slots"] == SLOTS
            assert end <= told["slot_bytes"]
    finally:
        memory.close()


def test_the_other_process_cannot_pull_the_memory_away(memory: FrameMemory) -> None:
    with pytest.raises(PermissionError):
        os.ftruncate(memory.descriptor, 0)


def test_a_closed_memory_gives_no_frame(memory: FrameMemory) -> None:
    frame = write(memory, 1, 5, 200)
    memory.close()
    memory.close()
    assert memory.copied(frame) is None
