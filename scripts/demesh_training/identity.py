"""The shipped recognition model as a function that torch can differentiate: what the restored face must keep."""

from __future__ import annotations

from typing import Any

import onnx
import torch  # type: ignore[import-not-found]  # lives in .venv-training only
from onnx import numpy_helper


class RecognitionModel:
    """SFace, read from its ONNX file; its weights stay as they are.

    Parameters
    ----------
    model
        The verified bytes.
    """

    def __init__(self, model: bytes) -> None:
        graph = onnx.load_from_string(model).graph
        self._nodes = [node for node in graph.node if node.op_type not in ("Constant", "Dropout")]
        self._weights = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}

    def features(self, faces_bgr: Any) -> Any:
        """Return unit vectors, shape (n, dimension), of aligned faces, shape (n, 3, 112, 112), BGR, 0 to 1."""
        x = faces_bgr.flip(1) * 255
        for node in self._nodes:
            x = self._step(node, x)
        return torch.nn.functional.normalize(x.float(), dim=1)

    def _step(self, node: onnx.NodeProto, x: Any) -> Any:
        weights = [self._weights[name] for name in node.input[1:] if name in self._weights]
        set_to = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        functions = torch.nn.functional
        if node.op_type == "Conv":
            bias = weights[1] if len(weights) > 1 else None
            return functions.conv2d(x, weights[0], bias, set_to["strides"], set_to["pads"][:2], 1, set_to["group"])
        if node.op_type == "BatchNormalization":
            scale, shift, mean, variance = weights
            return functions.batch_norm(x, mean, variance, scale, shift, eps=set_to["epsilon"])
        if node.op_type == "PRelu":
            return functions.prelu(x, weights[0].flatten().to(x.dtype))
        if node.op_type == "Gemm":
            return functions.linear(x, weights[0], weights[1])
        return {"Sub": lambda: x - weights[0], "Mul": lambda: x * weights[0], "Flatten": lambda: x.flatten(1)}[node.op_type]()
