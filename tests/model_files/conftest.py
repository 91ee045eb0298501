"""Made-up models a few hundred bytes large, and the places they can be had from."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from teller_assist.model_files.fetching import FetchStep
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.manifest import FolderSource, ModelEntry, ModelInput, ModelManifest, WheelSource
from teller_assist.model_files.sources import FetchMeans
from teller_assist.model_files.store import ModelStore, open_store


def _model(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], output_shape: list[int], stale: bool) -> bytes:
    inputs = [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 1, 4, 4])]
    if stale:
        inputs.append(helper.make_tensor_value_info("left_over", TensorProto.FLOAT, [3]))
    outputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, output_shape)]
    stored = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "made_up", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())


@pytest.fixture
def quantised_weights() -> dict[str, np.ndarray]:
    """Two 3x3 filters as int8, one scale per 4 elements (the last block has one), and a bias with a single block."""
    rng = np.random.default_rng(7)
    return {
        "filter_q": rng.integers(-128, 128, (2, 9)).astype(np.int8),
        "filter_scale": rng.random((2, 3), dtype=np.float32),
        "filter_zero": rng.integers(-9, 9, (2, 3)).astype(np.int8),
        "filter_shape": np.array([2, 1, 3, 3], np.int64),
        "bias_q": np.array([5, -7], np.int8),
        "bias_scale": np.array([0.5], np.float32),
        "bias_zero": np.array([1], np.int8),
    }


@pytest.fixture
def published(quantised_weights: dict[str, np.ndarray]) -> bytes:
    """A block-quantised model in the manner of the published ones, a stale input included."""
    nodes = [
        helper.make_node("DequantizeLinear", ["filter_q", "filter_scale", "filter_zero"], ["filter_flat"], axis=1, block_size=4),
        helper.make_node("Reshape", ["filter_flat", "filter_shape"], ["filter"]),
        helper.make_node("DequantizeLinear", ["bias_q", "bias_scale", "bias_zero"], ["bias"], axis=0, block_size=2),
        helper.make_node("Conv", ["pixels", "filter", "bias"], ["features"], kernel_shape=[3, 3]),
    ]
    return _model(nodes, quantised_weights, [1, 2, 2, 2], stale=True)


@pytest.fixture
def opens_but_does_not_run() -> bytes:
    """A model that asks for the tenth of two rows: its shapes are right, its values are not."""
    nodes = [
        helper.make_node("Gather", ["pixels", "rows"], ["row"], axis=2),
        helper.make_node("Identity", ["row"], ["features"]),
    ]
    return _model(nodes, {"rows": np.array([10, 11], np.int64)}, [1, 1, 2, 4], stale=False)


@pytest.fixture
def answers_not_a_number() -> bytes:
    """A model that runs and answers NaN."""
    nodes = [helper.make_node("Mul", ["pixels", "factor"], ["features"])]
    return _model(nodes, {"factor": np.array([np.nan], np.float32)}, [1, 1, 4, 4], stale=False)


@pytest.fixture
def entry(published: bytes) -> ModelEntry:
    """The manifest's entry of the made-up model: folder first, then a wheel."""
    folded = fold_to_float32(published)
    return ModelEntry(
        model_id="made-up-1",
        task="face_features",
        version="1",
        required=True,
        licence="MIT",
        card="made-up-1.md",
        engine="onnxruntime",
        preparation="fold",
        source_file="made_up_int8bq.onnx",
        source_sha256=hashlib.sha256(published).hexdigest(),
        source_bytes=len(published),
        file="made-up-1-float32.onnx",
        sha256=hashlib.sha256(folded).hexdigest(),
        size_bytes=len(folded),
        switches_off=("face_comparison",),
        model_input=ModelInput("pixels", (1, 1, 4, 4), 0.0, 255.0),
        outputs={"features": (1, 2, 2, 2)},
        sources=(FolderSource(), WheelSource("made-up-models", "1.0", "made_up/models/made_up_int8bq.onnx")),
    )


@pytest.fixture
def as_is() -> Callable[[ModelEntry, bytes], ModelEntry]:
    """Make an entry whose published file runs as it is."""

    def made(entry: ModelEntry, data: bytes) -> ModelEntry:
        sha256 = hashlib.sha256(data).hexdigest()
        published = replace(entry, source_sha256=sha256, source_bytes=len(data))
        return replace(published, preparation="none", sha256=sha256, size_bytes=len(data))

    return made


@pytest.fixture
def store(tmp_path: Path, entry: ModelEntry) -> ModelStore:
    """An empty store that knows the made-up model."""
    return ModelStore(ModelManifest((entry,)), tmp_path / "models" / "files")


@pytest.fixture
def means(tmp_path: Path) -> FetchMeans:
    """Short time limits and no folder."""
    return FetchMeans(tmp_path / "scratch", connect_timeout_s=2.0, read_timeout_s=2.0, total_timeout_s=60.0)


@pytest.fixture
def steps() -> list[FetchStep]:
    """Where the steps of a fetch are collected."""
    return []


@pytest.fixture
def wheel_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Build a wheel that pip, cut off from every index, finds in a folder of this test."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))

    def build(members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
        path = shelf / "made_up_models-1.0-py3-none-any.whl"
        info = "made_up_models-1.0.dist-info"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
            archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: made-up-models\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        return path

    return build


@pytest.fixture
def installed() -> ModelStore:
    """The installation's own store with its required models, or a skip that says why."""
    own = open_store()
    lacking = [entry.model_id for entry in own.manifest.entries if entry.required and own.state(entry) != "ready"]
    if lacking:
        pytest.skip(f"not fetched on this machine: {', '.join(lacking)}")
    return own
