from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.decision.judgement import TRIANGLE, EdgeName
from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.portraits_view import portraits_view
from teller_assist.workflow.triangle import MeasuredPhoto, Triangle
from tests.stand_ins.equipment import portrait_of


@pytest.fixture
def triangle(installation: Installation) -> Triangle:
    return Triangle(installation.measurer, installation.comparer)


@pytest.fixture
def live(installation: Installation, astronaut: Picture) -> MeasuredPhoto:
    return MeasuredPhoto.of(astronaut, installation.measurer.measure(astronaut))


def test_each_pair_is_compared_with_its_own_calibration(triangle: Triangle, live: MeasuredPhoto, astronaut: Picture) -> None:
    chip = triangle.measure_photo(portrait_of(astronaut), has_mesh=False)
    photo = triangle.measure_photo(portrait_of(astronaut), has_mesh=True)
    printed = triangle.measure_photo(portrait_of(astronaut, role="recapture"), has_mesh=False)
    edges = triangle.compare(live, chip, photo, printed=printed)
    kinds = {}
    for name in EdgeName:
        answer = edges[name].answer
        assert answer is not None
        kinds[name] = (answer.probe_kind, answer.calibration_id.split("/")[1].split("-")[0])
    assert kinds[EdgeName.LIVE_CHIP] == (PhotoKind.LIVE, "live")
    assert kinds[EdgeName.CHIP_NETCHECK] == (PhotoKind.CHIP, "chip")
    answer = edges[EdgeName.LIVE_PRINTED].answer
    assert answer is not None
    assert answer.calibration_id.split("/")[1] == "live-recapture"
    assert EdgeName.LIVE_PRINTED not in triangle.compare(live, chip, photo), "no card was scanned"


def test_the_answer_is_the_same_as_comparing_the_two_pictures(
    installation: Installation, triangle: Triangle, live: MeasuredPhoto, astronaut: Picture
) -> None:
    chip = triangle.measure_photo(portrait_of(astronaut), has_mesh=False)
    answer = triangle.compare(live, chip, None)[EdgeName.LIVE_CHIP].answer
    direct = installation.comparer.compare(
        astronaut, portrait_of(astronaut), probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP
    )
    assert answer is not None
    assert answer.score_raw == pytest.approx(direct.score_raw, abs=1e-6)


@pytest.mark.parametrize("known", [False, True])
def test_a_portrait_on_its_head_is_turned_upright_only_where_its_orientation_is_not_known(
    triangle: Triangle, live: MeasuredPhoto, astronaut: Picture, known: bool
) -> None:
    upright = portrait_of(astronaut)
    on_its_head = replace(upright, pixels=np.ascontiguousarray(upright.pixels[::-1, ::-1]))
    chip = triangle.measure_photo(on_its_head, has_mesh=False, orientation_known=known)
    assert (chip.picture.pixels == (on_its_head if known else upright).pixels).all()
    assert chip.measurement is not None
    assert ("picture_turned" in chip.measurement.advice) is known
    if not known:
        straight = triangle.compare(live, triangle.measure_photo(upright, has_mesh=False), None)[EdgeName.LIVE_CHIP].answer
        turned = triangle.compare(live, chip, None)[EdgeName.LIVE_CHIP].answer
        assert straight is not None
        assert turned is not None
        assert turned.score_raw == pytest.approx(straight.score_raw, abs=1e-6)


def test_an_upright_portrait_of_unknown_orientation_stays_as_it_came(triangle: Triangle, astronaut: Picture) -> None:
    upright = portrait_of(astronaut)
    assert triangle.measure_photo(upright, has_mesh=False, orientation_known=False).picture is upright


def test_a_photo_without_a_face_says_why_and_is_still_shown(triangle: Triangle, live: MeasuredPhoto) -> None:
    blank = triangle.measure_photo(Picture(np.full((126, 102, 3), 128, np.uint8), "JPEG", "reference"), has_mesh=False)
    assert (blank.measurement, blank.why_not) == (None, "no_face")
    assert (blank.shown == 128).all()
    edges = triangle.compare(live, blank, None)
    assert (edges[EdgeName.LIVE_CHIP].answer, edges[EdgeName.LIVE_CHIP].absent) == (None, "no_face")


@pytest.mark.full
def test_a_photo_with_a_mesh_is_shown_as_it_came_with_the_restored_one_beside_it(
    installation: Installation, triangle: Triangle, astronaut: Picture
) -> None:
    portrait = prepare_portrait(astronaut.pixels, installation.detector.detect(astronaut)[0].landmarks)
    mesh, clean = (
        Picture(render(portrait, kind, rng_for("astronaut", kind, 3)).pixels, "JPEG", "reference")
        for kind in (PhotoKind.MESH_HEAVY, PhotoKind.CLEAN)
    )
    photo = triangle.measure_photo(mesh, has_mesh=True)
    assert photo.picture is mesh
    assert photo.restored is not None
    shown, original = photo.restored
    assert shown.shape == photo.shown.shape
    assert np.abs(original.shape[0] - photo.original.shape[0]) <= 1
    beside = triangle.measure_photo(clean, has_mesh=True)
    assert beside.restored is None  # nothing was taken out

    def far(one: np.ndarray) -> float:
        return float(np.abs(one.astype(np.float32) - beside.shown).mean())

    assert far(shown) < far(photo.shown)  # the photo's portrait still has its lines
    assert triangle.measure_photo(mesh, has_mesh=False).restored is None


def test_a_photo_without_a_visible_face_under_its_mesh_says_in_the_window_how_it_was_aligned(triangle: Triangle) -> None:
    y, x = np.mgrid[:220, :178]
    lines = (((x + y) % 16 < 2) | ((x - y) % 16 < 2))[:, :, None]
    faceless = Picture(np.where(lines, 60, np.full((220, 178, 3), 200)).astype(np.uint8), "JPEG", "reference")
    nobody = Customer(1, BusinessKind.ACCOUNT_OPENING)
    customer = replace(nobody, netcheck_photo=triangle.measure_photo(faceless, has_mesh=True))
    assert portraits_view(customer, authority_answers=True).netcheck.by_layout
    assert portraits_view(nobody, authority_answers=True).netcheck.by_layout is False


def test_absent_photos_are_named_by_their_side(triangle: Triangle, live: MeasuredPhoto) -> None:
    edges = triangle.compare(live, None, None)
    assert {name: edges[name].absent for name in edges} == dict.fromkeys(TRIANGLE, "no_photo")
    assert triangle.compare(None, live, None)[EdgeName.LIVE_CHIP].absent == "no_capture"
