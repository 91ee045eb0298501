"""Whose card lies on the stand-in reader: a drawn person's, or a simulated customer's."""

from __future__ import annotations

from pathlib import Path

from teller_assist.demonstration.customers import read_customer
from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from teller_assist.demonstration.stand_ins.sam_card import NAME_BYTES, PORTRAIT_PX, SamCard, photo_block, resident_text
from teller_assist.errors import SetError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.pictures.decode import PictureLimits, decode_picture
from teller_assist.pictures.files import read_bytes

_HOLDERS = "device_plugins/simulated_counter/holders.toml"
# The first person whom the netcheck sandbox knows. No area's code begins with 19.
_NAME, _NUMBER = "林晓样", "190001197608150014"
_ROLE = "reference"
_LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)


def drawn_card(root: Path) -> SamCard:
    """Return the card of a drawn person, whom the netcheck sandbox knows.

    Parameters
    ----------
    root
        The installation root.
    """
    return SamCard(resident_text(_NAME, IdNumber(_NUMBER), root / _HOLDERS), photo_block(drawn_person(*PORTRAIT_PX, LOOKS[0])))


def customers_card(root: Path, folder: Path) -> SamCard:
    """Return the card of a simulated customer; the folder has the form that the simulated counter plays.

    Raises
    ------
    SetError
        The folder is malformed, or the name is too long for a chip.
    PictureError
        Its ``chip.jpg`` cannot be used.
    """
    customer = read_customer(folder, 1)
    if len(customer.holder_name.reveal().encode("utf-16-le")) > NAME_BYTES:
        raise SetError("set_invalid", why="name_too_long", customer=1)
    if customer.holder_number is None:  # a foreigner
        raise SetError("set_invalid", why="no_id_card", customer=1)
    content = read_bytes(folder / "chip.jpg", role=_ROLE, max_bytes=_LIMITS.max_bytes)
    portrait = decode_picture(content, role=_ROLE, limits=_LIMITS)
    text = resident_text(customer.holder_name.reveal(), customer.holder_number.reveal(), root / _HOLDERS)
    return SamCard(text, photo_block(portrait.pixels))
