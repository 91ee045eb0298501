"""PACE with the published values of ICAO Doc 9303-11, appendix G.1, and curves held against the library's."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.pcsc_travel_document.access import AccessItems
from device_plugins.pcsc_travel_document.bac import NotOfferedError
from device_plugins.pcsc_travel_document.ciphers import FOR_CHECKSUM, FOR_ENCRYPTION, FOR_PACE
from device_plugins.pcsc_travel_document.curves import Curve, CurveError, standard_curves
from device_plugins.pcsc_travel_document.pace import KeyAgreement, PaceOffer, open_by_pace, read_card_access
from device_plugins.pcsc_travel_document.secure_messaging import SecureMessaging
from teller_assist.demonstration.stand_ins.passport_pace import BRAINPOOL_256, card_access, unknown_card_access

SEED, FUZZED_BUFFERS = 20261201, 200_000
ITEMS = AccessItems("T22000129", "640812", "101031")
OFFER = PaceOffer(bytes.fromhex("04007F00070202040202"), 13)  # ECDH, generic mapping, AES-128; brainpoolP256r1
MAPPING_PRIVATE = 0x7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99
PRIVATE = 0xA73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595
CHIPS_MAPPING_KEY = (
    "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"
)
CHIPS_KEY = (
    "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"
)
SECRET = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"
LIBRARYS = {
    8: ec.SECP192R1(), 10: ec.SECP224R1(), 12: ec.SECP256R1(), 13: ec.BrainpoolP256R1(), 15: ec.SECP384R1(),
    16: ec.BrainpoolP384R1(), 17: ec.BrainpoolP512R1(), 18: ec.SECP521R1(),
}  # fmt: skip


def test_the_published_run() -> None:
    assert ITEMS.information == b"T22000129364081251010318"
    assert ITEMS.digest.hex().upper() == "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD"
    assert OFFER.suite.key(ITEMS.digest, FOR_PACE).hex().upper() == "89DED1B26624EC1E634C1989302849DD"
    run = KeyAgreement(OFFER, ITEMS.digest, MAPPING_PRIVATE, PRIVATE)
    run.take_nonce(bytes.fromhex("95A3A016522EE98D01E76CB6B98B42C3"))
    assert run.mapping_key.hex().upper() == (
        "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
        "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"
    )
    run.take_mapping_key(bytes.fromhex(CHIPS_MAPPING_KEY))
    assert run.key.hex().upper() == (
        "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
        "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"
    )
    run.take_key(bytes.fromhex(CHIPS_KEY))
    assert run.token.hex().upper() == "C2B0BD78D94BA866"
    assert run.token_of_chip.hex().upper() == "3ABB9674BCE93C08"


def test_the_published_session_keys() -> None:
    secret = bytes.fromhex(SECRET)
    assert OFFER.suite.key(secret, FOR_ENCRYPTION).hex().upper() == "F5F0E35C0D7161EE6724EE513A0D9A7F"
    assert OFFER.suite.key(secret, FOR_CHECKSUM).hex().upper() == "FE251C7858B356B24514B3BD5F4297D1"


def test_the_session_of_the_run_has_those_keys_and_a_counter_from_zero() -> None:
    run = KeyAgreement(OFFER, ITEMS.digest, MAPPING_PRIVATE, PRIVATE)
    run.take_nonce(bytes.fromhex("95A3A016522EE98D01E76CB6B98B42C3"))
    run.take_mapping_key(bytes.fromhex(CHIPS_MAPPING_KEY))
    run.take_key(bytes.fromhex(CHIPS_KEY))
    suite, secret = OFFER.suite, bytes.fromhex(SECRET)
    expected = SecureMessaging(suite, suite.key(secret, FOR_ENCRYPTION), suite.key(secret, FOR_CHECKSUM), bytes(16))
    assert run.session.protect(0xB0, 0, 0, le=4) == expected.protect(0xB0, 0, 0, le=4)


@pytest.mark.parametrize("number", sorted(standard_curves()))
def test_each_curve_has_its_base_point_and_order(number: int) -> None:
    curve = standard_curves()[number]
    assert curve.decoded(curve.encoded(curve.base)) == curve.base
    x, y = curve.base
    assert curve.times(curve.order - 1, curve.base) == (x, curve.p - y)
    with pytest.raises(CurveError):
        curve.times(curve.order, curve.base)


@pytest.mark.parametrize("number", sorted(LIBRARYS))
def test_points_are_those_of_the_library(number: int) -> None:
    curve, rng = standard_curves()[number], random.Random(SEED)  # noqa: S311 (held against each other, no secret)
    for factor in (1, 2, 3, rng.randrange(curve.order), rng.randrange(curve.order)):
        theirs = ec.derive_private_key(factor, LIBRARYS[number]).public_key().public_numbers()
        assert curve.times(factor, curve.base) == (theirs.x, theirs.y)
    assert curve.order == LIBRARYS[number].group_order


def test_sums_follow_the_multiples() -> None:
    curve = standard_curves()[12]
    assert curve.sum(curve.times(5, curve.base), curve.times(9, curve.base)) == curve.times(14, curve.base)
    assert curve.sum(curve.base, curve.base) == curve.times(2, curve.base)
    x, y = curve.base
    with pytest.raises(CurveError):
        curve.sum((x, y), (x, curve.p - y))


@pytest.mark.parametrize("spoilt", [b"", b"\x04", b"\x02" + bytes(64), b"\x04" + bytes(64), b"\x04" + b"\xff" * 64])
def test_bytes_that_are_no_point_are_refused(spoilt: bytes) -> None:
    with pytest.raises(CurveError):
        standard_curves()[13].decoded(spoilt)


@given(st.binary(min_size=65, max_size=65))
def test_a_random_point_is_hardly_ever_on_the_curve(encoded: bytes) -> None:
    curve: Curve = standard_curves()[13]
    with pytest.raises(CurveError):
        curve.decoded(b"\x04" + encoded[1:])


def test_a_chip_that_sends_the_readers_own_key_back_is_refused() -> None:
    run = KeyAgreement(OFFER, ITEMS.digest, MAPPING_PRIVATE, PRIVATE)
    run.take_nonce(bytes(16))
    run.take_mapping_key(bytes.fromhex(CHIPS_MAPPING_KEY))
    with pytest.raises(CurveError):
        run.take_key(run.key)


def test_what_a_chip_offers() -> None:
    assert read_card_access(card_access(2, BRAINPOOL_256)).usable == (OFFER,)
    unknown = read_card_access(unknown_card_access())
    assert (unknown.usable, unknown.unknown) == ((), ("DH-IM 2 0",))
    both = b"\x31\x28" + card_access(2, BRAINPOOL_256)[2:] + unknown_card_access()[2:]
    assert [len(part) for part in (read_card_access(both).usable, read_card_access(both).unknown)] == [1, 1]
    assert read_card_access(None) == read_card_access(b"\x31\x80") == read_card_access(b"")


def test_chip_authentication_mapping_is_used_as_the_generic_one() -> None:
    content = card_access(2, BRAINPOOL_256).replace(bytes.fromhex("020402"), bytes.fromhex("020406"), 1)
    assert [offer.protocol[-2] for offer in read_card_access(content).usable] == [6]


def test_a_curve_is_named_only_where_the_chip_offers_several() -> None:
    one, other = card_access(2, BRAINPOOL_256), card_access(2, replace(BRAINPOOL_256, number=12))
    both = read_card_access(b"\x31\x28" + one[2:] + other[2:]).usable
    assert [(offer.parameter_id, offer.is_one_of_several) for offer in both] == [(13, True), (12, True)]
    sent = [begun(offer) for offer in (OFFER, both[1])]
    assert sent[0].hex().upper() == "0022C1A40F800A04007F00070202040202830101"  # as in G.1
    assert sent[1].hex().upper() == "0022C1A412800A04007F0007020204020283010184010C"


def begun(offer: PaceOffer) -> bytes:
    """Return the command with which a run begins; the chip does not want it."""
    sent: list[bytes] = []

    class Chip:
        def transmit(self, command: bytes) -> tuple[bytes, int]:
            sent.append(command)
            return b"", 0x6A80

    with pytest.raises(NotOfferedError):
        open_by_pace(Chip(), offer, ITEMS)
    return sent[0]


class Scripted:
    """A chip that gives the answers that it was told."""

    def __init__(self, *answers: tuple[str, int]) -> None:
        self._answers = list(answers)

    def transmit(self, sent: bytes) -> tuple[bytes, int]:
        data, status = self._answers.pop(0)
        return bytes.fromhex(data), status


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([("", 0x9000), ("", 0x6300)], "access_refused"),
        ([("", 0x9000), ("", 0x63C1)], "access_refused"),
        ([("", 0x9000), ("", 0x6985)], "card_unreadable"),
        ([("", 0x9000), ("7C00", 0x9000)], "card_unreadable"),
        ([("", 0x9000), ("7C", 0x9000)], "card_unreadable"),
        ([("", 0x9000), ("7C048002ABCD", 0x9000)], "card_unreadable"),
        ([("", 0x9000), ("7C128010" + "00" * 16, 0x9000), ("7C0482020400", 0x9000)], "card_unreadable"),
    ],
)
def test_every_step_that_a_chip_spoils_has_its_problem(answers: list[tuple[str, int]], code: str) -> None:
    with pytest.raises(DeviceProblem, match=code):
        open_by_pace(Scripted(*answers), OFFER, ITEMS)


@given(st.binary(max_size=80))
def test_no_card_access_breaks_it(content: bytes) -> None:
    read_card_access(content)


@pytest.mark.full
def test_no_fuzzed_card_access_breaks_it() -> None:
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    whole = card_access(2, BRAINPOOL_256)
    for _ in range(FUZZED_BUFFERS):
        content = bytearray(whole)
        for _ in range(rng.randrange(5)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        for offer in read_card_access(bytes(content)).usable:
            assert offer.curve.coordinate_bytes
