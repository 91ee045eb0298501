from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_file import calibration_path, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError
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
