from __future__ import annotations

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked

from teller_assist.errors import SecretsError
from teller_assist.settings.secrets import KeyFileSecrets, KeyringSecrets, _is_allowed


class InMemory(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class Locked(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


def reason_of(act: object) -> str:
    with pytest.raises(SecretsError) as caught:
        act()  # type: ignore[operator]
    return caught.value.reason


def test_a_secret_comes_back_from_a_keyring() -> None:
    secrets = KeyringSecrets(InMemory())
    secrets.write("station", bytes(range(32)))
    assert secrets.read("station") == bytes(range(32))
    assert reason_of(lambda: secrets.read("other")) == "key_missing"


def test_a_locked_keyring_is_told() -> None:
    secrets = KeyringSecrets(Locked())
    assert reason_of(lambda: secrets.read("station")) == "keyring_locked"
    assert reason_of(lambda: secrets.write("station", b"x")) == "keyring_locked"


@pytest.mark.parametrize("kind", [null.Keyring, fail.Keyring, InMemory])
def test_a_keyring_that_nobody_allowed_is_refused(kind: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.get_keyring", kind)
    assert reason_of(KeyringSecrets) == "keyring_refused"


def test_a_chain_of_keyrings_counts_only_if_every_member_does(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = type("Keyring", (InMemory,), {"__module__": "keyring.backends.SecretService"})()
    chain = ChainerBackend()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(ChainerBackend, "backends", [allowed])
    assert _is_allowed(chain)
    monkeypatch.setattr(ChainerBackend, "backends", [allowed, InMemory()])
    assert not _is_allowed(chain)
    monkeypatch.setattr(ChainerBackend, "backends", [])
    assert not _is_allowed(chain)


def test_a_key_file_is_ours_alone(tmp_path: Path) -> None:
    secrets = KeyFileSecrets(tmp_path)
    assert reason_of(lambda: secrets.read("station")) == "key_missing"
    secrets.write("station", b"\x01" * 32)
    assert secrets.read("station") == b"\x01" * 32
    assert (tmp_path / "station.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    secrets = KeyFileSecrets(tmp_path)
    secrets.write("station", b"\x01" * 32)
    (tmp_path / "station.key").chmod(mode)
    assert reason_of(lambda: secrets.read("station")) == "key_file_unsafe"


def test_a_link_a_folder_and_garbage_are_no_key_file(tmp_path: Path) -> None:
    secrets = KeyFileSecrets(tmp_path)
    secrets.write("real", b"\x01" * 32)
    (tmp_path / "link.key").symlink_to(tmp_path / "real.key")
    assert reason_of(lambda: secrets.read("link")) == "key_file_unsafe"
    (tmp_path / "folder.key").mkdir(mode=0o700)
    assert reason_of(lambda: secrets.read("folder")) == "key_file_unsafe"
    for content in (b"", b"not base64!"):
        (tmp_path / "bad.key").write_bytes(content)
        (tmp_path / "bad.key").chmod(0o600)
        assert reason_of(lambda: secrets.read("bad")) == "key_file_unsafe"
