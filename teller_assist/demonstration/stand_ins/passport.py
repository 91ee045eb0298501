"""A stand-in for a chip passport or card: a made-up person's, issued nowhere, with keys made for this run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from teller_assist.demonstration.stand_ins.passport_chip import CARD_ACCESS, COM, DG1, DG2, SOD, PassportChip
from teller_assist.demonstration.stand_ins.passport_content import (
    Holder,
    contents_group,
    portrait_group,
    zone_group,
)
from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
from teller_assist.demonstration.stand_ins.passport_pace import (
    BRAINPOOL_256,
    ChipCurve,
    PaceChip,
    card_access,
    unknown_card_access,
)
from teller_assist.demonstration.stand_ins.passport_session import AES_128
from teller_assist.demonstration.stand_ins.passport_signer import Authority, security_object, sign_with

_ZONE_TAG, _PORTRAIT_TAG = 0x61, 0x75


@dataclass(frozen=True)
class Passport:
    """What lies on the reader.

    Attributes
    ----------
    zone
        Its printed lines.
    authority
        The certificate that the issuing state would give to banks, DER.
    """

    chip: PassportChip
    zone: tuple[str, ...]
    authority: bytes


def made_up_passport(
    holder: Holder,
    portrait: bytes,
    *,
    as_card: bool = False,
    pace: bool = False,
    cipher: int = AES_128,
    curve: ChipCurve = BRAINPOOL_256,
    faults: Iterable[PassportFault] = (),
) -> Passport:
    """Return a new document.

    Parameters
    ----------
    portrait
        A JPEG or JPEG 2000 file.
    as_card
        Three lines of zone (TD1) in the place of two (TD3).
    pace
        Its chip offers PACE beside BAC.
    cipher, curve
        Of PACE.
    """
    present = set(faults)
    zone = holder.card_zone() if as_card else holder.passport_zone()
    authority = Authority.made_up()
    files = _files(zone, portrait, authority, present)
    offers_pace = pace or PassportFault.PACE_ONLY in present
    if offers_pace:
        files[CARD_ACCESS] = card_access(cipher, curve)
    if PassportFault.PACE_UNKNOWN in present:
        files[CARD_ACCESS] = unknown_card_access()
    information = holder.access_information()
    if PassportFault.WRONG_ZONE in present:
        information = information[::-1]
    chip = PassportChip(files, information, pace=PaceChip(information, cipher, curve) if offers_pace else None, faults=present)
    return Passport(chip, zone, authority.encoded)


def _files(zone: tuple[str, ...], portrait: bytes, authority: Authority, faults: set[PassportFault]) -> dict[int, bytes]:
    first, second = zone_group(zone), portrait_group(portrait)
    signers_key = ec.generate_private_key(ec.SECP256R1())
    signing = Authority.made_up() if PassportFault.FOREIGN_SIGNER in faults else authority
    certificate = signing.signer_certificate(signers_key).public_bytes(Encoding.DER)
    signed = security_object({1: first, 2: second}, certificate, sign_with(signers_key))
    files = {COM: contents_group(bytes([_ZONE_TAG, _PORTRAIT_TAG])), DG1: first, DG2: second, SOD: signed}
    if PassportFault.TAMPERED_PORTRAIT in faults:
        files[DG2] = _changed(second, len(second) - 200)
    if PassportFault.TAMPERED_SIGNATURE in faults:
        files[SOD] = _changed(signed, len(signed) - 10)
    if PassportFault.MALFORMED_SIGNATURE in faults:
        files[SOD] = b"\x77\x04\x30\x02\x05\x00"
    if PassportFault.NO_SIGNATURE in faults:
        del files[SOD]
    if PassportFault.NO_PORTRAIT in faults:
        files[COM] = contents_group(bytes([_ZONE_TAG]))
        del files[DG2]
    return files


def _changed(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
