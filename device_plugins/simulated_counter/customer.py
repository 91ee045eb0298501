"""What a customer's folder says of the card's holder, and what is made up because it does not say it."""

from __future__ import annotations

import datetime
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

_HOLDERS = Path(__file__).with_name("holders.toml")
_FORM = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True)
class Holder:
    """The text of one made-up card.

    Attributes
    ----------
    born
        Birth date as the number says.
    sequence
        The number's three sequence digits.
    """

    name: str
    number: str
    born: datetime.date
    sequence: int

    @classmethod
    def of(cls, name: str, number: str) -> Holder:
        """Take the number apart; raises ValueError where it has not the form of one."""
        if not _FORM.fullmatch(number):
            raise ValueError("no ID number")
        born = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        return cls(name, number, born, int(number[14:17]))


def read_holder(folder: Path) -> Holder:
    """Read ``customer.toml``.

    Raises
    ------
    DeviceProblem
        card_unreadable: it is absent or malformed.
    """
    try:
        told = tomllib.loads((folder / "customer.toml").read_text(encoding="utf-8"))
        return Holder.of(str(told["name"]), str(told["number"]))
    except (OSError, ValueError, KeyError) as error:
        raise DeviceProblem("card_unreadable", type(error).__name__) from error


def card_record(holder: Holder, portrait: bytes) -> dict[str, Any]:
    """Return the card's record as the SDK describes it; the same for the same number always."""
    made_up = tomllib.loads(_HOLDERS.read_text(encoding="utf-8"))
    since, until = _validity(holder, made_up)
    return {
        "name": holder.name,
        "sex": "male" if holder.sequence % 2 else "female",
        "ethnicity": _chosen(made_up["ethnicities"], holder),
        "birth_date": holder.born.isoformat(),
        "address": _chosen(made_up["addresses"], holder),
        "number": holder.number,
        "issuer": _chosen(made_up["issuers"], holder),
        "valid_from": since,
        "valid_until": until,
        "portrait": {"format": "jpeg", "data": portrait, "orientation_known": True},
    }


def _chosen(entries: list[str], holder: Holder) -> str:
    return entries[holder.sequence % len(entries)]


def _validity(holder: Holder, made_up: dict[str, Any]) -> tuple[str, str]:
    # No day after the 28th, so that the same day exists in every year.
    issued = datetime.date(made_up["issue_year"], holder.sequence % 12 + 1, holder.sequence % 28 + 1)
    since = max(issued, holder.born)
    age_years = since.year - holder.born.year - ((since.month, since.day) < (holder.born.month, holder.born.day))
    for entry in made_up["validity"]:
        if age_years < entry["below_age_years"]:
            return since.isoformat(), f"{since.year + entry['years']:04d}{since.isoformat()[4:]}"
    return since.isoformat(), "long_term"
