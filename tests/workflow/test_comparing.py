from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import NotStated, StatedRate
from teller_assist.comparison.llr import LlrReading
from teller_assist.decision.outcome import EXCUSING_ADVICE
from teller_assist.errors import CalibrationMismatchError, NoFaceError
from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.quality import read_quality_mappings
from teller_assist.face.turning import turn
from teller_assist.wording import sentence
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer

MakeComparer = Callable[..., PictureComparer]
LIVE, CHIP, MESH, MESH_HEAVY, CLEAN = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.MESH_HEAVY, PhotoKind.CLEAN


def as_picture(pixels: Pixels, role: str = "reference") -> Picture:
    return Picture(np.ascontiguousarray(pixels), "frame", role)


@pytest.fixture(scope="module")
def stranger(installation: Installation, six_persons: Path) -> Picture:
    """One of the six persons, cut out."""
    group = installation.read_picture(six_persons, role="reference")
    face = installation.detector.detect(group)[0]
    x, y, w, h = (round(v) for v in (face.x_px, face.y_px, face.width_px, face.height_px))
    return as_picture(group.pixels[max(0, y - 40) : y + h + 40, max(0, x - 40) : x + w + 40])


@pytest.fixture(scope="module")
def small_copy(astronaut: Picture) -> Picture:
    """The astronaut again, as small as a chip portrait and blurred by JPEG."""
    small = cv2.resize(astronaut.pixels[10:268, 120:329], (102, 126), interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return as_picture(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


def compare(comparer: PictureComparer, probe: Picture, reference: Picture, kind: PhotoKind = CHIP) -> ComparisonAnswer:
    return comparer.compare(probe, reference, probe_kind=LIVE, reference_kind=kind)


def test_the_same_person_is_a_match_with_all_its_readings(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    answer = compare(make_comparer(CHIP), astronaut, small_copy)
    assert answer.outcome is Outcome.MATCH
    assert isinstance(answer.llr, LlrReading)
    assert answer.llr.value > 0
    assert isinstance(answer.fmr_at_score, StatedRate)
    assert answer.calibration_scope == "factory"
    assert "factory_calibration" in answer.advice
    assert set(answer.latency_ms) == {"total", "detect", "features", "quality"}
    assert answer.latency_ms["total"] >= answer.latency_ms["detect"] + answer.latency_ms["features"]


def test_a_stranger_is_a_non_match(make_comparer: MakeComparer, astronaut: Picture, stranger: Picture) -> None:
    answer = compare(make_comparer(CHIP), astronaut, stranger)
    assert answer.outcome is Outcome.NON_MATCH
    assert isinstance(answer.llr, LlrReading)
    assert answer.llr.value < 0


@pytest.mark.full
def test_the_reading_against_a_relative_is_given_on_a_pass_only(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture, stranger: Picture
) -> None:
    comparer = make_comparer(CHIP)
    band = compare(comparer, astronaut, small_copy).relative_band
    assert isinstance(band, tuple)
    assert -1 < band[0] < band[1] < 1, "it says next to nothing"
    assert compare(comparer, astronaut, stranger).relative_band == NotStated("only_on_a_pass", 0)


@pytest.mark.full
def test_a_stricter_threshold_for_another_group_is_no_evidence_for_a_relative(
    make_comparer: MakeComparer, make_calibration: Callable[..., Calibration], astronaut: Picture, small_copy: Picture
) -> None:
    strict = {
        target: replace(entry, pass_rate=replace(entry.pass_rate, value=0.1)) if isinstance(entry, Threshold) else entry
        for target, entry in make_calibration().thresholds.items()
    }
    usual = compare(make_comparer(CHIP), astronaut, small_copy).relative_band
    assert compare(make_comparer(CHIP, thresholds=strict), astronaut, small_copy).relative_band == usual


def test_without_a_calibration_it_cannot_tell_and_says_why(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    answer = compare(make_comparer(), astronaut, small_copy)
    assert answer.outcome is Outcome.INCONCLUSIVE
    assert (answer.calibration_scope, answer.advice[-1]) == ("none", "calibration_missing")
    nothing = NotStated("no_calibration", 0)
    assert (answer.fmr_at_score, answer.fnmr_at_score, answer.llr, answer.relative_band) == (nothing,) * 4
    assert set(answer.thresholds.values()) == {nothing}


def test_a_calibration_of_another_pipeline_stops_the_comparison(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    with pytest.raises(CalibrationMismatchError):
        compare(make_comparer(CHIP, pipeline_sha256="33" * 32), astronaut, small_copy)


def test_a_target_that_is_not_stated_decides_nothing(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    answer = compare(make_comparer(CHIP, groups=[("g", True, 40_000, 0.05, 0.1)]), astronaut, small_copy)
    assert answer.outcome is Outcome.INCONCLUSIVE
    assert isinstance(answer.fmr_at_score, StatedRate), "a rate at the score may still be stated"


def test_a_reading_at_the_edge_of_the_calibration_says_so(make_comparer: MakeComparer, astronaut: Picture) -> None:
    answer = compare(make_comparer(CHIP), astronaut, astronaut)
    assert isinstance(answer.llr, LlrReading)
    assert answer.llr.clamped
    assert "calibration_clamped" in answer.advice


def test_which_picture_comes_first_changes_the_roles_not_the_score(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    comparer = make_comparer(CHIP)
    one = compare(comparer, astronaut, small_copy)
    other = compare(comparer, as_picture(small_copy.pixels, "probe"), as_picture(astronaut.pixels))
    assert one.score_raw == other.score_raw
    assert one.probe.quality == other.reference.quality
    assert one.reference.quality == other.probe.quality
    assert one.request_id != other.request_id


@pytest.mark.full
def test_a_picture_scores_with_itself_at_least_as_high_as_with_any_other(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture, stranger: Picture
) -> None:
    comparer = make_comparer(CHIP)
    pictures = [astronaut, small_copy, stranger]
    for probe in pictures:
        itself = compare(comparer, probe, probe).score_raw
        assert itself == pytest.approx(1.0, abs=1e-12)
        assert all(compare(comparer, probe, other).score_raw <= itself for other in pictures)


@pytest.mark.parametrize("reference_is_empty", [True, False])
def test_a_picture_without_a_face_is_named_by_its_role(
    make_comparer: MakeComparer, astronaut: Picture, reference_is_empty: bool
) -> None:
    blank = np.full((200, 200, 3), 90, np.uint8)
    pair = (astronaut, as_picture(blank)) if reference_is_empty else (as_picture(blank, "probe"), as_picture(astronaut.pixels))
    with pytest.raises(NoFaceError) as caught:
        compare(make_comparer(CHIP), *pair)
    assert caught.value.facts["file"] == ("reference" if reference_is_empty else "probe")


@pytest.fixture(scope="module")
def authority_photo(installation: Installation, astronaut: Picture) -> Callable[[PhotoKind], Picture]:
    """The astronaut's networked-verification photo: with a medium or heavy mesh, or clean."""
    portrait = prepare_portrait(astronaut.pixels, installation.detector.detect(astronaut)[0].landmarks)
    return lambda kind: as_picture(render(portrait, kind, rng_for("astronaut", kind, 2)).pixels)


@pytest.mark.parametrize("told", [MESH, MESH_HEAVY, CLEAN])
@pytest.mark.parametrize("shown", [MESH, MESH_HEAVY, CLEAN])
def test_a_mesh_is_seen_whatever_the_photo_is_said_to_be(
    make_comparer: MakeComparer,
    astronaut: Picture,
    authority_photo: Callable[[PhotoKind], Picture],
    told: PhotoKind,
    shown: PhotoKind,
) -> None:
    answer = compare(make_comparer(MESH, MESH_HEAVY, CLEAN), astronaut, authority_photo(shown), told)
    assert (answer.reference_kind, answer.calibration_id) == (shown, f"sface-2021dec/live-{shown}/2026-01-01")
    assert answer.mesh is not None
    assert answer.mesh.has_lines == (shown is not CLEAN)


def test_a_clean_photo_has_the_very_features_it_has_without_any_removal(
    installation: Installation, make_comparer: MakeComparer, authority_photo: Callable[[PhotoKind], Picture]
) -> None:
    photo = authority_photo(CLEAN)
    measured, mesh = make_comparer(CLEAN).measure_reference(photo, CLEAN)
    assert mesh is not None
    assert np.array_equal(measured.features.vector, installation.measurer.measure(photo).features.vector)


@pytest.mark.full
@pytest.mark.parametrize(("kind", "gain"), [(MESH, 0.0), (MESH_HEAVY, 0.1)])
def test_without_its_lines_a_photo_is_more_like_the_clean_one(
    installation: Installation,
    make_comparer: MakeComparer,
    authority_photo: Callable[[PhotoKind], Picture],
    kind: PhotoKind,
    gain: float,
) -> None:
    measured, _ = make_comparer(kind).measure_reference(authority_photo(kind), kind)
    clean, as_it_came = (installation.measurer.measure(authority_photo(one)) for one in (CLEAN, kind))
    likeness = [float(one.features.vector @ clean.features.vector) for one in (as_it_came, measured)]
    assert likeness[1] > likeness[0] + gain


@pytest.mark.full
@pytest.mark.parametrize("kind", [MESH, MESH_HEAVY])
def test_a_mesh_photo_against_itself_scores_highest(
    make_comparer: MakeComparer, astronaut: Picture, authority_photo: Callable[[PhotoKind], Picture], kind: PhotoKind
) -> None:
    comparer, photo = make_comparer(MESH, MESH_HEAVY, CLEAN), authority_photo(kind)
    with_itself = compare(comparer, as_picture(photo.pixels.copy(), "probe"), photo, MESH)
    assert with_itself.score_raw == pytest.approx(1, abs=1e-6)
    assert with_itself.probe.role == "probe"
    for other in (astronaut, authority_photo(CLEAN)):
        assert compare(comparer, other, photo, MESH).score_raw < with_itself.score_raw


def test_only_an_authority_photo_is_looked_at_for_a_mesh(
    make_comparer: MakeComparer, astronaut: Picture, small_copy: Picture
) -> None:
    assert compare(make_comparer(CHIP), astronaut, small_copy).mesh is None


@pytest.mark.full
def test_where_no_face_is_found_under_a_mesh_the_layout_says_where_it_is(
    make_comparer: MakeComparer, astronaut: Picture, stranger: Picture
) -> None:
    y, x = np.mgrid[:220, :178]
    lines = (((x + y) % 16 < 2) | ((x - y) % 16 < 2))[:, :, None]
    faceless = as_picture(np.where(lines, 60, np.full((220, 178, 3), 200)).astype(np.uint8))
    answer = compare(make_comparer(MESH, MESH_HEAVY), astronaut, faceless, MESH)
    assert "aligned_by_layout" in answer.advice
    assert answer.reference.face.detection_score == 0
    # A face that nobody saw tells nobody to be another person, although a score as low says so of one that was seen.
    assert answer.outcome is Outcome.INCONCLUSIVE
    seen = compare(make_comparer(CHIP), astronaut, stranger)
    assert seen.outcome is Outcome.NON_MATCH
    assert answer.score_raw <= seen.score_raw + 0.1
    assert sentence("advice", "aligned_by_layout").zh
    with pytest.raises(NoFaceError):
        compare(make_comparer(CHIP), astronaut, faceless)


@pytest.mark.full
def test_a_face_whose_mouth_is_covered_is_never_told_to_be_another_persons(
    make_comparer: MakeComparer, astronaut: Picture, stranger: Picture
) -> None:
    assert compare(make_comparer(CHIP), astronaut, stranger).outcome is Outcome.NON_MATCH
    masked = astronaut.pixels.copy()
    cv2.rectangle(masked, (196, 122), (254, 168), (210, 180, 140), cv2.FILLED)
    answer = compare(make_comparer(CHIP), as_picture(masked, "probe"), stranger)
    assert answer.outcome is Outcome.INCONCLUSIVE
    assert "mouth_covered" in answer.advice


@pytest.mark.full
def test_a_face_that_does_not_stand_upright_is_never_told_to_be_another_persons(
    make_comparer: MakeComparer, astronaut: Picture, stranger: Picture
) -> None:
    for turn_deg in (180, 45):
        turned = as_picture(turn(astronaut.pixels, turn_deg).pixels, "probe")
        answer = compare(make_comparer(CHIP), turned, stranger)
        assert answer.outcome is Outcome.INCONCLUSIVE
        assert not EXCUSING_ADVICE.isdisjoint(answer.advice)


def test_what_excuses_is_advice_that_the_mappings_give(installation: Installation) -> None:
    text = (installation.root / "config" / "quality.toml").read_text(encoding="utf-8")
    assert EXCUSING_ADVICE - {"picture_turned"} <= {one.advice for one in read_quality_mappings(text).values()}
    assert all(sentence("advice", code).zh for code in EXCUSING_ADVICE)
