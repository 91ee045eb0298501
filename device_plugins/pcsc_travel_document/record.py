"""The record of a travel document, as the plugin guide wants it (section 5)."""

from __future__ import annotations

import datetime
from typing import Any

from teller_assist_sdk import DeviceProblem

from .access import AccessItems
from .chip import COM, DG1, DG2, SOD, Chip
from .data_groups import listed_tags, zone_of
from .facial_record import facial_image
from .issuers import Issuers
from .opening import open_chip
from .passive_authentication import checks_of

_NEEDED = {0x61: "DG1", 0x75: "DG2"}


def read_record(chip: Chip, items: AccessItems, issuers: Issuers, today: datetime.date) -> dict[str, Any]:
    """Open a chip, read what the product needs of it, and check it.

    Fingerprints and other data groups are never asked for.

    Raises
    ------
    DeviceProblem
        access_refused, access_unsupported, card_unreadable; and what carrying commands raises.
    """
    access_by = open_chip(chip, items)
    _require_listed(chip.read(COM))
    first, second = _needed(chip, DG1, "DG1"), _needed(chip, DG2, "DG2")
    security_object = chip.read(SOD)
    zone = zone_of(first, today)
    image = facial_image(second)
    return {
        "document_type": zone.document_type,
        "issuing_state": zone.issuing_state,
        "nationality": zone.nationality,
        "number": zone.number,
        "primary_identifier": zone.primary_identifier,
        "secondary_identifier": zone.secondary_identifier,
        "sex": zone.sex,
        "birth_date": "" if zone.birth_date is None else zone.birth_date.isoformat(),
        "valid_until": zone.valid_until.isoformat(),
        "optional_data": zone.optional_data,
        "portrait": {"format": image.file_format, "data": image.content, "orientation_known": True},
        "access_by": access_by,
        "checks": checks_of(security_object, {1: first, 2: second}, zone.issuing_state, issuers),
    }


def _require_listed(contents: bytes | None) -> None:
    """Require that the table of contents, where there is one, lists what is read; it is not signed, and proves nothing more."""
    if contents is None:
        return
    tags = listed_tags(contents)
    for tag, name in _NEEDED.items():
        if tag not in tags:
            raise DeviceProblem("card_unreadable", f"the chip has no {name}")


def _needed(chip: Chip, file_id: int, name: str) -> bytes:
    content = chip.read(file_id)
    if content is None:
        raise DeviceProblem("card_unreadable", f"the chip has no {name}")
    return content
