"""Files that a bank accepted for itself."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from teller_assist.errors import BugError, ResourceError, SettingsFileError, SigningError
from teller_assist.settings.bank_files import PINS_NAME, WITHDRAWN_NAME, BankFiles
from teller_assist.settings.shipped import content_sha256
from teller_assist.settings.signing import TRUSTED_KEYS_NAME, Purpose, make_signing_key, trusted_key_entry

NAME = "made-up/live-chip.json"


@pytest.fixture
def bank(tmp_path: Path) -> BankFiles:
    return BankFiles(tmp_path / "calibration")


def test_a_bank_that_accepted_nothing_has_nothing(bank: BankFiles) -> None:
    assert bank.read(NAME) is None
    assert bank.accepted() == ()
    assert bank.withdraw({}) == ()


def test_what_was_accepted_counts_until_it_is_withdrawn(bank: BankFiles, tmp_path: Path) -> None:
    bank.accept({NAME: b"one"}, {"accepted_at": "now"})
    bank.accept({"made-up/live-clean.json": b"two"}, {})
    assert bank.read(NAME) == b"one"
    assert bank.accepted() == (NAME, "made-up/live-clean.json")
    assert bank.withdraw({"withdrawn_at": "later"}) == (NAME, "made-up/live-clean.json")
    assert bank.read(NAME) is None
    assert (tmp_path / "calibration" / NAME).read_bytes() == b"one", "withdrawn, not destroyed"
    assert json.loads((tmp_path / "calibration" / PINS_NAME).read_bytes())["withdrawn_at"] == "later"


def test_a_newer_file_of_the_same_name_takes_the_place_of_the_older(bank: BankFiles) -> None:
    bank.accept({NAME: b"one"}, {})
    bank.accept({NAME: b"two"}, {})
    assert bank.read(NAME) == b"two"


@pytest.mark.parametrize(("content", "reason"), [(b"other", "settings_altered"), (None, "settings_unreadable")])
def test_an_accepted_file_that_was_altered_or_is_gone_is_refused_not_passed_over(
    bank: BankFiles, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    bank.accept({NAME: b"one"}, {})
    path = tmp_path / "calibration" / NAME
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(SettingsFileError) as caught:
        bank.read(NAME)
    assert caught.value.reason == reason
    assert caught.value.facts == {"file": NAME, "origin": "bank"}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"schema": "accepted/1"}', b'{"schema": "accepted/2", "files": {}}', b"\xff", b"null"]
)
def test_a_damaged_list_is_refused_not_taken_for_an_empty_one(bank: BankFiles, tmp_path: Path, content: bytes) -> None:
    bank.accept({NAME: b"one"}, {})
    (tmp_path / "calibration" / PINS_NAME).write_bytes(content)
    for call in (lambda: bank.read(NAME), bank.accepted, lambda: bank.withdraw({}), lambda: bank.accept({NAME: b"two"}, {})):
        with pytest.raises(SettingsFileError) as caught:
            call()
        assert caught.value.reason == "settings_unreadable"


def test_a_file_on_its_own_is_not_accepted(bank: BankFiles, tmp_path: Path) -> None:
    (tmp_path / "calibration" / "made-up").mkdir(parents=True)
    (tmp_path / "calibration" / NAME).write_bytes(b"one")
    assert bank.read(NAME) is None


def test_a_full_disk_leaves_in_force_what_was(bank: BankFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.accept({NAME: b"one"}, {})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResourceError) as caught:
        bank.accept({NAME: b"two"}, {})
    assert caught.value.reason == "disk_full"
    assert bank.read(NAME) == b"one"


# ---------------------------------------------------------------- signed


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A key that the site trusts for its own files."""
    public_key = make_signing_key(tmp_path / "bank.key")
    entry = trusted_key_entry("示例银行", public_key, frozenset({Purpose.BANK_FILE}))
    (tmp_path / TRUSTED_KEYS_NAME).write_text('schema = "trusted_keys/1"\n' + entry, encoding="utf-8")
    return tmp_path / "bank.key"


@pytest.fixture
def signing_bank(tmp_path: Path) -> BankFiles:
    return BankFiles(tmp_path / "calibration", trusting=tmp_path)


def why(bank: BankFiles) -> object:
    with pytest.raises(SettingsFileError) as caught:
        bank.read(NAME)
    assert (caught.value.reason, caught.value.facts["file"]) == ("settings_altered", PINS_NAME)
    return caught.value.facts["why"]


def test_what_was_accepted_with_a_trusted_key_counts(signing_bank: BankFiles, key_file: Path) -> None:
    assert signing_bank.read(NAME) is None
    signing_bank.accept({NAME: b"one"}, {"accepted_at": "now"}, key_file)
    signing_bank.accept({"made-up/live-clean.json": b"two"}, {}, key_file)
    assert signing_bank.read(NAME) == b"one"
    assert signing_bank.accepted() == (NAME, "made-up/live-clean.json")


def test_whoever_writes_the_folder_cannot_let_other_files_count(signing_bank: BankFiles, key_file: Path, tmp_path: Path) -> None:
    signing_bank.accept({NAME: b"one"}, {}, key_file)
    (tmp_path / "calibration" / NAME).write_bytes(b"lower thresholds")
    pins = tmp_path / "calibration" / PINS_NAME
    told = json.loads(pins.read_bytes())
    told["files"][NAME] = content_sha256(b"lower thresholds")
    pins.write_text(json.dumps(told), encoding="utf-8")
    assert why(signing_bank) == "bad_signature"


def test_a_list_that_nobody_trusted_has_signed_counts_for_nothing(
    signing_bank: BankFiles, key_file: Path, tmp_path: Path
) -> None:
    BankFiles(tmp_path / "calibration").accept({NAME: b"one"}, {})
    assert why(signing_bank) == "bad_signature", "as older versions wrote it"
    signing_bank.withdraw({})
    make_signing_key(tmp_path / "stranger.key")
    signing_bank.accept({NAME: b"one"}, {}, tmp_path / "stranger.key")
    assert why(signing_bank) == "unknown_key"
    (tmp_path / TRUSTED_KEYS_NAME).chmod(0o666)
    assert why(signing_bank) == "keys_file_unsafe"


def test_a_publisher_of_plugins_cannot_sign_a_calibration(signing_bank: BankFiles, key_file: Path, tmp_path: Path) -> None:
    keys = tmp_path / TRUSTED_KEYS_NAME
    keys.write_text(keys.read_text(encoding="utf-8").replace('"bank_file"', '"plugin"'), encoding="utf-8")
    signing_bank.accept({NAME: b"one"}, {}, key_file)
    assert why(signing_bank) == "unknown_key"


def test_a_signed_list_is_withdrawn_without_a_key_even_where_it_cannot_be_trusted(
    signing_bank: BankFiles, key_file: Path, tmp_path: Path
) -> None:
    assert signing_bank.withdraw({}) == ()
    signing_bank.accept({NAME: b"one"}, {}, key_file)
    assert signing_bank.withdraw({"withdrawn_at": "now"}) == (NAME,)
    assert signing_bank.read(NAME) is None
    assert json.loads((tmp_path / "calibration" / WITHDRAWN_NAME).read_bytes())["withdrawn_at"] == "now"
    (tmp_path / "calibration" / PINS_NAME).write_bytes(b"damaged")
    assert signing_bank.withdraw({}) == ()
    assert signing_bank.read(NAME) is None


def test_without_a_key_nothing_is_signed(signing_bank: BankFiles, key_file: Path, tmp_path: Path) -> None:
    with pytest.raises(BugError):
        signing_bank.accept({NAME: b"one"}, {})
    with pytest.raises(SigningError):
        signing_bank.accept({NAME: b"one"}, {}, tmp_path / "absent.key")
    assert signing_bank.read(NAME) is None
    assert not (tmp_path / "calibration" / NAME).exists()


def test_a_key_that_cannot_be_used_leaves_in_force_what_was(signing_bank: BankFiles, key_file: Path, tmp_path: Path) -> None:
    signing_bank.accept({NAME: b"one"}, {}, key_file)
    with pytest.raises(SigningError):
        signing_bank.accept({NAME: b"two"}, {}, tmp_path / "absent.key")
    assert signing_bank.read(NAME) == b"one"


def test_a_list_of_an_older_version_is_withdrawn_and_accepted_anew(
    signing_bank: BankFiles, key_file: Path, tmp_path: Path
) -> None:
    BankFiles(tmp_path / "calibration").accept({NAME: b"one"}, {})
    with pytest.raises(SettingsFileError):
        signing_bank.accept({NAME: b"two"}, {}, key_file)
    assert signing_bank.withdraw({}) == (NAME,)
    signing_bank.accept({NAME: b"two"}, {}, key_file)
    assert signing_bank.read(NAME) == b"two"
