from __future__ import annotations

import hashlib

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from teller_assist.errors import BugError
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.store import ModelStore


def _weights(model: bytes) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load_model_from_string(model).graph.initializer}


def test_the_folded_weights_are_the_quantised_ones_multiplied_out(
    published: bytes, quantised_weights: dict[str, np.ndarray]
) -> None:
    w = quantised_weights
    expected = np.empty((2, 9), np.float32)
    for row in range(2):
        for column in range(9):
            block = column // 4
            difference = int(w["filter_q"][row, column]) - int(w["filter_zero"][row, block])
            expected[row, column] = np.float32(difference) * w["filter_scale"][row, block]
    folded = _weights(fold_to_float32(published))
    assert np.array_equal(folded["filter"], expected.reshape(2, 1, 3, 3))
    assert np.array_equal(folded["bias"], np.array([2.0, -4.0], np.float32))


def test_the_folded_model_computes_the_convolution(published: bytes) -> None:
    folded = fold_to_float32(published)
    weights = _weights(folded)
    pixels = np.random.default_rng(1).random((1, 1, 4, 4), dtype=np.float32)
    session = onnxruntime.InferenceSession(folded, providers=["CPUExecutionProvider"])
    (features,) = session.run(None, {"pixels": pixels})
    for channel in range(2):
        for y in range(2):
            for x in range(2):
                window = pixels[0, 0, y : y + 3, x : x + 3].astype(np.float64)
                expected = float((window * weights["filter"][channel, 0]).sum() + weights["bias"][channel])
                assert features[0, channel, y, x] == pytest.approx(expected, abs=1e-3)


def test_only_the_inputs_that_a_node_uses_stay(published: bytes) -> None:
    graph = onnx.load_model_from_string(fold_to_float32(published)).graph
    assert [value.name for value in graph.input] == ["pixels"]
    assert [node.op_type for node in graph.node] == ["Conv"]
    assert sorted(tensor.name for tensor in graph.initializer) == ["bias", "filter"]


def test_folding_twice_gives_the_same_bytes(published: bytes) -> None:
    assert fold_to_float32(published) == fold_to_float32(published)


@pytest.mark.parametrize(
    ("scale", "zero", "axis", "expected"),
    [
        (np.float32(0.5), np.uint8(10), 1, [[-5.0, -4.5], [-4.0, 122.5]]),
        (np.array([1, 10], np.float32), np.array([0, 1], np.uint8), 0, [[0.0, 1.0], [10.0, 2540.0]]),
        (np.array([1, 10], np.float32), np.array([0, 1], np.uint8), 1, [[0.0, 0.0], [2.0, 2540.0]]),
    ],
    ids=["one_scale", "a_scale_per_row", "a_scale_per_column"],
)
def test_the_other_forms_of_quantisation_fold_too(
    scale: np.ndarray, zero: np.ndarray, axis: int, expected: list[list[float]]
) -> None:
    weights = {"q": np.array([[0, 1], [2, 255]], np.uint8), "scale": np.asarray(scale), "zero": np.asarray(zero)}
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"], axis=axis),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("x", "y")]
    stored = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    assert _weights(fold_to_float32(model.SerializeToString()))["w"].tolist() == expected


def test_a_quantised_value_that_is_computed_is_left_alone() -> None:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], [numpy_helper.from_array(np.array(0.1, np.float32), "scale")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    folded = onnx.load_model_from_string(fold_to_float32(model.SerializeToString()))
    assert [node.op_type for node in folded.graph.node] == ["QuantizeLinear", "DequantizeLinear"]


def test_bytes_that_are_no_model_are_our_own_fault() -> None:
    with pytest.raises(BugError):
        fold_to_float32(b"no model at all")


@pytest.mark.full
def test_the_installed_files_are_what_folding_makes(installed: ModelStore) -> None:
    """A file that folds once more stays as it is: nothing quantised is left in it."""
    for entry in installed.manifest.entries:
        if entry.preparation == "fold":
            data = installed.read_verified(entry)
            assert hashlib.sha256(fold_to_float32(data)).hexdigest() == entry.sha256
