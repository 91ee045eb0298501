"""A bank's own file that counts with its signature alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.errors import KnownError, SettingsFileError, SigningError
from teller_assist.settings.signed_file import SIGNATURE_SUFFIX, read_signed, sign_file
from teller_assist.settings.signing import TRUSTED_KEYS_NAME, Purpose, make_signing_key, trusted_key_entry

NAME, CONTENT = "policy.toml", b"a policy"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A signed file of a bank whose key the site trusts."""
    folder = tmp_path / "site"
    folder.mkdir()
    entry = trusted_key_entry("示例银行", make_signing_key(tmp_path / "bank.key"), frozenset({Purpose.BANK_FILE}))
    (folder / TRUSTED_KEYS_NAME).write_text('schema = "trusted_keys/1"\n' + entry, encoding="utf-8")
    (folder / NAME).write_bytes(CONTENT)
    assert sign_file(folder / NAME, CONTENT, tmp_path / "bank.key").name == NAME + SIGNATURE_SUFFIX
    return folder


def test_a_signed_file_is_read(site: Path) -> None:
    assert read_signed(site, NAME) == CONTENT


def test_a_bank_without_such_a_file_has_none(site: Path, tmp_path: Path) -> None:
    assert read_signed(site, "absent.toml") is None
    assert read_signed(tmp_path / "absent", NAME) is None


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("bad_signature", lambda site: (site / NAME).write_bytes(CONTENT + b" ")),
        ("bad_signature", lambda site: (site / (NAME + SIGNATURE_SUFFIX)).unlink()),
        ("bad_signature", lambda site: (site / (NAME + SIGNATURE_SUFFIX)).write_bytes(b"{}")),
        ("unknown_key", lambda site: (site / TRUSTED_KEYS_NAME).unlink()),
        ("keys_file_unsafe", lambda site: (site / TRUSTED_KEYS_NAME).chmod(0o666)),
    ],
)
def test_a_file_whose_signature_does_not_count_is_refused_never_passed_over(
    site: Path, why: str, change: Callable[[Path], object]
) -> None:
    change(site)
    with pytest.raises(SigningError) as caught:
        read_signed(site, NAME)
    assert isinstance(caught.value, KnownError)
    assert caught.value.facts["why"] == why


def test_a_file_that_cannot_be_read_is_told(site: Path) -> None:
    (site / NAME).unlink()
    (site / NAME).mkdir()
    with pytest.raises(SettingsFileError, match="settings_unreadable"):
        read_signed(site, NAME)
