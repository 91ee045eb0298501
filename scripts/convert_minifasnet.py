"""Turn the MiniFASNet weights of their authors (.pth) into the ONNX files that the station runs. By hand, in `.venv-training`:

    .venv-training/bin/python scripts/convert_minifasnet.py PUBLISHED_FOLDER OUT_FOLDER

PUBLISHED_FOLDER holds the .pth files, or is filled from the address in models/manifest.toml. Afterwards name OUT_FOLDER in
TELLER_ASSIST_MODEL_DIR and run `teller-assist models fetch`.

The network is described once (`MiniFasNet`) and carried out by two sets of operations: one writes ONNX nodes, one computes with
torch, and the two answers are compared. Widths and kernel sizes are read from the weights. The ONNX file is written directly and
not by torch's exporter: it holds the weights byte for byte and is the same on every machine, so its hash can be pinned.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # looked at when onnxruntime is loaded; see teller_assist/__init__.py

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch  # type: ignore[import-not-found]  # lives in .venv-training only
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teller_assist.model_files.manifest import HttpsSource, ModelEntry, read_manifest  # noqa: E402

Array = npt.NDArray[np.float32]
Weights = dict[str, Array]
Value = TypeVar("Value")

OPSET = 17
IR_VERSION = 8
EPSILON = 1e-5  # torch's default for batch normalisation, which the authors did not change
INPUT_SHAPE = (1, 3, 80, 80)
RANDOM_INPUTS = 16
LARGEST_DIFFERENCE = 1e-4  # of a probability


class Operations(Protocol[Value]):
    """What the description of the network is carried out by."""

    def convolution(self, x: Value, weight: str, stride: int) -> Value:
        """Convolve with a stored filter; 3x3 keeps the size, others shrink it."""

    def batch_norm(self, x: Value, name: str) -> Value:
        """Normalise with stored mean and variance."""

    def prelu(self, x: Value, slope: str) -> Value:
        """Leak with a stored slope per channel."""

    def linear(self, x: Value, weight: str) -> Value:
        """Flatten and multiply with a stored matrix, no bias."""

    def plain(self, kind: str, *x: Value) -> Value:
        """Relu, Sigmoid, Add, Mul, GlobalAveragePool."""


class MiniFasNet(Generic[Value]):
    """The network: a stem, three stages of inverted bottlenecks, each entered with stride 2, and a small head.

    Source: "Silent-Face-Anti-Spoofing", Minivision, Apache-2.0: the names of the weights and the order of the layers. V1SE weighs
    the channels in the last block of each stage, V2 does not; the weights tell which it is.
    """

    def __init__(self, operations: Operations[Value], weights: Weights) -> None:
        self._do = operations
        self._names = frozenset(weights)

    def logits(self, x: Value) -> Value:
        """Return three logits; index 1 is a bona fide presentation."""
        x = self._layer(x, "conv1", stride=2)
        x = self._layer(x, "conv2_dw")
        for entrance, stage in (("conv_23", "conv_3"), ("conv_34", "conv_4"), ("conv_45", "conv_5")):
            x = self._bottleneck(x, entrance, stride=2)
            x = self._stage(x, stage)
        x = self._layer(x, "conv_6_sep")
        x = self._layer(x, "conv_6_dw")
        x = self._do.batch_norm(self._do.linear(x, "linear.weight"), "bn")
        return self._do.linear(x, "prob.weight")

    def _layer(self, x: Value, name: str, stride: int = 1) -> Value:
        x = self._do.batch_norm(self._do.convolution(x, f"{name}.conv.weight", stride), f"{name}.bn")
        slope = f"{name}.prelu.weight"
        return self._do.prelu(x, slope) if slope in self._names else x

    def _bottleneck(self, x: Value, name: str, stride: int = 1) -> Value:
        x = self._layer(x, f"{name}.conv")
        x = self._layer(x, f"{name}.conv_dw", stride)
        return self._layer(x, f"{name}.project")

    def _stage(self, x: Value, stage: str) -> Value:
        block = 0
        while f"{stage}.model.{block}.conv.conv.weight" in self._names:
            name = f"{stage}.model.{block}"
            change = self._bottleneck(x, name)
            if f"{name}.se_module.fc1.weight" in self._names:
                change = self._do.plain("Mul", change, self._channel_weights(change, name))
            x = self._do.plain("Add", x, change)
            block += 1
        return x

    def _channel_weights(self, x: Value, name: str) -> Value:
        x = self._do.plain("GlobalAveragePool", x)
        x = self._do.batch_norm(self._do.convolution(x, f"{name}.se_module.fc1.weight", 1), f"{name}.se_module.bn1")
        x = self._do.plain("Relu", x)
        x = self._do.batch_norm(self._do.convolution(x, f"{name}.se_module.fc2.weight", 1), f"{name}.se_module.bn2")
        return self._do.plain("Sigmoid", x)


def padding_and_groups(filters: tuple[int, ...]) -> tuple[int, int]:
    """Return what a filter's shape (out, in per group, height, width) says: one input channel means depthwise."""
    return (1 if filters[2] == 3 else 0), (filters[0] if filters[1] == 1 else 1)


class OnnxWriter:
    """Writes each operation as an ONNX node; a value is its name in the graph."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.stored: dict[str, onnx.TensorProto] = {}

    def convolution(self, x: str, weight: str, stride: int) -> str:
        """Add a Conv node."""
        shape = self._weights[weight].shape
        padding, groups = padding_and_groups(shape)
        sides = {"kernel_shape": list(shape[2:]), "strides": [stride] * 2, "pads": [padding] * 4}
        return self._add("Conv", [x, self._store(weight)], group=groups, **sides)

    def batch_norm(self, x: str, name: str) -> str:
        """Add a BatchNormalization node."""
        parts = [self._store(f"{name}.{part}") for part in ("weight", "bias", "running_mean", "running_var")]
        return self._add("BatchNormalization", [x, *parts], epsilon=EPSILON)

    def prelu(self, x: str, slope: str) -> str:
        """Add a PRelu node; ONNX wants the slope to broadcast over height and width."""
        return self._add("PRelu", [x, self._store(slope, (-1, 1, 1))])

    def linear(self, x: str, weight: str) -> str:
        """Add Flatten and Gemm nodes."""
        return self._add("Gemm", [self._add("Flatten", [x]), self._store(weight)], transB=1)

    def plain(self, kind: str, *x: str) -> str:
        """Add a node without weights."""
        return self._add(kind, list(x))

    def model(self, output: str) -> bytes:
        """Return the ONNX file whose output is that value."""
        self.nodes.append(helper.make_node("Identity", [output], ["logits"]))
        inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, INPUT_SHAPE)]
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (1, 3))]
        graph = helper.make_graph(self.nodes, "minifasnet", inputs, outputs, list(self.stored.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _store(self, name: str, shape: tuple[int, ...] | None = None) -> str:
        array = self._weights[name] if shape is None else self._weights[name].reshape(shape)
        self.stored[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def _add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output


class TorchRunner:
    """Computes each operation with torch; a value is a tensor."""

    def __init__(self, weights: Weights) -> None:
        self._weights = {name: torch.from_numpy(array) for name, array in weights.items()}

    def convolution(self, x: Any, weight: str, stride: int) -> Any:
        """Convolve."""
        padding, groups = padding_and_groups(tuple(self._weights[weight].shape))
        return torch.nn.functional.conv2d(x, self._weights[weight], stride=stride, padding=padding, groups=groups)

    def batch_norm(self, x: Any, name: str) -> Any:
        """Normalise."""
        weight, bias, mean, variance = (
            self._weights[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return torch.nn.functional.batch_norm(x, mean, variance, weight, bias, eps=EPSILON)

    def prelu(self, x: Any, slope: str) -> Any:
        """Leak."""
        return torch.nn.functional.prelu(x, self._weights[slope])

    def linear(self, x: Any, weight: str) -> Any:
        """Flatten and multiply."""
        return torch.nn.functional.linear(x.flatten(1), self._weights[weight])

    def plain(self, kind: str, *x: Any) -> Any:
        """Compute an operation without weights."""
        if kind == "GlobalAveragePool":
            return x[0].mean((2, 3), keepdim=True)
        return {"Relu": torch.relu, "Sigmoid": torch.sigmoid, "Add": torch.add, "Mul": torch.mul}[kind](*x)


def published_bytes(entry: ModelEntry, folder: Path) -> bytes:
    """Read the authors' file, or load it from their address first; its hash is checked before torch sees a byte of it."""
    path = folder / entry.source_file
    if not path.exists():
        address = next(source.address for source in entry.sources if isinstance(source, HttpsSource))
        print(f"{entry.model_id}: loading {address}", flush=True)
        with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310  # the manifest's reader lets https pass only
            path.write_bytes(response.read(entry.source_bytes + 1))
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != entry.source_sha256:
        sys.exit(f"{entry.model_id}: {entry.source_file} is not the file that the manifest names; refused")
    return data


def read_weights(data: bytes) -> Weights:
    """Return the float32 weights by name, without the prefix that training on several devices leaves."""
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    tensors = {name.removeprefix("module."): tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def largest_difference(weights: Weights, model: bytes) -> float:
    """Return the largest difference of a probability between torch and onnxruntime, over random pixels from 0 to 255."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    network = MiniFasNet(TorchRunner(weights), weights)
    rng = np.random.default_rng(0)
    differences = []
    for _ in range(RANDOM_INPUTS):
        pixels = rng.random(INPUT_SHAPE, dtype=np.float32) * 255
        with torch.no_grad():
            expected = torch.softmax(network.logits(torch.from_numpy(pixels)), 1)
        obtained = torch.softmax(torch.from_numpy(session.run(None, {"input": pixels})[0]), 1)
        differences.append(float((expected - obtained).abs().max()))
    return max(differences)


def convert(entry: ModelEntry, data: bytes) -> bytes:
    """Return the ONNX file of one model, compared with torch."""
    weights = read_weights(data)
    writer = OnnxWriter(weights)
    model = writer.model(MiniFasNet(writer, weights).logits("input"))
    unused = sorted(set(weights) - set(writer.stored))
    if unused:
        sys.exit(f"{entry.model_id}: the description does not use {unused[:3]}")
    difference = largest_difference(weights, model)
    print(f"{entry.model_id}: largest difference from torch {difference:.1e} in a probability, {RANDOM_INPUTS} random inputs")
    if difference > LARGEST_DIFFERENCE:
        sys.exit(f"{entry.model_id}: that is more than {LARGEST_DIFFERENCE}")
    return model


def main() -> int:
    """Convert every model of the manifest that needs it; 1 if a file is not the one that the manifest pins."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=Path, help="folder of the .pth files")
    parser.add_argument("out", type=Path, help="folder for the ONNX files")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    differs = False
    for entry in read_manifest(ROOT / "models" / "manifest.toml").entries:
        if entry.preparation != "convert":
            continue
        model = convert(entry, published_bytes(entry, arguments.published))
        sha256 = hashlib.sha256(model).hexdigest()
        (arguments.out / entry.file).write_bytes(model)
        as_pinned = sha256 == entry.sha256
        verdict = "as" if as_pinned else "NOT as"
        print(f"{entry.model_id}: {entry.file} {len(model)} bytes, sha256 {sha256}, {verdict} the manifest says")
        differs = differs or not as_pinned
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
