from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.demonstration.customers import SimulatedCustomer, netcheck_register, read_customers
from teller_assist.errors import SetError
from teller_assist.evidence.id_number import check_character
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.pictures.decode import PictureLimits
from teller_assist.wording import codes

LIMITS = PictureLimits(2_000_000, 4_000_000)
FIRST_17 = "19000119900315017"
NUMBER = FIRST_17 + check_character(FIRST_17)
GOOD = {"name": "林晓样", "number": NUMBER, "business_kind": "activation", "netcheck": "MATCH_PHOTO_SAME"}
CustomerMaker = Callable[..., Path]


@pytest.fixture
def make_customer(tmp_path: Path) -> CustomerMaker:
    """Write one customer's folder in the promised form; a name or value of None leaves it out."""

    def make(folder_name: str = "01", /, *, without: tuple[str, ...] = (), **changed: str | None) -> Path:
        folder = tmp_path / "footage" / folder_name
        folder.mkdir(parents=True)
        for picture in {"live_1.jpg", "chip.jpg", "netcheck.jpg", "card_front.jpg"} - set(without):
            cv2.imwrite(str(folder / picture), np.full((126, 102, 3), 128, np.uint8))
        told = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
        (folder / "customer.toml").write_text("".join(f'{key} = "{value}"\n' for key, value in told.items()), encoding="utf-8")
        return folder

    return make


def only_one(folder: Path) -> SimulatedCustomer:
    (found,) = read_customers(folder.parent)
    return found


def why_refused(folder: Path) -> str:
    with pytest.raises(SetError) as refusal:
        read_customers(folder)
    assert NUMBER not in str(refusal.value)
    assert str(folder) not in str(refusal.value)
    return str(refusal.value.facts["why"])


def test_a_callers_folder_is_read_in_the_order_of_its_names(make_customer: CustomerMaker) -> None:
    for name in ("b", "a", "c"):
        folder = make_customer(name)
    (folder.parent / "notes.txt").write_text("no customer", encoding="utf-8")
    found = read_customers(folder.parent)
    assert [(one.number, one.folder.name) for one in found] == [(1, "a"), (2, "b"), (3, "c")]
    assert all(one.scenario == "unknown" for one in found)
    first = found[0]
    assert first.business_kind is BusinessKind.ACTIVATION
    assert first.plugin_settings == {"folder": str(first.folder)}
    assert (first.holder_name.reveal(), first.holder_number and first.holder_number.reveal().text) == ("林晓样", NUMBER)
    assert first.material in codes("simulated_material")
    assert first.relatives == ()


def test_a_customer_that_is_printed_shows_nobody(make_customer: CustomerMaker) -> None:
    shown = repr(only_one(make_customer()))
    assert "林" not in shown
    assert NUMBER not in shown


@pytest.mark.parametrize(
    ("without", "said", "code"),
    [
        ((), None, "MATCH_PHOTO_SAME"),
        (("netcheck.jpg",), None, "MATCH_NO_PHOTO"),
        (("netcheck.jpg",), "MATCH_PHOTO_SAME", "MATCH_NO_PHOTO"),
        (("netcheck.jpg",), "NAME_MISMATCH", "NAME_MISMATCH"),
        ((), "CARD_LOST", "CARD_LOST"),
        (("card_front.jpg",), "NOT_FOUND", "NOT_FOUND"),
    ],
)
def test_what_may_be_absent_is_absent_without_harm(
    make_customer: CustomerMaker, without: tuple[str, ...], said: str | None, code: str
) -> None:
    assert only_one(make_customer(without=without, netcheck=said)).netcheck_code is NetcheckCode(code)


@pytest.mark.parametrize(
    ("without", "changed", "why"),
    [
        (("live_1.jpg",), {}, "live_missing"),
        (("chip.jpg",), {}, "chip_missing"),
        ((), {"number": NUMBER[:-1] + "0"}, "number_check_character"),
        ((), {"number": "12"}, "number_form"),
        ((), {"number": None}, "customer_file_keys"),
        ((), {"scenario": "impostor"}, "customer_file_keys"),
        ((), {"name": " "}, "customer_file_values"),
        ((), {"name": "长" * 51}, "customer_file_values"),
        ((), {"business_kind": "dancing"}, "business_kind"),
        ((), {"netcheck": "PERHAPS"}, "netcheck"),
        ((), {"netcheck": "NOT_ASKED"}, "netcheck"),
        ((), {"name": '"'}, "customer_file_malformed"),
    ],
)
def test_a_malformed_customer_is_refused_with_its_reason(
    make_customer: CustomerMaker, without: tuple[str, ...], changed: dict[str, str | None], why: str
) -> None:
    folder = make_customer(without=without, **changed)
    assert why_refused(folder.parent) == why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "customer_file_malformed"),
        (b"name = 1\nnumber = 2\nbusiness_kind = 3\n", "customer_file_values"),
        (b"# " + b"x" * 20_000, "customer_file_keys"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(make_customer: CustomerMaker, content: bytes, why: str) -> None:
    folder = make_customer()
    (folder / "customer.toml").write_bytes(content)
    assert why_refused(folder.parent) == why
    (folder / "customer.toml").unlink()
    assert why_refused(folder.parent) == "customer_file_missing"


def test_a_folder_with_nobody_in_it_is_refused(tmp_path: Path) -> None:
    assert why_refused(tmp_path / "absent") == "folder_missing"
    assert why_refused(tmp_path) == "no_customer"
    for number in range(100):
        (tmp_path / f"{number:03d}").mkdir()
    assert why_refused(tmp_path) == "too_many_customers"


def test_the_simulated_authority_knows_who_is_in_the_folder(make_customer: CustomerMaker) -> None:
    other_17 = FIRST_17[:-1] + "9"
    make_customer("01")
    make_customer("02", number=other_17 + check_character(other_17), netcheck="NOT_FOUND")
    customers = read_customers(make_customer("03", number="11010519491231002X", without=("netcheck.jpg",)).parent)
    register = netcheck_register(customers, LIMITS)
    assert set(register) == {one.holder_number.reveal() for one in (customers[0], customers[2]) if one.holder_number}
    first, third = (register[one.holder_number.reveal()] for one in (customers[0], customers[2]) if one.holder_number)
    assert first.photo is not None
    assert (first.photo.width_px, first.code) == (102, NetcheckCode.MATCH_PHOTO_SAME)
    assert (third.photo, third.code) == (None, NetcheckCode.MATCH_NO_PHOTO)


def test_the_form_of_a_folder_is_toml_that_anybody_can_write(make_customer: CustomerMaker) -> None:
    assert tomllib.loads((make_customer() / "customer.toml").read_text(encoding="utf-8")) == GOOD


def test_a_folder_that_cannot_be_read_is_told_as_such(make_customer: CustomerMaker, tmp_path: Path) -> None:
    make_customer()
    assert why_refused(tmp_path / "nothing") == "folder_missing"
    assert why_refused(tmp_path / ("x" * 5000)) == "folder_unreadable"
    assert why_refused(tmp_path / "footage" / "01" / "customer.toml") == "folder_unreadable"


def test_a_pipe_in_place_of_the_customer_file_is_not_waited_for(make_customer: CustomerMaker) -> None:
    folder = make_customer()
    (folder / "customer.toml").unlink()
    os.mkfifo(folder / "customer.toml")
    assert why_refused(folder.parent) == "customer_file_missing"
