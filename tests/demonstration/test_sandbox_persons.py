from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.sandbox_persons import customers_as_persons, sandbox_persons
from teller_assist.evidence.id_number import check_character
from teller_assist.evidence.netcheck import NetcheckCode


def made_up_folder(folder: Path, sequence: int, code: str, *, photo: bool = True, name: str = "林晓样") -> None:
    folder.mkdir(parents=True)
    for picture in ("live_1.jpg", "chip.jpg", *(["netcheck.jpg"] if photo else [])):
        cv2.imwrite(str(folder / picture), np.full((220, 178, 3), 128, np.uint8))
    first = f"19000119900315{sequence:03d}"
    number = first + check_character(first)
    told = {"name": name, "number": number, "business_kind": "activation", "netcheck": code}
    (folder / "customer.toml").write_text("".join(f'{key} = "{value}"\n' for key, value in told.items()), encoding="utf-8")


def test_the_sandboxs_own_persons_are_nobodys_and_the_same_every_time() -> None:
    persons, again = sandbox_persons(), sandbox_persons()
    numbers = [one.number.reveal() for one in persons]
    assert len({one.text for one in numbers}) == len(numbers)
    assert {one.area for one in numbers} == {"190001"}
    assert [one.photo for one in persons] == [one.photo for one in again]


def test_simulated_customers_are_known_as_their_folders_say(tmp_path: Path) -> None:
    made_up_folder(tmp_path / "1", 1, "MATCH_PHOTO_SAME")
    made_up_folder(tmp_path / "2", 2, "MATCH_NO_PHOTO", photo=False)
    made_up_folder(tmp_path / "3", 3, "NOT_FOUND")
    made_up_folder(tmp_path / "4", 4, "NAME_MISMATCH")
    same, without, mismatch = customers_as_persons(read_customers(tmp_path))
    assert (same.code, same.photo) == (NetcheckCode.MATCH_PHOTO_SAME, (tmp_path / "1" / "netcheck.jpg").read_bytes())
    assert (without.code, without.photo) == (NetcheckCode.MATCH_NO_PHOTO, b"")
    assert mismatch.on_card == "林晓样"
    assert mismatch.card_is_answered is NetcheckCode.NAME_MISMATCH


def test_a_blank_in_a_name_makes_no_mismatch_of_it(tmp_path: Path) -> None:
    made_up_folder(tmp_path / "1", 1, "MATCH_PHOTO_SAME", name="Lin Xiao•Yang")
    (person,) = customers_as_persons(read_customers(tmp_path))
    assert person.card_is_answered is NetcheckCode.MATCH_PHOTO_SAME
