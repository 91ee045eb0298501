"""The network that takes mesh lines out: described once, carried out by torch and written as ONNX.

A U-shaped network of residual blocks on half the picture's size, about a million weights. It answers with the picture as it would
be without lines, with how much of every pixel the lines hide, and with how sure it is that there are any.
"""

from __future__ import annotations

import itertools
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import onnx
import torch  # type: ignore[import-not-found]  # lives in .venv-training only
from onnx import TensorProto, helper, numpy_helper

Value = TypeVar("Value")
Shapes = dict[str, tuple[int, int, int, int]]

WIDTHS = (32, 64, 96, 120)  # channels at a half, a quarter, an eighth and a sixteenth of the size
OPSET = 17
IR_VERSION = 8
FULL_SCALE = 255.0
BELOW_ZERO = 0.1  # of what is below zero a layer lets through so much


class Operations(Protocol[Value]):
    """What the description of the network is carried out by."""

    def conv(self, x: Value, name: str, *, stride: int = 1, padding: int = 0) -> Value:
        """Convolve with a stored filter and add its bias."""

    def leaky_relu(self, x: Value) -> Value:
        """Leave a tenth of what is below zero: a unit cut at zero altogether can die in the training (decision 0021)."""

    def add(self, x: Value, y: Value) -> Value:
        """Add."""

    def twice(self, x: Value) -> Value:
        """Make four channels one of twice the height and width."""

    def mean(self, x: Value) -> Value:
        """Average over height and width."""

    def finish(self, x: Value, change: Value, lines: Value) -> tuple[Value, Value, Value]:
        """Return the input plus the first three channels of the change, its fourth and ``lines`` as shares from 0 to 1."""


class Description(Generic[Value]):
    """The network."""

    def __init__(self, do: Operations[Value]) -> None:
        self._do = do

    def answers(self, x: Value) -> tuple[Value, Value, Value]:
        """Return the restored picture, the cover and the likelihood of lines of a picture with values 0 to 1."""
        level = self._block(self._do.leaky_relu(self._do.conv(x, "stem", stride=2, padding=2)), "down0")
        kept = [level]
        for depth in range(1, len(WIDTHS)):
            level = self._block(self._do.conv(level, f"shrink{depth}", stride=2), f"down{depth}")
            kept.append(level)
        lines = self._do.conv(self._do.mean(level), "lines")
        for depth in range(len(WIDTHS) - 2, -1, -1):
            larger = self._do.twice(self._do.conv(level, f"grow{depth}"))
            level = self._block(self._do.add(kept[depth], larger), f"up{depth}")
        return self._do.finish(x, self._do.twice(self._do.conv(level, "out", padding=1)), lines)

    def _block(self, x: Value, name: str) -> Value:
        change = self._do.conv(self._do.leaky_relu(self._do.conv(x, f"{name}.first", padding=1)), f"{name}.second", padding=1)
        return self._do.leaky_relu(self._do.add(x, change))


def filter_shapes() -> Shapes:
    """Return the shape (out, in, height, width) of every filter."""
    shapes: Shapes = {"stem": (WIDTHS[0], 3, 6, 6), "out": (16, WIDTHS[0], 3, 3), "lines": (1, WIDTHS[-1], 1, 1)}
    for depth, width in enumerate(WIDTHS):
        last = depth == len(WIDTHS) - 1
        for side in ("down",) if last else ("down", "up"):
            shapes |= {f"{side}{depth}.{part}": (width, width, 3, 3) for part in ("first", "second")}
    for depth, (width, deeper) in enumerate(itertools.pairwise(WIDTHS)):
        shapes[f"shrink{depth + 1}"] = (deeper, width, 2, 2)
        shapes[f"grow{depth}"] = (4 * width, deeper, 1, 1)
    return shapes


class TorchNetwork(torch.nn.Module):  # type: ignore[misc]  # torch is not there for mypy
    """The network to be trained; its weights are drawn from torch's own generator."""

    def __init__(self) -> None:
        super().__init__()
        self.filters = torch.nn.ParameterDict()
        self.biases = torch.nn.ParameterDict()
        for name, shape in filter_shapes().items():
            spread = (2 / (shape[1] * shape[2] * shape[3])) ** 0.5
            quiet = 0.1 if name == "out" or name.endswith("second") else 1.0  # a block starts as next to nothing
            self.filters[_key(name)] = torch.nn.Parameter(torch.randn(shape) * spread * quiet)
            self.biases[_key(name)] = torch.nn.Parameter(torch.zeros(shape[0]))

    def forward(self, x: Any) -> tuple[Any, Any, Any]:
        """Return the restored pictures, and as logits their cover and whether they have lines; values of the pictures 0 to 1."""
        return Description(self).answers(x)

    def conv(self, x: Any, name: str, *, stride: int = 1, padding: int = 0) -> Any:
        """Convolve."""
        return torch.nn.functional.conv2d(x, self.filters[_key(name)], self.biases[_key(name)], stride, padding)

    def leaky_relu(self, x: Any) -> Any:
        """Leave a little below zero."""
        return torch.nn.functional.leaky_relu(x, BELOW_ZERO)

    def add(self, x: Any, y: Any) -> Any:
        """Add."""
        return x + y

    def twice(self, x: Any) -> Any:
        """Enlarge."""
        return torch.nn.functional.pixel_shuffle(x, 2)

    def mean(self, x: Any) -> Any:
        """Average."""
        return x.mean((2, 3), keepdim=True)

    def finish(self, x: Any, change: Any, lines: Any) -> tuple[Any, Any, Any]:
        """Keep the logits: the loss wants them."""
        return x + change[:, :3].float(), change[:, 3].float(), lines.flatten().float()

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return filters and biases by name."""
        found = {f"{name}.filter": self.filters[_key(name)] for name in filter_shapes()}
        found |= {f"{name}.bias": self.biases[_key(name)] for name in filter_shapes()}
        return {name: np.ascontiguousarray(one.detach().numpy(), np.float32) for name, one in found.items()}


class OnnxWriter:
    """Writes each operation as an ONNX node; a value is its name in the graph. Weights are stored as float16."""

    def __init__(self, weights: dict[str, npt.NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._stored: list[onnx.TensorProto] = []

    def conv(self, x: str, name: str, *, stride: int = 1, padding: int = 0) -> str:
        """Add a Conv node."""
        sides = list(self._weights[f"{name}.filter"].shape[2:])
        inputs = [x, self._weight(f"{name}.filter"), self._weight(f"{name}.bias")]
        return self._add("Conv", inputs, kernel_shape=sides, strides=[stride] * 2, pads=[padding] * 4)

    def leaky_relu(self, x: str) -> str:
        """Add a LeakyRelu node."""
        return self._add("LeakyRelu", [x], alpha=BELOW_ZERO)

    def add(self, x: str, y: str) -> str:
        """Add an Add node."""
        return self._add("Add", [x, y])

    def twice(self, x: str) -> str:
        """Add a DepthToSpace node, channels in torch's order."""
        return self._add("DepthToSpace", [x], blocksize=2, mode="CRD")

    def mean(self, x: str) -> str:
        """Add a GlobalAveragePool node."""
        return self._add("GlobalAveragePool", [x])

    def finish(self, x: str, change: str, lines: str) -> tuple[str, str, str]:
        """Add the nodes of the three answers."""
        restored = self._add("Add", [x, self._channels(change, 0, 3)])
        return restored, self._add("Sigmoid", [self._channels(change, 3, 4)]), self._add("Sigmoid", [lines])

    def model(self) -> bytes:
        """Return the whole ONNX file: pixels 0 to 255 in and out, any height and width that 16 divides."""
        x = self._add("Div", ["input", self._constant("full_scale", np.float32(FULL_SCALE))])
        restored, cover, lines = Description(self).answers(x)
        limits = [self._constant("zero", np.float32(0)), self._constant("one", np.float32(1))]
        pixels = self._add("Mul", [self._add("Clip", [restored, *limits]), "full_scale"])
        for name, value in (("restored", pixels), ("cover", cover), ("lines", lines)):
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        whole = ("height", "width")
        taken, *given = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, channels, *sides))
            for name, channels, sides in (("input", 3, whole), ("restored", 3, whole), ("cover", 1, whole), ("lines", 1, (1, 1)))
        )
        graph = helper.make_graph(self._nodes, "demesh", [taken], given, self._stored)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _channels(self, x: str, start: int, stop: int) -> str:
        bounds = [self._constant(f"channel_{bound}", np.array([bound], np.int64)) for bound in (start, stop, 1)]
        return self._add("Slice", [x, bounds[0], bounds[1], bounds[2]])

    def _weight(self, name: str) -> str:
        half = self._constant(name, self._weights[name].astype(np.float16))
        return self._add("Cast", [half], to=TensorProto.FLOAT)

    def _constant(self, name: str, value: npt.NDArray[Any] | np.generic) -> str:
        if all(tensor.name != name for tensor in self._stored):
            self._stored.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output


def _key(name: str) -> str:
    return name.replace(".", "_")
