"""What can be wrong with the stand-in passport."""

from __future__ import annotations

from enum import StrEnum


class PassportFault(StrEnum):
    """One fault; several may be on at a time."""

    PULLED = "pulled"  # it is taken away in the middle of the portrait
    SILENT = "silent"  # it stops to answer in the middle of the portrait
    SLOW = "slow"  # each answer takes a fifth of a second
    WRONG_ZONE = "wrong_zone"  # its chip opens with another zone than the one that is printed
    TAMPERED_PORTRAIT = "tampered_portrait"  # data group 2 is not the one that was signed
    TAMPERED_SIGNATURE = "tampered_signature"  # its signature is not of what stands there
    MALFORMED_SIGNATURE = "malformed_signature"  # EF.SOD is no security object
    NO_SIGNATURE = "no_signature"  # there is no EF.SOD
    FOREIGN_SIGNER = "foreign_signer"  # signed by somebody whom the issuing state does not know
    PACE_ONLY = "pace_only"  # it opens by PACE, not by BAC
    PACE_UNKNOWN = "pace_unknown"  # it opens by a kind of PACE only that the product does not know
    NO_PORTRAIT = "no_portrait"  # there is no data group 2
