from __future__ import annotations

import base64
import datetime
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.netcheck.gateway import read_gateway_mapping
from teller_assist.netcheck.http_provider import GatewayAddress, HttpProvider
from teller_assist.netcheck.provider import CardValidity, NetcheckRequest, VerificationMode
from teller_assist.netcheck_sandbox.answering import Fault
from teller_assist.netcheck_sandbox.application import CREDENTIAL_HEADER
from teller_assist.netcheck_sandbox.persons import SandboxPerson
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.personal import Personal
from tests.stand_ins.sandbox import Sandbox, running_sandbox

LIMITS = PictureLimits(1_000_000, 1_000_000)
NOBODY = IdNumber("19000119900101001" + check_character("19000119900101001"))
down = pytest.mark.logs_warnings  # every failure says its reason in the log, and no more


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as one:
        yield one


def mapping_file() -> Path:
    return installation_root() / "config" / "netcheck_sandbox.toml"


def provider_for(sandbox: Sandbox, **more: Any) -> HttpProvider:
    address = GatewayAddress(sandbox.url, connect_timeout_s=1.0, answer_timeout_s=1.0, **more)
    return HttpProvider(address, read_gateway_mapping(mapping_file().read_bytes(), file=mapping_file().name), LIMITS)


@pytest.fixture
def provider(sandbox: Sandbox) -> Iterator[HttpProvider]:
    one = provider_for(sandbox)
    yield one
    one.close()


def ask(provider: HttpProvider, person: SandboxPerson) -> NetcheckResult:
    """Ask as a card would be asked about."""
    validity = CardValidity(datetime.date(2019, 12, 31), datetime.date(2039, 12, 31))
    return provider.verify(NetcheckRequest(person.number, Personal(person.on_card), validity), threading.Event())


def post(sandbox: Sandbox, body: Any, headers: dict[str, str] | None = None) -> Any:
    return requests.post(f"{sandbox.url}/verify", json=body, headers=headers, timeout=5).json()


def question(sandbox: Sandbox, mode: VerificationMode, **more: str) -> dict[str, str]:
    first = sandbox.authority.persons[0]
    return {"mode": mode, "number": first.number.reveal().text, "name": first.on_card} | more


def test_its_persons_get_every_answer_that_an_authority_gives(sandbox: Sandbox, provider: HttpProvider) -> None:
    answers = {ask(provider, one).code for one in sandbox.authority.persons}
    answers.add(provider.verify(NetcheckRequest(Personal(NOBODY), Personal("某样人")), threading.Event()).code)
    assert answers == set(NetcheckCode) - {NetcheckCode.NOT_ASKED}


def test_a_photograph_comes_with_answers_about_one_and_with_no_other(sandbox: Sandbox, provider: HttpProvider) -> None:
    for one in sandbox.authority.persons:
        result = ask(provider, one)
        about_photo = result.code in (NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT)
        assert (result.photo is not None) is about_photo
        assert result.photo is None or (result.photo.width_px, result.photo.height_px) == (178, 220)


def test_a_rare_character_is_told_from_another_name(sandbox: Sandbox, provider: HttpProvider) -> None:
    mismatches = [result for one in sandbox.authority.persons if (result := ask(provider, one)).name_agreement is not None]
    assert [one.code for one in mismatches] == [NetcheckCode.NAME_MISMATCH] * 2
    assert [one.name_agreement for one in mismatches] == [NameAgreement.DIFFERENT, NameAgreement.ENCODING]


@pytest.mark.parametrize("mode", list(VerificationMode))
def test_a_mode_is_answered_when_it_brings_what_it_promises_and_no_other(sandbox: Sandbox, mode: VerificationMode) -> None:
    whole = question(sandbox, mode, valid_from="20191231", valid_until="20391231", live=base64.b64encode(b"x").decode())
    assert post(sandbox, whole)["code"] == NetcheckCode.MATCH_PHOTO_SAME
    bare = question(sandbox, mode)
    expected = NetcheckCode.MATCH_PHOTO_SAME if mode is VerificationMode.NUMBER_NAME else NetcheckCode.FORMAT_ERROR
    assert post(sandbox, bare)["code"] == expected


@pytest.mark.parametrize("body", [[], "text", None, {}, {"mode": "number_name", "number": 7, "name": "林"}, {"mode": "fifth"}])
def test_what_is_no_question_is_a_format_error(sandbox: Sandbox, body: Any) -> None:
    assert post(sandbox, body) == {"code": NetcheckCode.FORMAT_ERROR}


@pytest.mark.full
@down
@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.NONE, Fault.BROKEN_PHOTO}))
def test_every_fault_reads_as_a_service_that_is_down_and_ends_with_it(
    sandbox: Sandbox, provider: HttpProvider, fault: Fault
) -> None:
    first = sandbox.authority.persons[0]
    sandbox.behave(fault=fault)
    started_s = time.monotonic()
    assert ask(provider, first).code is NetcheckCode.SERVICE_DOWN
    assert time.monotonic() - started_s < 10, "no fault holds a teller up for ever"
    sandbox.behave()
    assert ask(provider, first).code is NetcheckCode.MATCH_PHOTO_SAME


@down
def test_a_broken_photograph_is_a_match_without_one(sandbox: Sandbox, provider: HttpProvider) -> None:
    sandbox.behave(fault=Fault.BROKEN_PHOTO)
    result = ask(provider, sandbox.authority.persons[0])
    assert (result.code, result.photo) == (NetcheckCode.MATCH_NO_PHOTO, None)


def test_a_delay_is_waited_for(sandbox: Sandbox, provider: HttpProvider) -> None:
    sandbox.behave(delay_ms=300)
    started_s = time.monotonic()
    assert ask(provider, sandbox.authority.persons[0]).code is NetcheckCode.MATCH_PHOTO_SAME
    assert time.monotonic() - started_s >= 0.3


@down
def test_nobody_without_the_credential_is_answered_anything() -> None:
    with running_sandbox(credential="s3cret") as sandbox:
        first = sandbox.authority.persons[0]
        answers = []
        for credential in ("s3cret", "another"):
            provider = provider_for(sandbox, header=CREDENTIAL_HEADER, credential=credential)
            answers.append(ask(provider, first).code)
            provider.close()
        assert answers == [NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.SERVICE_DOWN]
        for path in ("", "/persons", "/behaviour", "/openapi.json"):
            assert requests.get(f"{sandbox.url}{path}", timeout=5).status_code == 401


def test_whoever_trains_sets_delay_and_fault_while_it_runs_and_nonsense_changes_nothing(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/behaviour"
    assert requests.put(url, json={"delay_ms": 120, "fault": "busy"}, timeout=5).json() == {"delay_ms": 120.0, "fault": "busy"}
    refused: tuple[Any, ...] = ({"delay_ms": -1}, {"delay_ms": True}, {"fault": "moody"}, {"speed": 1}, [], "x")
    for nonsense in refused:
        assert requests.put(url, json=nonsense, timeout=5).status_code == 422
    assert requests.get(url, timeout=5).json() == {"delay_ms": 120.0, "fault": "busy"}


def test_the_page_says_that_everybody_is_made_up_and_what_each_card_is_answered(sandbox: Sandbox, provider: HttpProvider) -> None:
    page = requests.get(sandbox.url, timeout=5)
    listed = requests.get(f"{sandbox.url}/persons", timeout=5).json()["persons"]
    assert page.headers["Content-Type"].startswith("text/html")
    assert "虚构人员" in page.text
    assert all(one["number"] in page.text for one in listed)
    assert [one["code"] for one in listed] == [ask(provider, one).code for one in sandbox.authority.persons]


def test_a_question_larger_than_any_is_refused(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/verify", data=b"x" * 33_000_000, timeout=20)
    assert answer.status_code == 413
    assert post(sandbox, question(sandbox, VerificationMode.NUMBER_NAME))["code"] == NetcheckCode.MATCH_PHOTO_SAME
