"""Logging in through the bank's own provider, against one on loopback that really signs and is told to do wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from teller_assist.branch_server.provider import (
    SECRET_NAME,
    SECRET_VARIABLE,
    SignInProvider,
    open_provider,
    provider_secrets,
)
from teller_assist.errors import LoginError, SecretsError, UsageError
from teller_assist.review.people import FAILURES_MOST, Role
from teller_assist.settings.people import ProviderSettings
from tests.stand_ins.branch import PASSWORD, RunningServer
from tests.stand_ins.databases import audit_of
from tests.stand_ins.provider import CLIENT_ID, SECRET, Provider, made_up_certificate


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.stop()


@pytest.fixture
def server(tmp_path: Path, provider: Provider) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server", provider=lambda url: SignInProvider(settings_for(provider, url), SECRET))
    running.records.people.add("wang", "王经理", Role.MANAGER, PASSWORD, actor="test")
    yield running
    running.stop()


def settings_for(provider: Provider, own_url: str = "http://127.0.0.1:1", **changed: Any) -> ProviderSettings:
    return replace(ProviderSettings(issuer=provider.issuer, client_id=CLIENT_ID, own_url=own_url), **changed)


def browser() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def through(server: RunningServer) -> tuple[requests.Session, requests.Response]:
    """Go to the provider and back, as a browser is led."""
    session = browser()
    return session, session.get(f"{server.url}/login/provider", timeout=10)


def is_in(server: RunningServer, session: requests.Session) -> bool:
    return session.get(f"{server.url}/api/v1/cases", timeout=10).status_code == 200


def test_whom_the_provider_vouches_for_is_logged_in_with_our_role(server: RunningServer, provider: Provider) -> None:
    assert "/login/provider" in requests.get(f"{server.url}/login", timeout=10).text
    session, answer = through(server)
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert is_in(server, session)
    assert session.get(f"{server.url}/people", timeout=10).status_code == 403, "a manager is no administrator"
    entry = [link for link in audit_of(server.data).links if link.kind == "logged_in"][-1]
    assert (entry.actor, entry.facts) == ("wang", {"by": "provider"})
    assert provider.seen[0].keys() == {"grant_type", "code", "redirect_uri", "code_verifier"}, "the secret is in the header"


def test_the_question_carries_state_nonce_and_challenge(server: RunningServer) -> None:
    sent = browser().get(f"{server.url}/login/provider", timeout=10, allow_redirects=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert SECRET not in sent.headers["location"]
    assert "httponly" in sent.headers["set-cookie"].lower()


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(server: RunningServer, provider: Provider) -> None:
    provider.methods = ["client_secret_post"]
    assert is_in(server, through(server)[0])
    assert provider.seen[0]["client_secret"] == SECRET


FAULTS: dict[str, Callable[[Provider], Any]] = {
    "wrong nonce": lambda one: one.changed.update(nonce="another"),
    "no nonce": lambda one: one.changed.update(nonce=None),
    "wrong audience": lambda one: one.changed.update(aud="another-client"),
    "several audiences, not for us": lambda one: one.changed.update(aud=[CLIENT_ID, "other"], azp="other"),
    "wrong issuer": lambda one: one.changed.update(iss="https://another.example"),
    "expired": lambda one: one.changed.update(exp=int(time.time()) - 120),
    "no end": lambda one: one.changed.update(exp=None),
    "of the future": lambda one: one.changed.update(iat=int(time.time()) + 600),
    "no login": lambda one: one.changed.update(preferred_username=None),
    "login no text": lambda one: one.changed.update(preferred_username=7),
    "unsigned": lambda one: setattr(one, "fault", "alg_none"),
    "signed with a shared secret": lambda one: setattr(one, "fault", "shared_secret"),
    "signed by another key": lambda one: setattr(one, "fault", "other_key"),
    "key unknown": lambda one: one.header.update(kid="another"),
    "no token": lambda one: setattr(one, "fault", "no_token"),
    "no json": lambda one: setattr(one, "fault", "no_json"),
    "an error": lambda one: setattr(one, "fault", "error"),
    "another issuer's description": lambda one: setattr(one, "fault", "issuer"),
    "an endpoint in the clear": lambda one: setattr(one, "fault", "plain_endpoint"),
}


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fault", FAULTS)
def test_a_provider_that_is_wrong_lets_nobody_in(server: RunningServer, provider: Provider, fault: str) -> None:
    FAULTS[fault](provider)
    session, answer = through(server)
    assert answer.status_code == 403
    assert "统一身份认证没有成功" in answer.text
    assert not is_in(server, session)
    provider.changed.clear()
    provider.header.clear()
    provider.fault = ""
    assert is_in(server, through(server)[0]), "a good one right after works"


@pytest.mark.logs_warnings
def test_a_state_counts_once_and_only_in_the_browser_that_began(server: RunningServer) -> None:
    began = browser()
    first = began.get(f"{server.url}/login/provider", timeout=10, allow_redirects=False)
    back = began.get(first.headers["location"], timeout=10, allow_redirects=False).headers["location"]
    stranger = browser()
    assert stranger.get(back, timeout=10).status_code == 403, "somebody else's browser was sent there"
    assert not is_in(server, stranger)
    assert began.get(back, timeout=10).status_code == 403, "it is used up"
    for path in ("/login/returned", "/login/returned?code=x&state=y", "/login/returned?code=x"):
        assert browser().get(server.url + path, timeout=10).status_code == 403


@pytest.mark.logs_warnings
def test_a_state_ends_after_ten_minutes(provider: Provider) -> None:
    now = [0.0]
    one = SignInProvider(settings_for(provider), SECRET, clock=lambda: now[0])
    _, state = one.begin()
    now[0] = 601.0
    with pytest.raises(LoginError):
        one.finish("code", state, state)
    assert provider.seen == []


def test_who_is_not_known_here_is_not_made(server: RunningServer, provider: Provider) -> None:
    provider.login = "stranger"
    session, answer = through(server)
    assert answer.status_code == 403
    assert not is_in(server, session)
    assert [one.login for one in server.records.people.listed()] == ["wang"]


def test_locked_and_removed_people_stay_out(server: RunningServer) -> None:
    for _ in range(FAILURES_MOST):
        server.try_to_log_in("wang", "wrong-password")
    session, answer = through(server)
    assert (answer.status_code, is_in(server, session)) == (403, False)
    server.records.people.unlock("wang", actor="test")
    assert is_in(server, through(server)[0])
    server.records.people.remove("wang", actor="test")
    assert not is_in(server, through(server)[0])


def test_without_one_in_the_settings_there_is_no_button_and_no_route(tmp_path: Path) -> None:
    assert open_provider(ProviderSettings(), tmp_path) is None
    plain = RunningServer(tmp_path / "server")
    assert "/login/provider" not in requests.get(f"{plain.url}/login", timeout=10).text
    for path in ("/login/provider", "/login/returned"):
        assert requests.get(plain.url + path, timeout=10).status_code == 404
    plain.stop()


@pytest.mark.logs_warnings
def test_its_certificate_is_checked_with_the_banks_own_authority(tmp_path: Path) -> None:
    certificate, key = made_up_certificate(tmp_path)
    protected = Provider((certificate, key))
    trusting = SignInProvider(settings_for(protected, ca_file=str(certificate)), SECRET)
    assert trusting.begin()[0].startswith("https://127.0.0.1")
    with pytest.raises(LoginError) as caught:
        SignInProvider(settings_for(protected), SECRET).begin()
    assert caught.value.facts == {"why": "unreachable"}
    protected.stop()


@pytest.mark.parametrize(
    "changed",
    [{"issuer": "http://192.0.2.1"}, {"issuer": "ftp://x"}, {"own_url": "http://192.0.2.1"}, {"own_url": ""}],
)
def test_addresses_in_the_clear_to_other_machines_are_refused(provider: Provider, changed: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        SignInProvider(settings_for(provider, **changed), SECRET)


def test_the_secret_is_no_setting(provider: Provider, tmp_path: Path) -> None:
    environment = settings_for(provider, secret_place="environment")
    with pytest.raises(SecretsError):
        open_provider(environment, tmp_path, {})
    assert open_provider(environment, tmp_path, {SECRET_VARIABLE: SECRET}) is not None
    in_file = settings_for(provider, secret_place="file")
    with pytest.raises(SecretsError):
        open_provider(in_file, tmp_path, {})
    provider_secrets(in_file, tmp_path).write(SECRET_NAME, SECRET.encode())
    opened = open_provider(in_file, tmp_path, {})
    assert opened is not None
    assert SECRET not in repr(opened)
    with pytest.raises(UsageError):
        open_provider(settings_for(provider, client_id=""), tmp_path, {})
