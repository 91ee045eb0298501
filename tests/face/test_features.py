from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from teller_assist.app import Installation
from teller_assist.comparison.scores import comparison_score
from teller_assist.errors import BugError, QualityTooLowError
from teller_assist.evidence.measurements import Features
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.features import FeatureExtractor, mean_features
from teller_assist.model_files.sessions import open_onnx
from teller_assist.workflow.opening import EXTRACTOR_ID


@pytest.fixture(scope="module")
def session(installation: Installation) -> onnxruntime.InferenceSession:
    store = installation.model_store
    return open_onnx(store, store.manifest.entry(EXTRACTOR_ID))


@pytest.fixture(scope="module")
def extractor(session: onnxruntime.InferenceSession) -> FeatureExtractor:
    return FeatureExtractor(session, model_id=EXTRACTOR_ID)


def made_up_extractor(factor: float) -> FeatureExtractor:
    """The mean of each colour times a factor."""
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "factor"], ["y"]),
    ]
    stored = [
        numpy_helper.from_array(np.array([2, 3], np.int64), "axes"),
        numpy_helper.from_array(np.array([factor], np.float32), "factor"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 112, 112])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])
    graph = helper.make_graph(nodes, "g", [x], [y], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return FeatureExtractor(onnxruntime.InferenceSession(model.SerializeToString()), model_id="made-up")


def test_features_are_128_numbers_of_length_one(extractor: FeatureExtractor, aligned: Pixels) -> None:
    found = extractor.extract(aligned, role="probe")
    assert found.vector.shape == (128,)
    assert found.vector.dtype == np.float32
    assert found.model_id == EXTRACTOR_ID
    assert np.linalg.norm(found.vector.astype(np.float64)) == pytest.approx(1.0, abs=1e-6)


def test_features_never_print_and_cannot_be_changed(extractor: FeatureExtractor, aligned: Pixels) -> None:
    found = extractor.extract(aligned, role="probe")
    assert repr(found) == str(found) == f"{found}" == f"Features({EXTRACTOR_ID}, ***)"
    with pytest.raises(ValueError, match="read-only"):
        found.vector[0] = 0


def test_a_whole_measurement_prints_no_feature(installation: Installation, astronaut: Picture) -> None:
    measured = installation.measurer.measure(astronaut)
    assert str(float(measured.features.vector[0]))[:6] not in repr(measured)
    assert "***" in repr(measured)


def test_the_same_face_gives_the_same_bits(extractor: FeatureExtractor, aligned: Pixels) -> None:
    first = extractor.extract(aligned, role="probe").vector.tobytes()
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: extractor.extract(aligned.copy(), role="probe").vector.tobytes(), range(8)))
    assert set(again) == {first}


def test_the_model_reads_red_green_blue() -> None:
    blue = np.zeros((112, 112, 3), np.uint8)
    blue[:, :, 0] = 200
    np.testing.assert_allclose(made_up_extractor(1.0).extract(blue, role="probe").vector, [0, 0, 1])


@pytest.mark.parametrize("factor", [0.0, float("nan"), float("inf")])
def test_an_answer_that_is_no_direction_is_refused_not_compared(factor: float, aligned: Pixels) -> None:
    with pytest.raises(QualityTooLowError) as caught:
        made_up_extractor(factor).extract(aligned, role="reference")
    assert caught.value.facts == {"file": "reference", "component": "features"}


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((112, 112), np.uint8), np.zeros((3, 112, 112), np.uint8), np.zeros((112, 112, 3), np.float32)],
)
def test_what_is_no_aligned_face_is_our_own_fault(extractor: FeatureExtractor, wrong: Pixels) -> None:
    with pytest.raises(BugError):
        extractor.extract(wrong, role="probe")


def test_features_of_two_models_cannot_be_compared(extractor: FeatureExtractor, aligned: Pixels) -> None:
    found = extractor.extract(aligned, role="probe")
    with pytest.raises(BugError):
        comparison_score(found, Features(found.vector, "another"))


def test_the_model_runs_on_one_thread_that_does_not_spin(session: onnxruntime.InferenceSession) -> None:
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.execution_mode == onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    assert session.get_providers() == ["CPUExecutionProvider"]


@pytest.mark.full
def test_people_are_told_apart_and_recognised(installation: Installation, astronaut: Picture, six_persons: Path) -> None:
    """Each of six persons, cut out, scores higher with a smaller copy of the same face than with anybody else."""
    group = installation.read_picture(six_persons, role="probe")
    cut = []
    for face in installation.detector.detect(group):
        x, y, w, h = (round(v) for v in (face.x_px, face.y_px, face.width_px, face.height_px))
        cut.append(group.pixels[max(0, y - h // 3) : y + h + h // 3, max(0, x - w // 3) : x + w + w // 3])
    whole = [installation.measurer.measure(Picture(np.ascontiguousarray(one), "frame", "probe")).features for one in cut]
    small = [
        installation.measurer.measure(Picture(np.ascontiguousarray(one[::2, ::2]), "frame", "probe")).features for one in cut
    ]
    scores = np.array([[comparison_score(a, b) for b in small] for a in whole])
    np.testing.assert_array_equal(scores.argmax(axis=1), range(6))
    assert np.diag(scores).min() > scores[~np.eye(6, dtype=bool)].max() + 0.2


@pytest.mark.full
def test_frames_of_one_person_are_averaged_and_only_their_features(installation: Installation, astronaut: Picture) -> None:
    measurer = installation.measurer
    noisy = []
    for seed in range(3):
        pixels = astronaut.pixels + np.random.default_rng(seed).normal(0, 25, astronaut.pixels.shape)
        noisy.append(Picture(np.clip(pixels, 0, 255).astype(np.uint8), "frame", "probe"))
    first, *others = (measurer.look(one) for one in noisy)
    alone, averaged = measurer.extract(first), measurer.extract(first, others)
    clean = measurer.measure(astronaut).features
    assert comparison_score(averaged.features, clean) > comparison_score(alone.features, clean)
    assert np.linalg.norm(averaged.features.vector) == pytest.approx(1.0, abs=1e-6)
    assert not averaged.features.vector.flags.writeable
    assert averaged.face is alone.face
    assert averaged.quality == alone.quality


def test_the_mean_of_one_is_itself_and_of_opposites_between(extractor: FeatureExtractor, aligned: Pixels) -> None:
    found = extractor.extract(aligned, role="probe")
    assert mean_features([found]) is found
    right, up = (Features(np.array(vector, np.float32), "made-up") for vector in ([1.0, 0.0], [0.0, 1.0]))
    np.testing.assert_allclose(mean_features([right, up]).vector, [0.5**0.5, 0.5**0.5], rtol=1e-6)
