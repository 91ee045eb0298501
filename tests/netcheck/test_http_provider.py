from __future__ import annotations

import base64
import datetime
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.pictures import Picture
from teller_assist.netcheck.gateway import read_gateway_mapping
from teller_assist.netcheck.http_provider import GatewayAddress, HttpProvider
from teller_assist.netcheck.provider import CardValidity, NetcheckRequest
from teller_assist.pictures.decode import PictureLimits, decode_picture
from teller_assist.pictures.encode import encode_jpeg
from teller_assist.settings.personal import Personal
from tests.stand_ins.gateway import MAPPING, Gateway, Told, running_gateway

NAME = "林晓样"
NUMBER = IdNumber("99000119900101001" + check_character("99000119900101001"))
LIMITS = PictureLimits(1_000_000, 1_000_000)
PHOTO = Picture(np.full((220, 178, 3), 128, np.uint8), "JPEG", "reference")
Ask = Callable[..., NetcheckResult]
down = pytest.mark.logs_warnings  # every failure says its reason in the log, and no more


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running_gateway() as one:
        yield one


@pytest.fixture
def address(gateway: Gateway) -> GatewayAddress:
    return GatewayAddress(gateway.url, connect_timeout_s=1.0, answer_timeout_s=2.0)


@pytest.fixture
def make_provider() -> Iterator[Callable[[GatewayAddress], HttpProvider]]:
    made: list[HttpProvider] = []

    def make(address: GatewayAddress) -> HttpProvider:
        made.append(HttpProvider(address, read_gateway_mapping(MAPPING.encode(), file="gateway.toml"), LIMITS))
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture
def ask(make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress) -> Ask:
    provider = make_provider(address)

    def ask(name: str = NAME, cancel: threading.Event | None = None, **more: Any) -> NetcheckResult:
        return provider.verify(NetcheckRequest(Personal(NUMBER), Personal(name), **more), cancel or threading.Event())

    return ask


def told(result: NetcheckResult) -> tuple[NetcheckCode, Picture | None, NameAgreement | None]:
    return result.code, result.photo, result.name_agreement


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def answer_of(code: str, **more: Any) -> Told:
    return Told({"result": {"code": code, **more}})


def encoded(picture: Picture) -> str:
    return base64.b64encode(encode_jpeg(picture.pixels)).decode()


def test_all_four_modes_say_what_they_send(ask: Ask, gateway: Gateway) -> None:
    validity = CardValidity(datetime.date(2020, 1, 2), datetime.date(2040, 1, 2))
    for more in ({}, {"live": PHOTO}, {"validity": validity}, {"validity": validity, "live": PHOTO}):
        ask(name=" 林晓　样 ", **more)
    assert [one["head"] for one in gateway.asked] == [{"channel": "counter", "type": mode} for mode in ("01", "02", "03", "04")]
    assert all(one["path"] == "/verify" and one["body"]["idNo"] == NUMBER.text for one in gateway.asked)
    assert {one["body"]["name"] for one in gateway.asked} == {NAME}
    assert [sorted(one["body"]) for one in gateway.asked] == [
        ["idNo", "name"],
        ["idNo", "name", "photo"],
        ["from", "idNo", "name", "to"],
        ["from", "idNo", "name", "photo", "to"],
    ]
    sent = decode_picture(base64.b64decode(gateway.asked[3]["body"]["photo"]), role="probe", limits=LIMITS)
    assert (sent.width_px, sent.height_px) == (178, 220)
    assert (gateway.asked[3]["body"]["from"], gateway.asked[3]["body"]["to"]) == ("20200102", "20400102")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("01", NetcheckCode.MATCH_PHOTO_DIFFERENT),
        ("02", NetcheckCode.MATCH_NO_PHOTO),
        ("10", NetcheckCode.NAME_MISMATCH),
        ("20", NetcheckCode.NOT_FOUND),
        ("30", NetcheckCode.CARD_LOST),
        ("31", NetcheckCode.CARD_INVALID),
        ("90", NetcheckCode.FORMAT_ERROR),
        ("99", NetcheckCode.SERVICE_DOWN),
    ],
)
def test_every_code_of_the_mapping_is_understood(ask: Ask, gateway: Gateway, code: str, meaning: NetcheckCode) -> None:
    gateway.answers = [answer_of(code)]
    assert told(ask()) == (meaning, None, None)


def test_a_provider_that_was_closed_asks_nobody(
    gateway: Gateway, make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress
) -> None:
    provider = make_provider(address)
    provider.close()
    answer = provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event())
    assert (answer.code, gateway.asked) == (NetcheckCode.NOT_ASKED, [])


def test_the_photograph_comes_back(ask: Ask, gateway: Gateway) -> None:
    gateway.answers = [answer_of("00", photo=encoded(PHOTO))]
    result = ask()
    assert result.code is NetcheckCode.MATCH_PHOTO_SAME
    assert result.photo is not None
    assert (result.photo.width_px, result.photo.height_px) == (178, 220)


@pytest.mark.parametrize("photo", ["", "no base64!", base64.b64encode(b"no picture").decode(), base64.b64encode(b"").decode()])
@down
def test_a_photograph_that_cannot_be_read_is_not_claimed(ask: Ask, gateway: Gateway, photo: str) -> None:
    gateway.answers = [answer_of("00", photo=photo)]
    assert told(ask()) == (NetcheckCode.MATCH_NO_PHOTO, None, None)


def test_a_photograph_beside_another_answer_is_not_taken(ask: Ask, gateway: Gateway) -> None:
    gateway.answers = [answer_of("10", photo=encoded(PHOTO))]
    assert ask().photo is None


@pytest.mark.parametrize(
    ("sent", "on_record", "agreement"),
    [
        ("李䶮", "李?", NameAgreement.ENCODING),
        ("李䶮", "李\ue863", NameAgreement.ENCODING),  # the gateway's comparison is poorer than ours
        ("李明", "李芳", NameAgreement.DIFFERENT),
        ("李明", "", None),
    ],
)
def test_a_name_that_differs_in_its_encoding_only_is_told_apart(
    ask: Ask, gateway: Gateway, sent: str, on_record: str, agreement: NameAgreement | None
) -> None:
    gateway.answers = [answer_of("10", name=on_record)]
    assert told(ask(name=sent)) == (NetcheckCode.NAME_MISMATCH, None, agreement)


def test_a_request_without_a_name_is_not_sent(ask: Ask, gateway: Gateway) -> None:
    assert ask(name=" \u200b ").code is NetcheckCode.FORMAT_ERROR
    assert not gateway.asked


@pytest.mark.parametrize(
    "answer",
    [
        Told(b"<html>"),
        Told([]),
        Told(b"[" * 100_000),
        Told({"result": {"code": "77"}}),
        Told({}),
        Told({}, status=500),
        Told({}, status=401),
        Told({}, status=302, headers={"Location": "http://127.0.0.1:1/"}),
        Told({}, status=503, headers={"Retry-After": "60"}),
        Told({}, status=503),
        Told(b" " * 3_000_000),
    ],
)
@down
def test_an_answer_that_is_none_means_the_service_is_down_and_is_not_asked_for_again(
    ask: Ask, gateway: Gateway, answer: Told
) -> None:
    gateway.answers = [answer]
    assert told(ask()) == (NetcheckCode.SERVICE_DOWN, None, None)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_form_is_a_format_error(ask: Ask, gateway: Gateway, status: int) -> None:
    gateway.answers = [Told({}, status=status)]
    assert ask().code is NetcheckCode.FORMAT_ERROR


@pytest.mark.parametrize("status", [429, 503])
def test_a_gateway_that_says_later_is_asked_again(ask: Ask, gateway: Gateway, status: int) -> None:
    gateway.answers = [Told({}, status=status, headers={"Retry-After": "0"}), answer_of("02")]
    assert ask().code is NetcheckCode.MATCH_NO_PHOTO
    assert len(gateway.asked) == 2


@down
def test_a_question_that_was_sent_is_not_sent_again(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress, gateway: Gateway
) -> None:
    hold = threading.Event()
    gateway.answers = [Told({}, wait=lambda: hold.wait(10)), answer_of("02")]
    provider = make_provider(replace(address, answer_timeout_s=0.3))
    answer = provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event())
    hold.set()
    assert answer.code is NetcheckCode.SERVICE_DOWN
    assert len(gateway.asked) == 1


@down
def test_a_gateway_that_drips_does_not_hold_a_worker(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress, gateway: Gateway
) -> None:
    gateway.answers = [Told(b" " * 100, byte_every_s=0.1)]
    provider = make_provider(replace(address, connect_timeout_s=0.2, answer_timeout_s=0.3))
    started_s = time.monotonic()
    answer = provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event())
    provider.close()
    assert answer.code is NetcheckCode.SERVICE_DOWN
    assert time.monotonic() - started_s < 5


@pytest.mark.full
@down
def test_a_gateway_that_always_says_at_once_is_not_flooded(ask: Ask, gateway: Gateway) -> None:
    gateway.answers = [Told({}, status=503, headers={"Retry-After": "0"})]
    assert ask().code is NetcheckCode.SERVICE_DOWN
    assert 2 <= len(gateway.asked) <= 11


def test_a_question_that_was_given_up_is_not_sent_again(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress, gateway: Gateway
) -> None:
    cancel = threading.Event()
    gateway.answers = [Told({}, status=503, headers={"Retry-After": "1"}, wait=cancel.set), answer_of("02")]
    provider = make_provider(address)
    answer = provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), cancel)
    provider.close()
    assert answer.code is NetcheckCode.NOT_ASKED
    assert len(gateway.asked) == 1


def test_the_mode_does_not_promise_what_the_mapping_has_no_place_for(address: GatewayAddress, gateway: Gateway) -> None:
    without = MAPPING.replace('live = "body.photo"\n', "").replace('valid_until = "body.to"\n', "")
    provider = HttpProvider(address, read_gateway_mapping(without.encode(), file="gateway.toml"), LIMITS)
    validity = CardValidity(datetime.date(2020, 1, 2), None)
    provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME), validity, PHOTO), threading.Event())
    provider.close()
    assert [one["head"]["type"] for one in gateway.asked] == ["01"]
    assert [sorted(one["body"]) for one in gateway.asked] == [["idNo", "name"]]


def test_a_gateway_that_comes_up_in_time_is_reached(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress
) -> None:
    port = unused_port()
    provider = make_provider(replace(address, url=f"http://127.0.0.1:{port}", answer_timeout_s=20.0))
    found: list[NetcheckResult] = []
    asking = threading.Thread(
        target=lambda: found.append(provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event()))
    )
    asking.start()
    time.sleep(0.5)
    with running_gateway(port):
        asking.join()
    assert found[0].code is NetcheckCode.MATCH_NO_PHOTO


@down
def test_nobody_there_is_service_down_within_the_time_limits(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress
) -> None:
    nobody = replace(address, url=f"http://127.0.0.1:{unused_port()}", connect_timeout_s=0.3, answer_timeout_s=0.5)
    provider = make_provider(nobody)
    answer = provider.verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event())
    assert answer.code is NetcheckCode.SERVICE_DOWN


def test_a_question_that_is_given_up_ends_at_once(ask: Ask, gateway: Gateway) -> None:
    hold, cancel = threading.Event(), threading.Event()
    gateway.answers = [Told({"result": {"code": "02"}}, wait=lambda: hold.wait(10))]
    timer = threading.Timer(0.1, cancel.set)
    timer.start()
    started_s = time.monotonic()
    answer = ask(cancel=cancel)
    took_s = time.monotonic() - started_s
    hold.set()
    timer.join()
    assert told(answer) == (NetcheckCode.NOT_ASKED, None, None)
    assert took_s < 1.5


def test_the_credential_goes_to_the_gateway_and_nowhere_else(
    make_provider: Callable[[GatewayAddress], HttpProvider], address: GatewayAddress, gateway: Gateway
) -> None:
    known = replace(address, header="Authorization", credential="Bearer made-up-secret")
    make_provider(known).verify(NetcheckRequest(Personal(NUMBER), Personal(NAME)), threading.Event())
    assert gateway.headers[0]["Authorization"] == "Bearer made-up-secret"
    assert "made-up-secret" not in repr(known)


@down
def test_failures_are_logged_without_anything_about_the_person(
    ask: Ask, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.answers = [answer_of("77", name=NAME, photo="??")]
    with caplog.at_level(logging.DEBUG):
        ask()
    assert "unknown_code" in caplog.text
    assert NAME not in caplog.text
    assert NUMBER.text not in caplog.text
