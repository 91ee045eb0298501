from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.errors import GatewayError, SettingsFileError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.netcheck.opening import CREDENTIAL_NAME, check_address, open_gateway
from teller_assist.netcheck.provider import NetcheckRequest
from teller_assist.netcheck_sandbox.application import CREDENTIAL_HEADER
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import NetcheckSettings
from teller_assist.settings.secrets import KeyFileSecrets
from tests.stand_ins.gateway import MAPPING, running_gateway
from tests.stand_ins.sandbox import running_sandbox

LIMITS = PictureLimits(1_000_000, 1_000_000)
HTTPS = NetcheckSettings(gateway_url="https://gateway.example")


def opened(settings: NetcheckSettings, folder: Path) -> Any:
    return open_gateway(settings, installation_root(), LIMITS, lambda: KeyFileSecrets(folder))


def why(settings: NetcheckSettings, folder: Path) -> object:
    with pytest.raises(GatewayError) as refused:
        opened(settings, folder)
    return refused.value.facts["why"]


@pytest.mark.parametrize(
    "url", ["https://gateway.example", "https://gateway.example:8443/v1", "http://127.0.0.1:80", "http://[::1]:9"]
)
def test_an_address_that_nobody_can_listen_to_is_taken(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://gateway.example", "not_encrypted"),
        ("http://10.0.0.7:8080", "not_encrypted"),
        ("gateway.example", "no_address"),
        ("ftp://gateway.example", "no_address"),
        ("https://", "no_address"),
        ("https://gateway.example:many", "no_address"),
        ("https://[gateway", "no_address"),
        ("https://user:secret@gateway.example", "no_address"),
        ("https://gateway.example?key=1", "no_address"),
    ],
)
def test_an_address_that_is_none_or_could_be_listened_to_is_refused(tmp_path: Path, url: str, reason: str) -> None:
    assert why(NetcheckSettings(gateway_url=url), tmp_path) == reason


def test_the_sandbox_is_asked_as_shipped_and_with_the_credential_that_is_kept(tmp_path: Path) -> None:
    KeyFileSecrets(tmp_path).write(CREDENTIAL_NAME, b"s3cret")
    with running_sandbox(credential="s3cret") as sandbox:
        provider = opened(NetcheckSettings(gateway_url=sandbox.url, credential_header=CREDENTIAL_HEADER), tmp_path)
        first = sandbox.authority.persons[0]
        result = provider.verify(NetcheckRequest(first.number, first.name), threading.Event())
        provider.close()
    assert result.code is NetcheckCode.MATCH_PHOTO_SAME


def test_a_banks_own_gateway_is_asked_as_its_mapping_says(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(MAPPING, encoding="utf-8")
    with running_gateway() as gateway, running_sandbox() as sandbox:
        settings = NetcheckSettings(gateway_url=f"{gateway.url}/bank/", mapping_file=str(tmp_path / "gateway.toml"))
        provider = opened(settings, tmp_path)
        first = sandbox.authority.persons[0]
        result = provider.verify(NetcheckRequest(first.number, Personal("林晓样")), threading.Event())
        provider.close()
    assert (result.code, gateway.asked[0]["path"]) == (NetcheckCode.MATCH_NO_PHOTO, "/bank/verify")


def test_a_mapping_that_is_not_there_or_no_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("schema = 1")
    for name in ("absent.toml", "bad.toml"):
        with pytest.raises(SettingsFileError) as refused:
            opened(replace(HTTPS, mapping_file=str(tmp_path / name)), tmp_path)
        assert refused.value.facts["file"] == name


def test_certificates_that_cannot_be_read_are_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for name in ("absent.pem", "none.pem"):
        with pytest.raises(SettingsFileError) as refused:
            opened(replace(HTTPS, ca_file=str(tmp_path / name)), tmp_path)
        assert refused.value.facts["file"] == name


@pytest.mark.parametrize("secret", [b"two\nlines", b"\xff\xfe", b" ", b"x" * 2001, "凭据".encode()])
def test_a_credential_that_no_header_can_carry_is_refused_when_it_is_read(tmp_path: Path, secret: bytes) -> None:
    KeyFileSecrets(tmp_path).write(CREDENTIAL_NAME, secret)
    reason = why(replace(HTTPS, credential_header="X-Station"), tmp_path)
    assert reason == "no_header_text"


def test_a_credential_that_is_not_there_or_a_header_that_is_none_is_refused(tmp_path: Path) -> None:
    assert why(replace(HTTPS, credential_header="X-Station"), tmp_path) == "key_missing"
    assert why(replace(HTTPS, credential_header="X Station:"), tmp_path) == "header_name"


def test_without_a_header_no_place_of_secrets_is_opened(tmp_path: Path) -> None:
    def refuse() -> KeyFileSecrets:
        raise AssertionError("opened")

    open_gateway(HTTPS, installation_root(), LIMITS, refuse).close()
