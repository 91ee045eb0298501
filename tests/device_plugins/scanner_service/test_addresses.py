"""The service is on this machine or nowhere."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.addresses import connected, identity_of, service_address
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.errors import SettingOutOfRangeError


@pytest.mark.parametrize(
    ("address", "protocol", "port", "wanted"),
    [
        ("127.0.0.1", "http_38088", 0, ("127.0.0.1", 38088)),
        ("localhost", "websocket_1818", 0, ("127.0.0.1", 1818)),
        ("::1", "http_38088", 6543, ("::1", 6543)),
    ],
)
def test_this_machines_addresses_and_the_usual_ports(
    settings: dict[str, Any], address: str, protocol: str, port: int, wanted: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("no name is looked up"))
    assert service_address(settings | {"address": address, "protocol": protocol, "port": port}) == wanted


@pytest.mark.parametrize(
    "address", ["127.0.0.2", "192.168.2.28", "127.0.0.1.example.com", "scanner", "", "127.0.0.1@10.0.0.1", "::"]
)
def test_every_other_address_is_refused_with_the_reason(settings: dict[str, Any], address: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        service_address(settings | {"address": address})
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", "address must be 127.0.0.1, ::1 or localhost")


def test_the_station_does_not_even_start_a_plugin_for_another_address(opened: Callable[..., DocumentScannerDevice]) -> None:
    with pytest.raises(SettingOutOfRangeError) as caught:
        opened(address="10.0.0.1")
    assert caught.value.facts["key"] == "scanner_service.address"


def test_one_lens_has_one_identity_by_whatever_name_it_is_reached(settings: dict[str, Any]) -> None:
    named = {identity_of(settings | {"address": address}, "lens main") for address in ("127.0.0.1", "localhost")}
    assert named == {"scanner service 127.0.0.1 38088 lens main"}


def test_where_nothing_listens_the_device_is_missing() -> None:
    with pytest.raises(DeviceProblem) as caught:
        connected(("127.0.0.1", 1))
    assert (caught.value.code, caught.value.hint) == ("device_missing", "no service at port 1: ConnectionRefusedError")
