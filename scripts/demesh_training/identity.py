"""The shipped recognition model as a function that torch can differentiate: what the restored face must keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnx
import torch  # type: ignore[import-not-found]  # lives in .venv-training only
from onnx import numpy_helper

Step = Callable[[Any], Any]


class RecognitionModel:
    """SFace, read from its ONNX file; its weights stay as they are.

    Parameters
    ----------
    model
        The verified bytes.
    """

    def __init__(self, model: bytes) -> None:
        graph = onnx.load_from_string(model).graph
        self._weights = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
        self._steps = [self._step(node) for node in graph.node if node.op_type not in ("Constant", "Dropout")]

    def features(self, faces_bgr: Any) -> Any:
        """Return unit vectors, shape (n, dimension), of aligned faces, shape (n, 3, 112, 112), BGR, 0 to 1."""
        x = (faces_bgr.flip(1) * 255).contiguous(memory_format=torch.channels_last)
        for step in self._steps:
            x = step(x)
        return torch.nn.functional.normalize(x.float(), dim=1)

    def _step(self, node: onnx.NodeProto) -> Step:
        weights = [self._weights[name] for name in node.input[1:] if name in self._weights]
        set_to = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        if node.op_type == "Conv":
            return _convolution(weights, set_to)
        if node.op_type == "BatchNormalization":
            return _normalisation(weights, set_to["epsilon"])
        if node.op_type == "PRelu":
            slope = weights[0].flatten()
            return lambda x: _PRelu.apply(x, slope.to(x.dtype))
        if node.op_type == "Gemm":
            return lambda x: torch.nn.functional.linear(x, *weights)
        return {"Sub": lambda x: x - weights[0], "Mul": lambda x: x * weights[0], "Flatten": lambda x: x.flatten(1)}[node.op_type]


class _PRelu(torch.autograd.Function):  # type: ignore[misc]  # torch is not there for mypy
    """PReLU whose slopes stay as they are: torch's backward also works out how to change them, in five times the time."""

    @staticmethod
    def forward(context: Any, x: Any, slope: Any) -> Any:
        context.save_for_backward(x, slope)
        return torch.nn.functional.prelu(x, slope)

    @staticmethod
    def backward(context: Any, gradient: Any) -> tuple[Any, None]:
        x, slope = context.saved_tensors
        where_positive = torch.ops.aten.threshold_backward(gradient, x, 0)
        slope = slope.view(1, -1, *(1,) * (x.dim() - 2))
        return torch.addcmul(gradient * slope, where_positive, 1 - slope), None


def _convolution(weights: list[Any], set_to: dict[str, Any]) -> Step:
    bias = weights[1] if len(weights) > 1 else None
    strides, pads, groups = set_to["strides"], set_to["pads"][:2], set_to["group"]
    in_float32 = groups > 1 and strides[0] > 1  # their gradient took 5 to 29 times as long in bfloat16 (AMX)

    def convolve(x: Any) -> Any:
        if not in_float32:
            return torch.nn.functional.conv2d(x, weights[0], bias, strides, pads, 1, groups)
        with torch.autocast("cpu", enabled=False):
            return torch.nn.functional.conv2d(x.float(), weights[0], bias, strides, pads, 1, groups)

    return convolve


def _normalisation(weights: list[Any], epsilon: float) -> Step:
    scale, shift, mean, variance = weights
    factor = scale / torch.sqrt(variance + epsilon)
    offset = shift - mean * factor

    def normalise(x: Any) -> Any:
        sides = (1, -1, *(1,) * (x.dim() - 2))
        return torch.addcmul(offset.view(sides).to(x.dtype), x, factor.view(sides).to(x.dtype))

    return normalise
