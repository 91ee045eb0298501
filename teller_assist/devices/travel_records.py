"""The record of a travel document becomes evidence here, or is refused."""

from __future__ import annotations

import re
from typing import Any

from teller_assist.devices.record_parts import date, plain, plain_or_empty, portrait, require
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.travel_document import AccessProtocol, CheckState, PassiveAuthentication, TravelDocument
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.personal import Personal

_KEYS = {
    "document_type", "issuing_state", "nationality", "number", "primary_identifier", "secondary_identifier", "sex", "birth_date",
    "valid_until", "optional_data", "portrait", "access_by", "checks",
}  # fmt: skip
_CHECKS = ("data_groups", "signature", "issuer")
# ICAO Doc 9303-3, 4.3 and 5: what the machine-readable zone can hold, its fillers removed.
_TYPE = re.compile(r"[A-Z][A-Z0-9]?")
_STATE = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9<]{0,20}[A-Z0-9])?")  # a filler stands for what the zone cannot write
_LONGEST_IDENTIFIER, _LONGEST_OPTIONAL = 80, 30
_UNSPECIFIED = "unspecified"


def read_travel_document(record: Any, limits: PictureLimits) -> TravelDocument:
    """Turn a reader's record into evidence.

    Raises
    ------
    CardUnreadableError
        ``why`` is a code of the wording group ``card_why``: record, document_type, nationality, document_number, name, sex,
        birth_date, validity, optional_data, portrait, access, checks.
    """
    require(isinstance(record, dict) and record.keys() == _KEYS, "record")
    require(record["sex"] in (*Sex, _UNSPECIFIED), "sex")
    require(record["access_by"] in tuple(AccessProtocol), "access")
    birth_date = None if record["birth_date"] == "" else date(record["birth_date"], "birth_date")
    valid_until = date(record["valid_until"], "validity")
    require(birth_date is None or birth_date < valid_until, "validity")
    face, orientation_known = portrait(record["portrait"], limits)
    return TravelDocument(
        document_type=_matching(record["document_type"], _TYPE, "document_type"),
        issuing_state=_matching(record["issuing_state"], _STATE, "nationality"),
        nationality=_matching(record["nationality"], _STATE, "nationality"),
        number=Personal(_matching(record["number"], _NUMBER, "document_number")),
        primary_identifier=Personal(plain(record["primary_identifier"], "name", _LONGEST_IDENTIFIER)),
        secondary_identifier=Personal(plain_or_empty(record["secondary_identifier"], "name", _LONGEST_IDENTIFIER)),
        sex=None if record["sex"] == _UNSPECIFIED else Sex(record["sex"]),
        birth_date=None if birth_date is None else Personal(birth_date),
        valid_until=valid_until,
        optional_data=Personal(plain_or_empty(record["optional_data"], "optional_data", _LONGEST_OPTIONAL)),
        portrait=face,
        portrait_orientation_known=orientation_known,
        access_by=AccessProtocol(record["access_by"]),
        authentication=_authentication(record["checks"]),
    )


def _authentication(told: Any) -> PassiveAuthentication:
    require(isinstance(told, dict) and told.keys() == set(_CHECKS), "checks")
    require(all(told[name] in tuple(CheckState) for name in _CHECKS), "checks")
    return PassiveAuthentication(**{name: CheckState(told[name]) for name in _CHECKS})


def _matching(value: Any, form: re.Pattern[str], why: str) -> str:
    require(isinstance(value, str) and form.fullmatch(value) is not None, why)
    return str(value)
