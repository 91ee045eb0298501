"""Access and secure messaging by BAC, with the published values of ICAO Doc 9303-11, appendix D."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.pcsc_travel_document.access import AccessItems, access_items
from device_plugins.pcsc_travel_document.bac import MutualAuthentication, NotOfferedError, open_by_bac
from device_plugins.pcsc_travel_document.ciphers import FOR_CHECKSUM, FOR_ENCRYPTION, TripleDesSuite, pad, unpad
from device_plugins.pcsc_travel_document.secure_messaging import SecureMessaging

ITEMS = AccessItems("L898902C", "690806", "940623")
SUITE = TripleDesSuite()
CHALLENGE = bytes.fromhex("4608F91988702212")
NONCE, KEY = bytes.fromhex("781723860C06C226"), bytes.fromhex("0B795240CB7049B01C19B33E32804F0B")
COMMAND_DATA = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
ANSWER = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
SESSION_KEYS = bytes.fromhex("979EC13B1CBFE9DCD01AB0FED307EAE5"), bytes.fromhex("F1CB1F1FB5ADF208806B89DC579DC1F8")
COUNTER = bytes.fromhex("887022120C06C226")


def published() -> SecureMessaging:
    return SecureMessaging(SUITE, *SESSION_KEYS, COUNTER)


def test_keys_come_from_the_zone_as_in_d_1_and_d_2() -> None:
    assert ITEMS.information == b"L898902C<369080619406236"
    assert ITEMS.key_seed.hex().upper() == "239AB9CB282DAF66231DC5A4DF6BFBAE"
    assert SUITE.key(ITEMS.key_seed, FOR_ENCRYPTION).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert SUITE.key(ITEMS.key_seed, FOR_CHECKSUM).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_a_long_number_stands_whole_in_what_is_hashed() -> None:
    assert AccessItems("D23145890734", "340712", "950712").information == b"D23145890734934071279507122"


def test_mutual_authentication_as_in_d_3() -> None:
    run = MutualAuthentication(ITEMS.key_seed, CHALLENGE, NONCE, KEY)
    assert run.command_data().hex().upper() == COMMAND_DATA
    session = run.session(bytes.fromhex(ANSWER))
    assert session.protect(0xA4, 0x02, 0x0C, b"\x01\x1e") == published().protect(0xA4, 0x02, 0x0C, b"\x01\x1e")


def test_secure_messaging_as_in_d_4() -> None:
    session = published()
    assert (
        session.protect(0xA4, 0x02, 0x0C, b"\x01\x1e").hex().upper() == "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800"
    )
    assert session.open(bytes.fromhex("990290008E08FA855A5D4C50A8ED"), 0x9000) == (b"", 0x9000)
    assert session.protect(0xB0, 0, 0, le=4).hex().upper() == "0CB000000D9701048E08ED6705417E96BA5500"
    answer = bytes.fromhex("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED")
    assert session.open(answer, 0x9000) == (bytes.fromhex("60145F01"), 0x9000)
    assert session.protect(0xB0, 0, 4, le=0x12).hex().upper() == "0CB000040D9701128E082EA28A70F3C7B53500"
    answer = bytes.fromhex("871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D74")
    assert session.open(answer, 0x9000) == (bytes.fromhex("04303130365F36063034303030305C026175"), 0x9000)


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_changed_answer_of_the_chip_opens_nothing(place: int) -> None:
    answer = bytearray.fromhex(ANSWER)
    answer[place] ^= 1
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        MutualAuthentication(ITEMS.key_seed, CHALLENGE, NONCE, KEY).session(bytes(answer))


def test_an_answer_to_another_challenge_opens_nothing() -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        MutualAuthentication(ITEMS.key_seed, bytes(8), NONCE, KEY).session(bytes.fromhex(ANSWER))


@given(st.binary(max_size=60))
def test_no_answer_breaks_the_session(answer: bytes) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        published().open(answer, 0x9000)


@pytest.mark.parametrize("objects", ["99029000", "8709019FF0EC34F9922651", "870100990290 00", "8701FF99029000", "FF", "9900", ""])
def test_an_answer_with_a_right_checksum_that_is_malformed_is_refused(objects: str) -> None:
    told = bytes.fromhex(objects)
    counter = (int.from_bytes(COUNTER, "big") + 1).to_bytes(8, "big")
    checksum = SUITE.mac(SESSION_KEYS[1], pad(counter + told, 8))
    answer = told + b"\x8e\x08" + checksum
    if objects == "99029000":
        assert published().open(answer, 0x9000) == (b"", 0x9000)
        return
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        published().open(answer, 0x9000)


def test_a_chip_that_ends_the_session_is_named_by_its_status() -> None:
    with pytest.raises(DeviceProblem) as caught:
        published().open(b"", 0x6988)
    assert caught.value.hint == "the chip ended secure messaging, status 6988"


@given(st.binary(max_size=40), st.sampled_from([8, 16]))
def test_padding_comes_off_as_it_went_on(data: bytes, block: int) -> None:
    padded = pad(data, block)
    assert len(padded) % block == 0
    assert unpad(padded) == data


class Scripted:
    """A chip that gives the answers that it was told."""

    def __init__(self, *answers: tuple[bytes, int]) -> None:
        self._answers = list(answers)

    def transmit(self, sent: bytes) -> tuple[bytes, int]:
        return self._answers.pop(0)


@pytest.mark.parametrize("status", [0x6982, 0x6985, 0x6D00])
def test_a_chip_that_gives_no_challenge_does_not_offer_it(status: int) -> None:
    with pytest.raises(NotOfferedError):
        open_by_bac(Scripted((b"", status)), ITEMS)


@pytest.mark.parametrize("status", [0x6300, 0x63C2, 0x6982, 0x6988])
def test_a_chip_that_refuses_the_items_is_told_from_one_that_is_broken(status: int) -> None:
    with pytest.raises(DeviceProblem, match="access_refused") as caught:
        open_by_bac(Scripted((bytes(8), 0x9000), (b"", status)), ITEMS)
    assert caught.value.hint == f"bac: status {status:04X}"
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        open_by_bac(Scripted((bytes(7), 0x9000)), ITEMS)


@pytest.mark.parametrize(
    "changed", [{"document_number": ""}, {"document_number": "é"}, {"birth_date": "9003"}, {"expiry_date": "2035-1"}]
)
def test_items_that_no_zone_has_are_refused_without_being_told(changed: dict[str, str]) -> None:
    told = {"document_number": "L0000000X", "birth_date": "900307", "expiry_date": "351231"}
    assert access_items(told).document_number == "L0000000X"
    with pytest.raises(DeviceProblem, match="access_refused") as caught:
        access_items(told | changed)
    assert not any(value and value in caught.value.hint for value in changed.values())
