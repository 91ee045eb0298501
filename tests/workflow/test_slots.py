from __future__ import annotations

import threading

from teller_assist.workflow.slots import NewestSlot


def test_the_newest_value_replaces_the_old_one_and_is_taken_once() -> None:
    slot: NewestSlot[int] = NewestSlot()
    slot.put(1)
    slot.put(2)
    assert slot.take() == 2
    assert slot.take() is None


def test_closing_wakes_a_waiting_reader() -> None:
    slot: NewestSlot[int] = NewestSlot()
    taken: list[int | None] = []
    reader = threading.Thread(target=lambda: taken.append(slot.take(60)))
    reader.start()
    slot.close()
    reader.join(10)
    assert taken == [None]


def test_a_waiting_reader_gets_what_is_put() -> None:
    slot: NewestSlot[str] = NewestSlot()
    taken: list[str | None] = []
    reader = threading.Thread(target=lambda: taken.append(slot.take(60)))
    reader.start()
    slot.put("frame")
    reader.join(10)
    assert taken == ["frame"]


def test_clearing_forgets_what_was_not_taken() -> None:
    slot: NewestSlot[int] = NewestSlot()
    slot.put(1)
    slot.clear()
    assert slot.take() is None
