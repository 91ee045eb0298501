"""The passive detector: its crop, its arithmetic on a network made here, and the real networks where they are installed."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from teller_assist.app import Installation
from teller_assist.errors import ModelAlteredError, ModelMissingError, QualityTooLowError
from teller_assist.evidence.pictures import FaceBox, Picture
from teller_assist.model_files.store import ModelState, ModelStore
from teller_assist.pad.passive import MODELS, PassiveDetector, PassiveModel, crop_around, open_passive


def face(x_px: float, y_px: float, width_px: float, height_px: float) -> FaceBox:
    return FaceBox(x_px, y_px, width_px, height_px, np.zeros((5, 2), np.float32), 0.9)


def picture(width_px: int = 640, height_px: int = 480, colour: tuple[int, int, int] = (90, 120, 150)) -> Picture:
    return Picture(np.full((height_px, width_px, 3), colour, np.uint8), "frame", "probe")


def network(*, channels: int = 3) -> onnxruntime.InferenceSession:
    """A network whose logits are the means of B, G and R as it is given them."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["input"], ["means"]),
        helper.make_node("Flatten", ["means"], ["logits"]),
    ]
    shape = (1, channels, 80, 80)
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (1, channels))],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])


# ---------------------------------------------------------------- the crop


def test_a_face_in_the_middle_is_cropped_about_its_centre() -> None:
    numbered = np.zeros((480, 640, 3), np.uint8)
    numbered[240, 320] = 255
    crop = crop_around(Picture(numbered, "frame", "probe"), face(300, 220, 40, 40), 2.7)
    assert crop.shape == (109, 109, 3)
    assert crop[54, 54].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("box", "corner"),
    [((0, 0, 60, 60), "top left"), ((580, 420, 60, 60), "bottom right"), ((-20, -20, 60, 60), "top left")],
)
def test_a_crop_at_the_edge_is_moved_inside_not_cut(box: tuple[float, float, float, float], corner: str) -> None:
    marked = np.zeros((480, 640, 3), np.uint8)
    marked[0, 0] = marked[479, 639] = 200
    crop = crop_around(Picture(marked, "frame", "probe"), face(*box), 2.7)
    assert abs(crop.shape[0] - 162) <= 1
    assert abs(crop.shape[1] - 162) <= 1
    assert int(crop[0, 0, 0] if corner == "top left" else crop[-1, -1, 0]) == 200


@pytest.mark.full
@given(st.floats(0, 639), st.floats(0, 479), st.floats(2, 900), st.floats(2, 900), st.sampled_from(sorted(MODELS.values())))
def test_every_crop_lies_inside_the_frame_and_keeps_the_box_s_proportions(
    centre_x: float, centre_y: float, width: float, height: float, scale: float
) -> None:
    crop = crop_around(picture(), face(centre_x - width / 2, centre_y - height / 2, width, height), scale)
    assert 1 <= crop.shape[0] <= 480
    assert 1 <= crop.shape[1] <= 640
    fitting = min(scale, 639 / width, 479 / height)
    assert abs(crop.shape[1] - fitting * width) <= 2
    assert abs(crop.shape[0] - fitting * height) <= 2


@pytest.mark.parametrize("box", [(700, 100, 50, 50), (-60, 100, 50, 50), (10, 500, 50, 50), (10, 10, 0.5, 50)])
def test_a_box_outside_the_frame_is_no_face_to_judge(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(QualityTooLowError) as caught:
        crop_around(picture(), face(*box), 2.7)
    assert caught.value.facts == {"file": "probe", "why": "face_outside"}


# ---------------------------------------------------------------- the arithmetic


def test_the_networks_get_blue_green_red_from_0_to_255_and_index_1_counts() -> None:
    detector = PassiveDetector([PassiveModel("means", network(), 2.7)])
    box = face(300, 220, 40, 40)
    greener = detector.pad_score(picture(colour=(100, 101, 100)), box)
    assert greener == pytest.approx(np.e / (np.e + 2), abs=1e-6)
    assert detector.pad_score(picture(colour=(200, 100, 0)), box) == pytest.approx(0.0, abs=1e-9)


def test_the_score_is_the_mean_of_both_networks_each_with_its_own_crop() -> None:
    ringed = np.full((480, 640, 3), (0, 255, 0), np.uint8)
    ringed[180:300, 260:380] = (255, 0, 0)  # 3 times the face's box: all that the smaller crop sees
    detector = PassiveDetector([PassiveModel("near", network(), 2.7), PassiveModel("wide", network(), 8.0)])
    assert detector.pad_score(Picture(ringed, "frame", "probe"), face(300, 220, 40, 40)) == pytest.approx(0.5, abs=1e-6)


def test_a_network_that_does_not_run_is_said_to_be_altered() -> None:
    detector = PassiveDetector([PassiveModel("one_channel", network(channels=1), 2.7)])
    with pytest.raises(ModelAlteredError) as caught:
        detector.pad_score(picture(), face(300, 220, 40, 40))
    assert caught.value.facts == {"model": "one_channel", "why": "not_run"}


# ---------------------------------------------------------------- the real networks


def test_without_its_files_the_detector_is_missing(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ModelMissingError):
        open_passive(ModelStore(installation.model_store.manifest, tmp_path_factory.mktemp("empty")))


@pytest.fixture(scope="module")
def detector(installation: Installation) -> PassiveDetector:
    store = installation.model_store
    lacking = [name for name in MODELS if store.state(store.manifest.entry(name)) is not ModelState.READY]
    if lacking:
        pytest.skip(f"not fetched on this machine (teller-assist models fetch): {', '.join(lacking)}")
    return open_passive(store)


def test_a_photograph_of_a_living_person_reads_bona_fide(
    detector: PassiveDetector, installation: Installation, astronaut: Picture
) -> None:
    found = installation.detector.detect(astronaut)[0]
    assert detector.pad_score(astronaut, found) > 0.5


def test_a_face_on_its_head_says_nothing_either_way(
    detector: PassiveDetector, installation: Installation, astronaut: Picture
) -> None:
    turned = Picture(np.ascontiguousarray(astronaut.pixels[::-1, ::-1]), "frame", "probe")
    with pytest.raises(QualityTooLowError) as caught:
        detector.pad_score(turned, installation.detector.detect(turned)[0])
    assert caught.value.facts["why"] == "face_turned"


def test_the_same_frame_gives_the_same_score(detector: PassiveDetector, installation: Installation, astronaut: Picture) -> None:
    found = installation.detector.detect(astronaut)[0]
    assert detector.pad_score(astronaut, found) == detector.pad_score(astronaut, found)
