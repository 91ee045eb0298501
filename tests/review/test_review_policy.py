"""``config/review.toml``: read strictly."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from teller_assist.errors import KnownError
from teller_assist.review.review_kinds import Item, Purpose
from teller_assist.review.review_policy import read_review_policy, shipped_review_policy
from teller_assist.settings.home import installation_root

SHIPPED = (installation_root() / "config" / "review.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """No database here: once is enough."""


def test_the_shipped_policy_gives_every_item_a_clock_for_every_purpose() -> None:
    policy = shipped_review_policy(installation_root())
    assert set(policy.days) == {(purpose, item) for purpose in Purpose for item in Item}
    assert policy.days[Purpose.REVIEW, Item.PICTURES] < policy.days[Purpose.REVIEW, Item.IDENTITY]
    assert policy.answer_within == datetime.timedelta(minutes=15)
    assert policy.persons_told_from < policy.persons_filing_at == 100_000


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("within_minutes = 15", "within_minutes = 0", "setting_out_of_range"),
        ("within_minutes = 15", "within_minutes = 15.5", "setting_out_of_range"),
        ("within_minutes = 15", "", "setting_out_of_range"),
        ("within_minutes = 15", "within_minutes = 15\nminutes = 3", "setting_unknown"),
        ('alerts = ["kinship", ', 'alerts = ["kinship", "unknown", ', "setting_out_of_range"),
        ('findings = ["impostor"]', 'findings = ["impostor", "impostor"]', "setting_out_of_range"),
        ("[persons]", "[person]", "setting_out_of_range"),
        ("pictures = 90\n", "pictures = 2000\n", "setting_out_of_range"),
        ("pictures = 90\n", "", "setting_out_of_range"),
        ('schema = "review/1"', 'schema = "policy/1"', "settings_unreadable"),
        ("[answer]", "[answer", "settings_unreadable"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(old: str, new: str, reason: str) -> None:
    assert SHIPPED.count(old) == 1
    with pytest.raises(KnownError) as caught:
        read_review_policy(SHIPPED.replace(old, new).encode())
    assert caught.value.reason == reason
    assert "policy.toml" not in str(caught.value)


def test_an_altered_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "review.toml").write_text(SHIPPED.replace("pictures = 90", "pictures = 91"), encoding="utf-8")
    with pytest.raises(KnownError) as caught:
        shipped_review_policy(tmp_path)
    assert caught.value.reason == "settings_altered"
