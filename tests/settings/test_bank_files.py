"""Files that a bank accepted for itself."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from teller_assist.errors import ResourceError, SettingsFileError
from teller_assist.settings.bank_files import PINS_NAME, BankFiles

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
