"""Both protocols against services that are programs, each with one fault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.scanner import service_of
from device_plugins.scanner_service.service import ScannerService
from device_plugins.scanner_service.stream import PictureStream
from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault as Fault
from teller_assist.demonstration.stand_ins.scanner_http import ScannerHttp
from teller_assist.demonstration.stand_ins.scanner_websocket import ScannerWebSocket
from tests.stand_ins.equipment import wait_until

NEVER = threading.Event()
MakeScanner = Callable[..., Any]
Open = Callable[..., tuple[ScannerService, PictureStream[Any]]]
HTTP, WEBSOCKET = "http_38088", "websocket_1818"


@pytest.fixture(params=[HTTP, WEBSOCKET])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_lens(settings: dict[str, Any]) -> Iterator[Open]:
    """Open the lens of a service that runs, and wait for its first picture."""
    streams: list[PictureStream[Any]] = []

    def one(scanner: Any, **changed: Any) -> tuple[ScannerService, PictureStream[Any]]:
        protocol = HTTP if isinstance(scanner, ScannerHttp) else WEBSOCKET
        service = service_of(settings | {"protocol": protocol, "port": scanner.port} | changed)
        streams.append(PictureStream(service.opened))
        streams[-1].picture_after(0, 3.0, NEVER)
        return service, streams[-1]

    yield one
    for stream in streams:
        stream.close(2.0)


def test_a_still_is_the_services_own_and_larger_than_the_pictures(
    make_scanner: MakeScanner, open_lens: Open, protocol: str
) -> None:
    scanner = make_scanner(protocol)
    service, stream = open_lens(scanner)
    assert service.still(stream, 2.0, NEVER) == scanner.pages.still(0)


def test_the_second_lens_has_its_own_pictures_and_stills(make_scanner: MakeScanner, open_lens: Open, protocol: str) -> None:
    scanner = make_scanner(protocol)
    service, stream = open_lens(scanner, lens="second")
    assert service.still(stream, 2.0, NEVER) == scanner.pages.still(1)
    assert stream.picture_after(0, 2.0, NEVER)[1] in [scanner.pages.moving(1, number) for number in range(6)]


@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        (Fault.BUSY, "device_busy", "the lens is not opened"),
        (Fault.REFUSED, "device_missing", "HTTP status 503"),
        (Fault.REDIRECT, "plugin_failed", ""),
        (Fault.STALLED_STREAM, "device_timeout", ""),
    ],
)
def test_a_lens_that_does_not_open_says_why(
    make_scanner: MakeScanner, open_lens: Open, protocol: str, fault: Fault, code: str, hint: str
) -> None:
    with pytest.raises(DeviceProblem) as caught:
        open_lens(make_scanner(protocol, fault), open_timeout_s=0.5)
    assert caught.value.code == code
    assert caught.value.hint.startswith(hint)


def test_a_service_that_takes_connections_and_says_nothing_is_silent(
    make_scanner: MakeScanner, open_lens: Open, protocol: str
) -> None:
    with pytest.raises(DeviceProblem, match="device_timeout"):
        open_lens(make_scanner(protocol, Fault.SILENT), open_timeout_s=0.5)


@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        (Fault.BAD_BASE64, "plugin_failed", "the picture: not base64"),
        (Fault.NOT_A_JPEG, "plugin_failed", "the picture: not a whole JPEG picture"),
        (Fault.STILL_UNANSWERED, "device_timeout", ""),
    ],
)
def test_a_still_that_is_none_says_why_and_the_next_one_is_taken(
    make_scanner: MakeScanner, open_lens: Open, protocol: str, fault: Fault, code: str, hint: str
) -> None:
    scanner = make_scanner(protocol)
    service, stream = open_lens(scanner)
    scanner.fault = fault
    with pytest.raises(DeviceProblem) as caught:
        service.still(stream, 0.5, NEVER)
    assert caught.value.code == code
    assert caught.value.hint.startswith(hint)
    scanner.fault = Fault.NONE
    stream.picture_after(stream.taken, 3.0, NEVER)
    assert service.still(stream, 2.0, NEVER) == scanner.pages.still(0)


@pytest.mark.full
def test_a_huge_answer_is_not_taken_in(make_scanner: MakeScanner, open_lens: Open, protocol: str) -> None:
    scanner = make_scanner(protocol)
    service, stream = open_lens(scanner)
    scanner.fault = Fault.HUGE_ANSWER
    with pytest.raises(DeviceProblem) as caught:
        service.still(stream, 8.0, NEVER)
    assert caught.value.code == "plugin_failed"
    assert caught.value.hint.endswith("of more than 12000000 bytes")
    scanner.fault = Fault.NONE
    stream.picture_after(stream.taken, 5.0, NEVER)
    assert service.still(stream, 8.0, NEVER) == scanner.pages.still(0)


def test_a_cancelled_still_is_given_up(make_scanner: MakeScanner, open_lens: Open, protocol: str) -> None:
    scanner = make_scanner(protocol)
    service, stream = open_lens(scanner)
    scanner.fault = Fault.STILL_UNANSWERED
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceProblem, match="device_timeout"):
        service.still(stream, 20.0, cancel)
    assert time.monotonic() - began_s < 2.0


@pytest.mark.parametrize("fault", [pytest.param(Fault.STALLED_STREAM, marks=pytest.mark.full), Fault.CUT])
def test_pictures_that_stop_are_opened_again(make_scanner: MakeScanner, open_lens: Open, protocol: str, fault: Fault) -> None:
    scanner = make_scanner(protocol, fault, fault_after_s=0.2)
    _, stream = open_lens(scanner, silence_s=0.3)
    until_s = time.monotonic() + 8.0
    while stream.connections < 3 and time.monotonic() < until_s:
        stream.picture_after(stream.taken, 3.0, NEVER)
    assert stream.connections >= 3


def test_messages_that_mean_nothing_are_passed_over(make_scanner: MakeScanner, open_lens: Open) -> None:
    scanner = make_scanner(WEBSOCKET, Fault.WRONG_MESSAGES)
    service, stream = open_lens(scanner)
    stream.picture_after(stream.taken + 2, 3.0, NEVER)
    assert service.still(stream, 2.0, NEVER) == scanner.pages.still(0)
    assert stream.connections == 1


def test_wrong_json_is_told_as_such(make_scanner: MakeScanner, open_lens: Open) -> None:
    scanner = make_scanner(HTTP)
    service, stream = open_lens(scanner)
    scanner.fault = Fault.WRONG_JSON
    with pytest.raises(DeviceProblem) as caught:
        service.still(stream, 2.0, NEVER)
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", "the answer is no JSON")


def test_a_late_answer_is_never_the_next_commands(make_scanner: MakeScanner, open_lens: Open) -> None:
    scanner = make_scanner(WEBSOCKET)
    service, stream = open_lens(scanner)
    connections = stream.connections
    scanner.fault = Fault.SLOW
    with pytest.raises(DeviceProblem, match="device_timeout"):
        service.still(stream, 0.3, NEVER)
    scanner.fault = Fault.NONE
    assert service.still(stream, 5.0, NEVER) == scanner.pages.still(0)
    assert stream.connections > connections, "the old connection, on which the late answer comes, was given up"


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, {"filepath": "base64", "camidx": "0", "rotate": "0", "cutpage": "0", "deskew": "0"}),
        (
            {"lens": "second", "rotation_deg": "180", "cut": True, "deskew": True},
            {
                "filepath": "base64", "camidx": "1", "rotate": "180", "cutpage": "1", "deskew": "1",
                "image_process_info": {"cut_type": "1"},
            },
        ),
    ],
)  # fmt: skip
def test_the_http_service_is_told_lens_rotation_and_cut(
    make_scanner: MakeScanner, open_lens: Open, changed: dict[str, Any], body: dict[str, Any]
) -> None:
    scanner = make_scanner(HTTP)
    service, stream = open_lens(scanner, **changed)
    service.still(stream, 2.0, NEVER)
    assert isinstance(scanner, ScannerHttp)
    assert scanner.asked == [("video=grabimage", body)]


@pytest.mark.parametrize(
    ("changed", "commands"),
    [
        ({}, ["bStartPlay()"]),
        ({"lens": "second"}, ["bStartPlay2()"]),
        (
            {"rotation_deg": "90", "cut": True, "deskew": True, "resolution_index": 8},
            ["bStartPlayRotate(90)", "vSetResolution(8)", "bSetMode(3)", "vSetSkewFlag(1)"],
        ),
    ],
)
def test_the_websocket_service_is_told_lens_rotation_and_cut(
    make_scanner: MakeScanner, open_lens: Open, changed: dict[str, Any], commands: list[str]
) -> None:
    scanner = make_scanner(WEBSOCKET)
    service, stream = open_lens(scanner, **changed)
    service.still(stream, 2.0, NEVER)
    assert isinstance(scanner, ScannerWebSocket)
    assert scanner.asked == [*commands, "bSaveJPGEx"]


@pytest.mark.full
def test_a_service_that_does_not_answer_in_time_may_be_reading_a_card_and_counts_as_there(
    make_scanner: MakeScanner, settings: dict[str, Any]
) -> None:
    scanner = make_scanner(HTTP, Fault.SLOW)
    assert service_of(settings | {"port": scanner.port}).has_lens()


@pytest.mark.parametrize(
    "changed", [{"protocol": HTTP, "resolution_index": 3}, {"protocol": WEBSOCKET, "lens": "second", "rotation_deg": "90"}]
)
def test_settings_that_the_protocol_does_not_know_are_refused(settings: dict[str, Any], changed: dict[str, Any]) -> None:
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        service_of(settings | changed)


def test_a_still_of_a_lens_that_was_closed_meanwhile_is_taken_once_it_is_open_again(
    make_scanner: MakeScanner, open_lens: Open
) -> None:
    scanner = make_scanner(HTTP)
    service, stream = open_lens(scanner)
    assert stream.source is not None
    stream.source.cut()
    assert service.still(stream, 2.0, NEVER) == scanner.pages.still(0)


@pytest.mark.parametrize(("fault", "code"), [(Fault.BUSY, "device_busy"), (Fault.LENS_UNPLUGGED, "device_busy")])
def test_a_still_of_a_lens_that_does_not_open_again_says_why(
    make_scanner: MakeScanner, open_lens: Open, fault: Fault, code: str
) -> None:
    scanner = make_scanner(HTTP)
    service, stream = open_lens(scanner)
    scanner.fault = fault
    assert stream.source is not None
    stream.source.cut()
    wait_until(lambda: scanner.looked_at[0] == 0)  # the service has seen that nobody looks any more
    with pytest.raises(DeviceProblem) as caught:
        service.still(stream, 2.0, NEVER)
    assert caught.value.code == code


def test_a_lens_is_there_while_its_service_is_and_does_not_say_otherwise(
    make_scanner: MakeScanner, settings: dict[str, Any], protocol: str
) -> None:
    scanner = make_scanner(protocol)
    service = service_of(settings | {"protocol": protocol, "port": scanner.port})
    assert service.has_lens()
    if protocol == HTTP:
        scanner.fault = Fault.LENS_UNPLUGGED
        assert not service.has_lens()
        scanner.fault = Fault.WRONG_JSON
        assert service.has_lens(), "something answers; opening it says what is wrong"
        scanner.fault = Fault.REFUSED
        assert not service.has_lens()
    scanner.fault = Fault.NONE
    scanner.close()
    assert not service.has_lens()
