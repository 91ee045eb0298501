"""The card that lies on a stand-in scanner's reader, as the service tells it: text, and the chip's photo decoded."""

from __future__ import annotations

import base64
import datetime
from pathlib import Path

import cv2
import numpy as np

from teller_assist.demonstration.card_picture import particulars
from teller_assist.demonstration.customers import read_customer
from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from teller_assist.demonstration.stand_ins.scanner_pages import jpeg_of
from teller_assist.documents.fields.vocabulary import ETHNICITIES
from teller_assist.errors import SetError
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.pictures import Pixels
from teller_assist.pictures.decode import PictureLimits, read_picture

CardFields = dict[str, str]

PORTRAIT_PX = (102, 126)
_HOLDERS = "device_plugins/simulated_counter/holders.toml"
# The first person whom the netcheck sandbox knows. No area's code begins with 19.
_NAME, _NUMBER = "林晓样", "190001197608150014"
_ISSUER = "示例市公安局"
_VALID_FROM = datetime.date(2024, 1, 8)
_LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)


def drawn_card_fields(root: Path) -> CardFields:
    """Return the card of a drawn person, whom the netcheck sandbox knows.

    Parameters
    ----------
    root
        The installation root.
    """
    return card_fields(_NAME, IdNumber(_NUMBER), drawn_person(*PORTRAIT_PX, LOOKS[0]), root)


def customers_card_fields(root: Path, folder: Path) -> CardFields:
    """Return the card of a simulated customer; the folder has the form that the simulated counter plays.

    Raises
    ------
    SetError
        The folder is malformed, or the customer is one without an ID card.
    PictureError
        Its ``chip.jpg`` cannot be used.
    """
    customer = read_customer(folder, 1)
    if customer.holder_number is None:  # a foreigner
        raise SetError("set_invalid", why="no_id_card", customer=1)
    portrait = read_picture(folder / "chip.jpg", role="reference", limits=_LIMITS).pixels
    return card_fields(customer.holder_name.reveal(), customer.holder_number.reveal(), portrait, root)


def card_fields(name: str, number: IdNumber, portrait: Pixels, root: Path) -> CardFields:
    """Return what the service tells of a made-up resident's card.

    Parameters
    ----------
    portrait
        uint8, shape (height, width, 3), BGR; brought to 102x126.
    """
    ethnicity, address = particulars(number, root / _HOLDERS)
    small = np.asarray(cv2.resize(portrait, PORTRAIT_PX, interpolation=cv2.INTER_AREA), np.uint8)
    return {
        "name": name,
        "sex": "男" if number.sex is Sex.MALE else "女",
        "sexCode": "1" if number.sex is Sex.MALE else "2",
        "nation": ethnicity,
        "nationCode": f"{ETHNICITIES.index(ethnicity) + 1:02d}",
        "birthday": _day(number.birth_date),
        "address": address,
        "cardID": number.text,
        "issueOrgan": _ISSUER,
        "validStart": _day(max(_VALID_FROM, number.birth_date)),
        "validEnd": "长期",
        "appendMsg": "",
        "photoBase64": base64.b64encode(jpeg_of(small)).decode("ascii"),
    }


def _day(day: datetime.date) -> str:
    return day.strftime("%Y%m%d")
