"""The bank's policy (``config/policy.toml``): target rates, dated and authored."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass

from teller_assist.comparison.calibration import TARGET_FMRS
from teller_assist.errors import SettingOutOfRangeError, SettingsFileError, UnknownSettingError


@dataclass(frozen=True)
class OutcomePolicy:
    """Where MATCH and NON_MATCH begin.

    Attributes
    ----------
    target_fmr
        A key of ``TARGET_FMRS``.
    non_match_fnmr_max
        0 to 0.5: NON_MATCH needs a score that no more than this share of mated comparisons falls below.
    """

    target_fmr: str
    non_match_fnmr_max: float


@dataclass(frozen=True)
class Policy:
    """The whole policy file."""

    date: datetime.date
    author: str
    outcome: OutcomePolicy


def read_policy(content: bytes) -> Policy:
    """Read the policy file.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    UnknownSettingError
        A key is unknown.
    SettingOutOfRangeError
        A value is absent, of the wrong type or outside its range.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsFileError("settings_unreadable", file="policy.toml") from error
    if document.pop("schema", None) != "policy/1":
        raise SettingsFileError("settings_unreadable", file="policy.toml")
    date, author = document.pop("date", None), document.pop("author", None)
    outcome = document.pop("outcome", {})
    for key in document:
        raise UnknownSettingError(key=key, file="policy.toml")
    if not isinstance(date, datetime.date) or not isinstance(author, str) or not isinstance(outcome, dict):
        raise SettingOutOfRangeError(key="date, author, outcome", file="policy.toml")
    return Policy(date, author, _outcome(dict(outcome)))


def _outcome(table: dict[str, object]) -> OutcomePolicy:
    target, limit = table.pop("target_fmr", None), table.pop("non_match_fnmr_max", None)
    for key in table:
        raise UnknownSettingError(key=f"outcome.{key}", file="policy.toml")
    if not isinstance(target, str) or target not in TARGET_FMRS:
        raise SettingOutOfRangeError(key="outcome.target_fmr", file="policy.toml", allowed=", ".join(TARGET_FMRS))
    if not isinstance(limit, float) or not 0 < limit <= 0.5:
        raise SettingOutOfRangeError(key="outcome.non_match_fnmr_max", file="policy.toml", minimum=0, maximum=0.5)
    return OutcomePolicy(target, limit)
