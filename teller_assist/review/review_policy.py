"""``config/review.toml``: how cases are reviewed and how long what is kept; dated and authored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from teller_assist.decision.judgement import AlertKind, Severity
from teller_assist.decision.policy_tables import Table, one_of, set_of, take_table, whole_number
from teller_assist.errors import SettingOutOfRangeError
from teller_assist.review.review_kinds import Finding, Item, Purpose, ReviewOutcome
from teller_assist.settings.dated_file import read_dated_file
from teller_assist.settings.shipped import read_shipped

FILE = "review.toml"
_DAYS_MOST = 36_500
_MINUTES_MOST = 24 * 60
_PERSONS_MOST = 1_000_000_000
_SEVERITIES = tuple(Severity)  # from mild to grave


@dataclass(frozen=True)
class ReviewPolicy:
    """The whole file.

    Attributes
    ----------
    answer_within
        How long a teller waits for the manager.
    second_review_alerts, second_review_from
        Alerts of this severity or above that a second manager judges blind.
    sign_off_findings, sign_off_outcomes, sign_off_from
        What a second login signs.
    days
        How long each item is kept for each purpose.
    register_days
        How long a customer's hash stays in the register after the last case.
    """

    date: datetime.date
    author: str
    answer_within: datetime.timedelta
    second_review_alerts: frozenset[AlertKind]
    second_review_from: Severity
    sign_off_findings: frozenset[Finding]
    sign_off_outcomes: frozenset[ReviewOutcome]
    sign_off_from: Severity
    dispute_findings: frozenset[Finding]
    days: Mapping[tuple[Purpose, Item], int]
    register_days: int
    erasures_remembered_days: int
    persons_filing_at: int
    persons_told_from: int

    def keep_until(self, received: datetime.datetime, purpose: Purpose, item: Item) -> datetime.datetime:
        """Return when an item's clock runs out."""
        return received + datetime.timedelta(days=self.days[purpose, item])


def at_least(severity: str, least: Severity) -> bool:
    """Return whether a severity is as grave as another, or graver."""
    return severity in _SEVERITIES and _SEVERITIES.index(Severity(severity)) >= _SEVERITIES.index(least)


def shipped_review_policy(root: Path) -> ReviewPolicy:
    """Return the policy of an installation.

    Raises
    ------
    SettingsFileError
        It is not there, cannot be read, or is not the one that shipped.
    """
    return read_review_policy(read_shipped(root, f"config/{FILE}"))


def read_review_policy(content: bytes) -> ReviewPolicy:
    """Read the file.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    UnknownSettingError
        A key is unknown.
    SettingOutOfRangeError
        A value is absent, of the wrong type or outside its range.
    """
    dated = read_dated_file(content, file=FILE, schema="review/1")
    whole = Table("", dated.content, FILE)
    answer, second, sign_off, retention, persons = (
        take_table(whole, name) for name in ("answer", "second_review", "sign_off", "retention", "persons")
    )
    whole.finish()
    register = take_table(retention, "register")
    days = _days(retention)
    policy = ReviewPolicy(
        date=dated.date,
        author=dated.author,
        answer_within=datetime.timedelta(minutes=whole_number(answer, "within_minutes", minimum=1, maximum=_MINUTES_MOST)),
        second_review_alerts=set_of(second, "alerts", AlertKind),
        second_review_from=one_of(second, "from_severity", Severity),
        sign_off_findings=set_of(sign_off, "findings", Finding),
        sign_off_outcomes=set_of(sign_off, "outcomes", ReviewOutcome),
        sign_off_from=one_of(sign_off, "from_severity", Severity),
        dispute_findings=set_of(retention, "dispute_findings", Finding),
        days=days,
        register_days=_number_of_days(register, "numbers"),
        erasures_remembered_days=_number_of_days(retention, "erasures_remembered_days"),
        persons_filing_at=whole_number(persons, "filing_at", minimum=1, maximum=_PERSONS_MOST),
        persons_told_from=whole_number(persons, "told_from", minimum=1, maximum=_PERSONS_MOST),
    )
    for table in (answer, second, sign_off, retention, register, persons):
        table.finish()
    return policy


def _days(retention: Table) -> dict[tuple[Purpose, Item], int]:
    days: dict[tuple[Purpose, Item], int] = {}
    for purpose in Purpose:
        table = take_table(retention, purpose.value)
        days |= {(purpose, item): _number_of_days(table, item.value) for item in Item}
        table.finish()
    for item in Item:
        if days[Purpose.DISPUTE, item] < days[Purpose.REVIEW, item]:
            raise SettingOutOfRangeError(key=f"retention.dispute.{item.value}", file=FILE, minimum=days[Purpose.REVIEW, item])
    return days


def _number_of_days(table: Table, name: str) -> int:
    return whole_number(table, name, minimum=1, maximum=_DAYS_MOST)
