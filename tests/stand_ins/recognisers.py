"""Recognition models that tests make up: weighted sums over an aligned face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

DIMENSION = 8


def made_up_recogniser(*, side_px: int = 112, dimension: int = DIMENSION, colours: int = 3, constant: bool = False) -> bytes:
    """Return an ONNX model: brightness of blocks of the face, mixed by fixed random weights."""
    random = np.random.default_rng(5)
    pooled = colours * (side_px // 28) ** 2
    weights = random.normal(size=(pooled, dimension)).astype(np.float32) * (0 if constant else 1)
    nodes = [
        helper.make_node("AveragePool", ["face"], ["blocks"], kernel_shape=[28, 28], strides=[28, 28]),
        helper.make_node("Flatten", ["blocks"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["features"]),
    ]
    face = helper.make_tensor_value_info("face", TensorProto.FLOAT, [1, colours, side_px, side_px])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, dimension])
    graph = helper.make_graph(nodes, "g", [face], [features], [numpy_helper.from_array(weights, "weights")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())


def made_up_pack(folder: Path, recogniser: bytes | None = None) -> Path:
    """Make an insightface pack: a recogniser, a landmark model of 192x192 pixels, and a text."""
    folder.mkdir(parents=True)
    (folder / "rec_made_up.onnx").write_bytes(recogniser or made_up_recogniser())
    (folder / "landmarks.onnx").write_bytes(made_up_recogniser(side_px=196, dimension=212))
    (folder / "README.txt").write_text("not a model", encoding="utf-8")
    return folder
