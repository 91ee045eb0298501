"""Whether the chip's content is what its issuer signed (ICAO Doc 9303-11, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from .issuers import Issuers
from .security_object import SecurityObjectError, read_security_object

PASSED, FAILED, NOT_CHECKED = "passed", "failed", "not_checked"


def checks_of(
    security_object: bytes | None, data_groups: Mapping[int, bytes], issuing_state: str, issuers: Issuers
) -> dict[str, str]:
    """Return the record's ``checks``.

    Every document has a security object, and secure messaging guards its way here. One that is missing or malformed lies so on
    the chip, as it does on one that somebody made: both checks of it failed, which the teller must see; it is no bad reading.

    Parameters
    ----------
    security_object
        EF.SOD; None: the chip has none.
    data_groups
        Every data group that was read, by number.
    """
    try:
        if security_object is None:
            raise SecurityObjectError("absent")
        told = read_security_object(security_object)
    except SecurityObjectError:
        return {"data_groups": FAILED, "signature": FAILED, "issuer": NOT_CHECKED}
    return {
        "data_groups": _state(all(told.has_data_group(number, content) for number, content in data_groups.items())),
        "signature": _state(told.is_signed()),
        "issuer": issuers.check(told.signer, issuing_state, told.signing_time),
    }


def _state(holds: bool) -> str:
    return PASSED if holds else FAILED
