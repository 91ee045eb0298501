"""An ID card reader from its plugin to the evidence."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import CardRemovedError, CardUnreadableError, KnownError

Open = Callable[..., Any]
READER = DeviceKind.ID_CARD_READER


@pytest.mark.full
def test_waiting_ends_when_the_card_is_laid_down(open_stand_in: Open) -> None:
    reader = open_stand_in("willing", READER, card_after_s=0.5)
    began_s = time.monotonic()
    reader.wait_for_card(threading.Event())
    assert 0.3 < time.monotonic() - began_s < 5.0
    card = reader.read(threading.Event())
    assert card.name.reveal() == "林晓样"
    assert card.valid_until is None


def test_waiting_can_be_given_up_from_another_thread(open_stand_in: Open) -> None:
    reader, cancel = open_stand_in("willing", READER, card_after_s=60.0), threading.Event()
    threading.Timer(0.1, cancel.set).start()
    began_s = time.monotonic()
    reader.wait_for_card(cancel)
    assert time.monotonic() - began_s < 3.0


def test_waiting_for_a_reader_that_never_opens_can_be_given_up(open_stand_in: Open) -> None:
    reader, cancel = open_stand_in("misbehaving", READER, fault="hang", when="open"), threading.Event()
    threading.Timer(0.1, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(KnownError):
        reader.read(cancel)
    assert time.monotonic() - began_s < 2.0


def test_a_card_that_is_pulled_is_a_card_that_was_removed(open_stand_in: Open) -> None:
    reader = open_stand_in("misbehaving", READER, fault="problem", text="card_removed")
    with pytest.raises(CardRemovedError):
        reader.read(threading.Event())


@pytest.mark.parametrize("record", [None, [], {"name": "林晓样"}, "x" * 100_000])
def test_a_malformed_record_is_refused_and_the_reader_goes_on(open_stand_in: Open, record: object) -> None:
    reader = open_stand_in("misbehaving", READER, fault="none", text=json.dumps(record))
    for _ in range(2):
        with pytest.raises(CardUnreadableError) as caught:
            reader.read(threading.Event())
        assert caught.value.facts == {"why": "record"}


def test_nothing_of_a_card_is_logged(open_stand_in: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    open_stand_in("willing", READER).read(threading.Event())
    for secret in ("林晓样", "990000199003070021", "样本路", "1990-03-07"):
        assert secret not in caplog.text
