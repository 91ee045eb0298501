"""The readers of travel documents and bank cards through the product's own plugin host."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import CardRemovedError, CardUnreadableError, DeviceBusyError
from teller_assist.evidence.bank_card import CardInterface
from teller_assist.evidence.travel_document import CheckState, ChipAccess
from teller_assist.settings.personal import Personal

TRAVEL, BANK, ID_CARD = DeviceKind.TRAVEL_DOCUMENT_READER, DeviceKind.BANK_CARD_READER, DeviceKind.ID_CARD_READER
NEVER = threading.Event()
BORN, VALID_UNTIL = datetime.date(1988, 3, 14), datetime.date(2033, 5, 1)
ACCESS = ChipAccess(Personal("XA0000012"), Personal(BORN), Personal(VALID_UNTIL))
Opener = Callable[..., Any]


def ready(device: Any) -> Any:
    device.wait_until_ready(20.0)
    return device


@pytest.mark.full
def test_a_passport_opens_with_its_own_number_and_dates(opened: Opener, foreigner: Path) -> None:
    reader = ready(opened(TRAVEL, read_s=0.0))
    reader.wait_for_card(NEVER)
    document = reader.read(NEVER, ACCESS)
    assert (document.name.reveal(), document.number.reveal()) == ("SAMPLE MARTA", "XA0000012")
    assert (document.birth_date.reveal(), document.valid_until) == (BORN, VALID_UNTIL)
    checks = document.authentication
    assert (checks.data_groups, checks.signature, checks.issuer) == ("passed", "passed", "not_checked")
    assert document.portrait.pixels.shape == (126, 102, 3)
    assert foreigner.is_dir()


@pytest.mark.full
@pytest.mark.parametrize(
    "wrong",
    [
        ChipAccess(Personal("XA0000013"), Personal(BORN), Personal(VALID_UNTIL)),
        ChipAccess(Personal("XA0000012"), Personal(BORN.replace(day=15)), Personal(VALID_UNTIL)),
        ChipAccess(Personal("XA0000012"), Personal(BORN), Personal(VALID_UNTIL.replace(year=2034))),
    ],
)
@pytest.mark.usefixtures("foreigner")
def test_it_does_not_open_with_anything_else(opened: Opener, wrong: ChipAccess) -> None:
    reader = ready(opened(TRAVEL, read_s=0.0))
    with pytest.raises(CardUnreadableError) as refused:
        reader.read(NEVER, wrong)
    assert refused.value.facts["why"] == "access_refused"


@pytest.mark.full
@pytest.mark.parametrize(
    ("fault", "check"), [("document_altered", "data_groups"), ("document_forged", "signature"), ("issuer_unknown", "issuer")]
)
@pytest.mark.usefixtures("foreigner")
def test_a_forged_document_is_read_and_says_which_check_failed(opened: Opener, fault: str, check: str) -> None:
    document = ready(opened(TRAVEL, read_s=0.0, fault=fault)).read(NEVER, ACCESS)
    assert document.authentication.failed
    assert getattr(document.authentication, check) is CheckState.FAILED


@pytest.mark.full
@pytest.mark.usefixtures("foreigner")
def test_a_foreigner_lays_no_id_card_on_its_reader(opened: Opener) -> None:
    assert ready(opened(ID_CARD)).status() == {"card_present": False}


@pytest.mark.full
@pytest.mark.usefixtures("foreigner")
def test_a_bank_card_is_read(opened: Opener) -> None:
    card = ready(opened(BANK, read_s=0.0)).read(NEVER)
    assert card.number.reveal().shown == "990000******0010"
    assert (card.valid_until, card.interface) == (datetime.date(2030, 11, 30), CardInterface.CONTACT)


@pytest.mark.full
@pytest.mark.logs_warnings
@pytest.mark.parametrize("kind", [TRAVEL, BANK])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [("card_pulled", CardRemovedError), ("card_unreadable", CardUnreadableError), ("reader_busy", DeviceBusyError)],
)
@pytest.mark.usefixtures("foreigner")
def test_faults_of_the_readers_are_told_by_their_own_codes(
    opened: Opener, kind: DeviceKind, fault: str, raised: type[Exception]
) -> None:
    device = opened(kind, read_s=0.0, fault=fault)
    with pytest.raises(raised):
        ready(device).read(NEVER, *([ACCESS] if kind is TRAVEL else []))


@pytest.mark.full
@pytest.mark.parametrize(("kind", "name"), [(TRAVEL, "passport.toml"), (BANK, "bank_card.toml")])
@pytest.mark.parametrize("content", ["", "number = 3", "valid_until = 2033-05-01\nnumber =", 'number = "9900000000000011"'])
def test_a_malformed_file_is_an_unreadable_card(
    opened: Opener, foreigner: Path, kind: DeviceKind, name: str, content: str
) -> None:
    (foreigner / name).write_text(content, encoding="utf-8")
    with pytest.raises(CardUnreadableError):
        ready(opened(kind, read_s=0.0)).read(NEVER, *([ACCESS] if kind is TRAVEL else []))


@pytest.mark.full
@pytest.mark.parametrize("kind", [TRAVEL, BANK])
def test_a_customer_without_either_lays_nothing_down(opened: Opener, kind: DeviceKind) -> None:
    reader = ready(opened(kind))
    assert reader.status() == {"card_present": False}
    with pytest.raises(CardRemovedError):
        reader.read(NEVER, *([ACCESS] if kind is TRAVEL else []))
