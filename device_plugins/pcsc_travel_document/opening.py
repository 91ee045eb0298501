"""How a chip is opened: PACE where it offers it in a form that is known here, else BAC (ICAO Doc 9303-11, 4.2)."""

from __future__ import annotations

from contextlib import suppress

from teller_assist_sdk import DeviceProblem

from .access import AccessItems
from .bac import NotOfferedError, open_by_bac
from .chip import CARD_ACCESS, Chip
from .pace import open_by_pace, read_card_access


def open_chip(chip: Chip, items: AccessItems) -> str:
    """Open the chip, select its application and return how: "pace" or "bac".

    Raises
    ------
    DeviceProblem
        access_refused: the items are not the document's; access_unsupported: it opens only in a way that is not known here;
        card_unreadable.
    """
    offered = read_card_access(chip.read_in_the_open(CARD_ACCESS))
    for offer in offered.usable:
        with suppress(NotOfferedError):
            chip.session = open_by_pace(chip.card, offer, items)
            chip.select_application()
            return "pace"
    chip.select_application()
    try:
        chip.session = open_by_bac(chip.card, items)
    except NotOfferedError:
        names = ", ".join(offered.unknown) or "none"
        raise DeviceProblem("access_unsupported", f"no BAC; PACE offered: {names}") from None
    return "bac"
