from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.app import Installation
from teller_assist.errors import SettingsFileError
from teller_assist.evidence.measurements import AssessedQuality, QualityName, UnassessedQuality
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.quality import QualityMapping, advice_from, lip_redness, measure_quality, read_quality_mappings
from teller_assist.wording import sentence

Mappings = Mapping[QualityName, QualityMapping]
POSE = (QualityName.HEAD_POSE_YAW, QualityName.HEAD_POSE_PITCH, QualityName.HEAD_POSE_ROLL)
SMALLER_IS_BETTER = (QualityName.UNDER_EXPOSURE_PREVENTION, QualityName.OVER_EXPOSURE_PREVENTION)
NATIVES = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def text(installation: Installation) -> str:
    return (installation.root / "config" / "quality.toml").read_text(encoding="utf-8")


# ---------------------------------------------------------------- mappings


@pytest.mark.parametrize("name", QualityName)
@given(native=NATIVES)
def test_a_value_is_a_whole_number_from_0_to_100(mappings: Mappings, name: QualityName, native: float) -> None:
    value = mappings[name].value_of(native)
    assert isinstance(value, int)
    assert 0 <= value <= 100


@pytest.mark.parametrize("name", QualityName)
@given(one=st.floats(-90, 90), other=st.floats(-90, 90))
def test_the_better_of_two_measurements_never_has_the_lower_value(
    mappings: Mappings, name: QualityName, one: float, other: float
) -> None:
    mapping = mappings[name]
    if name in POSE:
        worse, better = sorted((one, other), key=abs, reverse=True)
    else:
        worse, better = sorted((one, other), reverse=name in SMALLER_IS_BETTER)
    assert mapping.value_of(worse) <= mapping.value_of(better)


@pytest.mark.parametrize("name", POSE)
def test_a_straight_head_has_the_best_value_and_left_is_as_good_as_right(mappings: Mappings, name: QualityName) -> None:
    assert mappings[name].value_of(0.0) == 100
    for degrees in (10, 45, 80):
        expected = round(100 * math.cos(math.radians(degrees)) ** 2)
        assert mappings[name].value_of(degrees) == mappings[name].value_of(-degrees) == expected
    assert mappings[name].value_of(90) == mappings[name].value_of(179) == 0


@pytest.mark.parametrize("native", [1e300, -1e300])
def test_a_measurement_far_outside_does_not_overflow(mappings: Mappings, native: float) -> None:
    assert mappings[QualityName.SHARPNESS].value_of(native) == (100 if native > 0 else 0)


def test_every_component_that_ships_coaches_with_a_sentence(mappings: Mappings) -> None:
    assert set(mappings) == set(QualityName)
    for name, mapping in mappings.items():
        assert 0 < mapping.advise_below < 100, name
        assert sentence("advice", mapping.advice).zh.endswith("。")
        assert sentence("quality", name.value).zh


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema =", "schema"),
        ('"quality/1"', '"quality/2"'),
        ("[Sharpness]", "[Blur]"),
        ("centre = 8.0", ""),
        ("centre = 8.0", 'centre = "eight"'),
        ("centre = 8.0", "centre = nan"),
        ("centre = 8.0", "centre = [8.0]"),
        ("width = 2.5", "width = 0.0"),
        ("width = 2.5", "width = inf"),
        ('form = "sigmoid"', 'form = "linear"'),
        ('form = "sigmoid"', ""),
        ("advise_below = 20", "advise_below = inf"),
        ("advise_below = 20", "advise_below = 101"),
        ("advise_below = 20", "advise_below = -1"),
        ("advise_below = 20", 'advise_below = "20"'),
        ('advice = "picture_blurred"', ""),
        ('advice = "picture_blurred"', "advice = 3"),
        ('advice = "picture_blurred"', 'advice = ""'),
    ],
)
def test_a_broken_file_stops_the_start(text: str, old: str, new: str) -> None:
    assert old in text
    with pytest.raises(SettingsFileError) as caught:
        read_quality_mappings(text.replace(old, new))
    assert (caught.value.reason, caught.value.facts) == ("settings_unreadable", {"file": "quality.toml"})


@pytest.mark.parametrize("content", ["", "Sharpness = 3", "[[Sharpness]]", "\0"])
def test_what_is_no_quality_file_stops_the_start(content: str) -> None:
    with pytest.raises(SettingsFileError):
        read_quality_mappings(content)


# ---------------------------------------------------------------- measuring


@pytest.fixture
def natives(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> Callable[..., dict[QualityName, float]]:
    """Native values of a changed aligned face."""

    def measured(change: Callable[[Pixels], Pixels] = lambda pixels: pixels) -> dict[QualityName, float]:
        components = measure_quality(astronaut, astronaut_face, change(aligned), mappings)
        return {one.name: one.native for one in components if isinstance(one, AssessedQuality)}

    return measured


def brightened(factor: float, offset: float = 0.0) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.clip(pixels * factor + offset, 0, 255).astype(np.uint8)


def test_a_good_portrait_is_good_in_every_component(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> None:
    components = measure_quality(astronaut, astronaut_face, aligned, mappings)
    assert [one.name for one in components] == list(QualityName)
    assert all(isinstance(one, AssessedQuality) and one.value > 60 for one in components)
    assert advice_from(components, mappings) == ()


def test_sharpness_falls_with_every_step_of_blur(natives: Callable[..., dict[QualityName, float]]) -> None:
    steps = [natives()[QualityName.SHARPNESS]]
    for sigma in (0.7, 1.5, 3.0, 6.0):
        blurred = natives(lambda pixels, s=sigma: np.asarray(cv2.GaussianBlur(pixels, (0, 0), s), np.uint8))
        steps.append(blurred[QualityName.SHARPNESS])
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] < 0.2 * steps[0]


def test_darkness_and_glare_each_fall_into_their_own_component(natives: Callable[..., dict[QualityName, float]]) -> None:
    under, over = QualityName.UNDER_EXPOSURE_PREVENTION, QualityName.OVER_EXPOSURE_PREVENTION
    plain, dark, darker = natives(), natives(brightened(0.2)), natives(brightened(0.05))
    assert plain[under] < dark[under] < darker[under]
    assert darker[over] == 0
    bright, brighter = natives(brightened(1.6)), natives(brightened(1.6, 90))
    assert plain[over] < bright[over] < brighter[over]
    assert brighter[under] <= plain[under]


def test_bad_pictures_coach_in_plain_codes(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> None:
    def advice(change: Callable[[Pixels], Pixels]) -> tuple[str, ...]:
        return advice_from(measure_quality(astronaut, astronaut_face, change(aligned), mappings), mappings)

    assert "picture_dark" in advice(brightened(0.1))
    assert "picture_bright" in advice(brightened(2.5, 60))
    assert advice(lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), 5), np.uint8)) == ("picture_blurred",)


def test_a_small_face_is_asked_to_come_closer(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> None:
    far = replace(astronaut_face, landmarks=astronaut_face.landmarks * np.float32(0.3))
    assert advice_from(measure_quality(astronaut, far, aligned, mappings), mappings) == ("face_small",)


def test_what_could_not_be_assessed_is_no_low_value_and_coaches_nobody(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> None:
    nowhere = replace(astronaut_face, landmarks=np.full((5, 2), 200, np.float32))
    components = {one.name: one for one in measure_quality(astronaut, nowhere, aligned, mappings)}
    for name in POSE:
        assert components[name] == UnassessedQuality(name, "pose_unexplained")
        assert not hasattr(components[name], "value")
    assert sentence("not_assessed", "pose_unexplained").zh
    assert "head_turned" not in advice_from(tuple(components.values()), mappings)


# ---------------------------------------------------------------- a covered mouth


def covered(aligned: Pixels, colour: tuple[int, int, int]) -> Pixels:
    masked = aligned.copy()
    masked[74:, 18:94] = colour
    return masked


@pytest.mark.parametrize("colour", [(210, 180, 140), (235, 235, 235), (40, 40, 40), (120, 160, 90)])
def test_a_mask_of_any_usual_colour_takes_the_red_from_the_mouth(
    aligned: Pixels, mappings: Mappings, colour: tuple[int, int, int]
) -> None:
    mapping = mappings[QualityName.MOUTH_OCCLUSION_PREVENTION]
    bare, masked = lip_redness(aligned), lip_redness(covered(aligned, colour))
    assert bare is not None
    assert masked is not None
    assert mapping.value_of(bare) > 80
    assert mapping.value_of(masked) < mapping.advise_below


def test_without_colour_nobody_knows_whether_the_mouth_is_covered(
    astronaut: Picture, astronaut_face: FaceBox, aligned: Pixels, mappings: Mappings
) -> None:
    grey = np.repeat(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY)[:, :, None], 3, axis=2)
    assert lip_redness(np.ascontiguousarray(grey)) is None
    measured = measure_quality(astronaut, astronaut_face, np.ascontiguousarray(grey), mappings)
    (component,) = [one for one in measured if one.name is QualityName.MOUTH_OCCLUSION_PREVENTION]
    assert component == UnassessedQuality(QualityName.MOUTH_OCCLUSION_PREVENTION, "no_colour")
    assert sentence("not_assessed", "no_colour").zh
    assert "mouth_covered" not in advice_from(measured, mappings)
