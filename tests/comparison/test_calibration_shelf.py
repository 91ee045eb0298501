from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from teller_assist.comparison.back_end import BackEnd, back_end_path, write_back_end
from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_file import bank_calibration_name, calibration_path, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError, SettingsFileError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.settings.shipped import read_shipped

Make = Callable[..., Calibration]
LIVE, CHIP, MESH = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH


def put(root: Path, calibration: Calibration, kind: PhotoKind = CHIP) -> Path:
    path = root / calibration_path("made-up", LIVE, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_calibration(calibration, {}), encoding="utf-8")
    return path


def read_plainly(root: Path, relative: str) -> bytes:
    return (root / relative).read_bytes()


def shelf(root: Path, read: Callable[[Path, str], bytes] = read_plainly) -> CalibrationShelf:
    return CalibrationShelf(root, read, model_id="made-up", model_sha256="11" * 32, pipeline_sha256="22" * 32)


def test_the_calibration_of_a_pair_is_found_and_kept(tmp_path: Path, make_calibration: Make) -> None:
    path = put(tmp_path, make_calibration())
    one = shelf(tmp_path)
    found = one.find(LIVE, CHIP)
    assert found.calibration_id == "made-up/live-chip/2026-01-01"
    path.unlink()
    assert one.find(LIVE, CHIP) is found, "a running program does not change its calibration"


def test_a_missing_one_names_model_and_kinds(tmp_path: Path) -> None:
    with pytest.raises(CalibrationMissingError) as caught:
        shelf(tmp_path).find(LIVE, MESH)
    assert caught.value.facts == {"model": "made-up", "probe_kind": "live", "reference_kind": "mesh"}


def test_a_failure_is_not_kept(tmp_path: Path, make_calibration: Make) -> None:
    one = shelf(tmp_path)
    with pytest.raises(CalibrationMissingError):
        one.find(LIVE, CHIP)
    put(tmp_path, make_calibration())
    assert one.find(LIVE, CHIP).scope == "factory"


def test_a_file_that_did_not_ship_is_refused(tmp_path: Path, make_calibration: Make) -> None:
    put(tmp_path, make_calibration())
    with pytest.raises(CalibrationMismatchError) as caught:
        shelf(tmp_path, read_shipped).find(LIVE, CHIP)
    assert caught.value.facts["why"] == "settings_altered"
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"model_id": "other"}, "model"),
        ({"model_sha256": "33" * 32}, "model"),
        ({"pipeline_sha256": "33" * 32}, "pipeline"),
        ({"reference_kind": MESH}, "photo_kinds"),
        ({"probe_kind": CHIP}, "photo_kinds"),
    ],
)
def test_a_calibration_of_something_else_is_refused(
    tmp_path: Path, make_calibration: Make, changed: dict[str, object], why: str
) -> None:
    put(tmp_path, make_calibration(**changed))
    with pytest.raises(CalibrationMismatchError) as caught:
        shelf(tmp_path).find(LIVE, CHIP)
    assert caught.value.facts["why"] == why
    assert caught.value.facts["reference_kind"] == "chip"


# ---------------------------------------------------------------- the bank's own


def of_bank(content: bytes | None) -> Callable[[str], bytes | None]:
    return {bank_calibration_name("made-up", LIVE, CHIP): content}.get


def with_bank(root: Path, read_bank: Callable[[str], bytes | None]) -> CalibrationShelf:
    return CalibrationShelf(
        root, read_plainly, model_id="made-up", model_sha256="11" * 32, pipeline_sha256="22" * 32, read_bank=read_bank
    )


def test_what_the_bank_accepted_beats_what_shipped(tmp_path: Path, make_calibration: Make) -> None:
    put(tmp_path, make_calibration())
    put(tmp_path, make_calibration(reference_kind=MESH), MESH)
    own = write_calibration(make_calibration(scope="bank", calibration_id="made-up/live-chip/2026-02-02"), {}).encode()
    one = with_bank(tmp_path, of_bank(own))
    assert (one.find(LIVE, CHIP).scope, one.find(LIVE, CHIP).calibration_id) == ("bank", "made-up/live-chip/2026-02-02")
    assert one.find(LIVE, MESH).scope == "factory", "the bank has none for these"
    assert one.factory(LIVE, CHIP).scope == "factory"


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"scope": "factory"}, "scope"), ({"pipeline_sha256": "33" * 32}, "pipeline"), ({"reference_kind": MESH}, "photo_kinds")],
)
def test_a_banks_own_that_does_not_fit_is_refused_not_passed_over(
    tmp_path: Path, make_calibration: Make, changed: dict[str, object], why: str
) -> None:
    put(tmp_path, make_calibration())
    own = write_calibration(make_calibration(**{"scope": "bank", **changed}), {}).encode()
    with pytest.raises(CalibrationMismatchError) as caught:
        with_bank(tmp_path, of_bank(own)).find(LIVE, CHIP)
    assert caught.value.facts["why"] == why


def test_a_banks_file_that_was_altered_is_refused(tmp_path: Path, make_calibration: Make) -> None:
    put(tmp_path, make_calibration())

    def altered(name: str) -> bytes | None:
        raise SettingsFileError("settings_altered", file=name)

    with pytest.raises(CalibrationMismatchError) as caught:
        with_bank(tmp_path, altered).find(LIVE, CHIP)
    assert caught.value.facts["why"] == "settings_altered"


def test_a_factory_file_that_says_it_is_a_banks_is_refused(tmp_path: Path, make_calibration: Make) -> None:
    put(tmp_path, make_calibration(scope="bank"))
    with pytest.raises(CalibrationMismatchError) as caught:
        shelf(tmp_path).find(LIVE, CHIP)
    assert caught.value.facts["why"] == "scope"


# ---------------------------------------------------------------- the back-end


def put_back_end(root: Path, **changed: str) -> Path:
    named = {"model_id": "made-up", "model_sha256": "11" * 32} | changed
    path = root / back_end_path("made-up")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_back_end(BackEnd(**named, mean=np.zeros(3), matrix=np.eye(3)), {}), encoding="utf-8")
    return path


def test_a_model_without_a_back_end_has_none(tmp_path: Path) -> None:
    assert shelf(tmp_path).back_end() is None


def test_the_back_end_of_the_model_is_read_once(tmp_path: Path) -> None:
    path = put_back_end(tmp_path)
    one = shelf(tmp_path)
    found = one.back_end()
    assert found is not None
    path.unlink()
    assert one.back_end() is found, "a running program does not change its back-end"


@pytest.mark.parametrize("changed", [{"model_id": "other"}, {"model_sha256": "33" * 32}])
def test_a_back_end_of_another_model_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    put_back_end(tmp_path, **changed)
    with pytest.raises(CalibrationMismatchError) as caught:
        shelf(tmp_path).back_end()
    assert caught.value.facts["why"] == "model"


def test_a_back_end_that_did_not_ship_is_refused(tmp_path: Path) -> None:
    put_back_end(tmp_path)
    with pytest.raises(CalibrationMismatchError) as caught:
        shelf(tmp_path, read_shipped).back_end()
    assert caught.value.facts["why"] == "settings_altered"
