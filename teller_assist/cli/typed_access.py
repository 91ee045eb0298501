"""What opens a travel document's chip, typed by somebody: its machine-readable zone, or number and two dates from it."""

from __future__ import annotations

import argparse
import datetime
import sys
from typing import TYPE_CHECKING

from teller_assist.cli.output import write_progress
from teller_assist.errors import UsageError

if TYPE_CHECKING:
    from teller_assist.evidence.travel_document import ChipAccess

_ITEMS = ("document_number", "birth_date", "valid_until")
_LONGEST_NUMBER = 22  # a longer first line is one of a zone
_ZONE_CHARACTERS = (72, 88, 90)
_VISIBLE = "others on this machine can see it, so rather leave it out and type it when asked, or give it on standard input"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that give it; without them it is asked for."""
    parser.add_argument("--document-number", metavar="NUMBER", help=f"of a travel document; {_VISIBLE}")
    parser.add_argument("--birth-date", metavar="YYMMDD", help="with --document-number; also YYYY-MM-DD")
    parser.add_argument("--valid-until", metavar="YYMMDD", help="with --document-number; also YYYY-MM-DD")
    parser.add_argument("--mrz", metavar="ZONE", help=f"the machine-readable zone, its lines behind each other; {_VISIBLE}")


def typed_access(arguments: argparse.Namespace, today: datetime.date) -> ChipAccess:
    """Return it as the options say; what they leave out is read from standard input, a line each.

    Raises
    ------
    ZoneUnreadableError
        A check digit or a date is wrong, or it is none.
    UsageError
        Both the zone and single items are given.
    """
    from teller_assist.documents.mrz import read_chip_access
    from teller_assist.documents.typed_access import typed_access as checked

    items = {name: getattr(arguments, name) for name in _ITEMS}
    if arguments.mrz is not None:
        if any(item is not None for item in items.values()):
            raise UsageError(what="command_line")
        return read_chip_access(arguments.mrz, today)
    if items["document_number"] is None:
        first = _asked("请输入证件号码，或逐行输入机读区：")
        if len(first) > _LONGEST_NUMBER:
            return read_chip_access(_rest_of_zone(first), today)
        items["document_number"] = first
    birth_date = items["birth_date"] or _asked("出生日期（YYMMDD）：")
    valid_until = items["valid_until"] or _asked("有效期至（YYMMDD）：")
    return checked(items["document_number"], birth_date, valid_until, today)


def _rest_of_zone(first: str) -> str:
    """Return the whole zone: lines are taken until it has a length that a zone has, or input ends."""
    zone = first
    while len(zone) not in _ZONE_CHARACTERS and len(zone) < max(_ZONE_CHARACTERS):
        line = _line()
        if not line:
            break
        zone += line
    return zone


def _asked(what: str) -> str:
    write_progress(what)
    return _line()


def _line() -> str:
    """Return the next line of standard input without its spaces, "" at its end."""
    return "".join((sys.stdin.readline() if sys.stdin is not None else "").split())
