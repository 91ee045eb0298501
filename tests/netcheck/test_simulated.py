from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

import numpy as np
import pytest

from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.pictures import Picture
from teller_assist.netcheck.provider import NetcheckProvider, NetcheckRequest
from teller_assist.netcheck.simulated import RegisterEntry, SimulatedProvider
from teller_assist.settings.personal import Personal
from teller_assist.wording import codes, sentence

BLAME = ("冒用", "冒充", "骗", "假", "嫌疑", "欺诈", "fraud", "fake", "impostor", "spoof")
PHOTO = Picture(np.zeros((8, 8, 3), np.uint8), "JPEG", "netcheck")
NAME = "林晓样"


def made_up(sequence: int) -> IdNumber:
    first = f"99000119900101{sequence:03d}"
    return IdNumber(first + check_character(first))


def entries(code: NetcheckCode, photo: Picture | None = PHOTO) -> Mapping[IdNumber, RegisterEntry]:
    return {made_up(1): RegisterEntry(Personal(NAME), code, photo)}


def asked(provider: NetcheckProvider, sequence: int = 1, name: str = NAME) -> tuple[NetcheckCode, Picture | None]:
    answer = provider.verify(NetcheckRequest(Personal(made_up(sequence)), Personal(name)), threading.Event())
    return answer.code, answer.photo


def test_a_person_of_the_register_comes_with_the_photograph() -> None:
    assert asked(SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME))) == (NetcheckCode.MATCH_PHOTO_SAME, PHOTO)


@pytest.mark.parametrize("code", sorted(set(NetcheckCode) - {NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT}))
def test_an_answer_that_is_not_about_a_photograph_carries_none(code: NetcheckCode) -> None:
    assert asked(SimulatedProvider(entries(code))) == (code, None)


def test_a_register_without_the_photograph_does_not_claim_one() -> None:
    assert asked(SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME, None))) == (NetcheckCode.MATCH_NO_PHOTO, None)


def test_an_unknown_number_is_not_found_and_another_name_does_not_agree() -> None:
    provider = SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME))
    assert asked(provider, sequence=3) == (NetcheckCode.NOT_FOUND, None)
    assert asked(provider, name="陈示例") == (NetcheckCode.NAME_MISMATCH, None)
    assert asked(provider, name="  ") == (NetcheckCode.FORMAT_ERROR, None)


def test_a_name_that_differs_only_where_a_character_got_lost_is_told_from_another() -> None:
    provider = SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME))
    for name, agreement in (("林?样", NameAgreement.ENCODING), ("陈示例", NameAgreement.DIFFERENT)):
        answer = provider.verify(NetcheckRequest(Personal(made_up(1)), Personal(name)), threading.Event())
        assert (answer.code, answer.name_agreement) == (NetcheckCode.NAME_MISMATCH, agreement)


def test_a_service_that_is_down_says_so_about_everybody() -> None:
    provider = SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME), service_down=True)
    assert asked(provider) == asked(provider, sequence=3) == (NetcheckCode.SERVICE_DOWN, None)


def test_a_request_that_is_given_up_ends_at_once() -> None:
    provider, cancel = SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME), delay_s=60.0), threading.Event()
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    started_s = time.monotonic()
    answer = provider.verify(NetcheckRequest(Personal(made_up(1)), Personal(NAME)), cancel)
    timer.join()
    assert (answer.code, answer.photo) == (NetcheckCode.NOT_ASKED, None)
    assert time.monotonic() - started_s < 10


def test_nothing_is_logged_about_a_person(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asked(SimulatedProvider(entries(NetcheckCode.MATCH_PHOTO_SAME)))
    assert caplog.records == []


def test_every_answer_has_the_words_of_the_trade_and_blames_nobody() -> None:
    assert set(codes("netcheck")) == set(NetcheckCode)
    assert sentence("netcheck", "NOT_FOUND").zh == "库中无此号"
    assert sentence("netcheck", "NAME_MISMATCH").zh == "姓名与身份证号码不匹配"
    for code in codes("netcheck"):
        words = sentence("netcheck", code)
        assert not any(word in words.zh + words.en.lower() for word in BLAME)
