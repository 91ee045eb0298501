"""Turn a block-quantised ONNX file into a plain float32 one.

The public YuNet and SFace files keep their weights as int8 with one scale per block of elements. Folding multiplies them
out once, at installation: the outputs stay the same, every run is faster, and the runtimes that refuse block quantisation
can read the file. The arithmetic is one subtraction of integers and one float32 multiplication per weight, so the result is
bit-identical on every machine and its hash can be pinned in the manifest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper

from teller_assist.errors import BugError

Array = npt.NDArray[Any]


def fold_to_float32(quantised: bytes) -> bytes:
    """Multiply out the quantised weights of an ONNX file.

    Every ``DequantizeLinear`` whose inputs are all stored weights becomes a float32 weight, and so does a ``Reshape`` of such a
    weight. Graph inputs that no node uses are dropped: SFace carries 29 stale ones, for which OpenCV 5 refuses it.

    Parameters
    ----------
    quantised
        Bytes of the ONNX file, already checked against its hash in the manifest.

    Returns
    -------
    Bytes of the folded ONNX file, the same for the same input on every machine.

    Raises
    ------
    BugError
        The bytes are no ONNX file, or the folded graph is not valid. The hash was checked before, so the fault is ours.
    """
    try:
        model = onnx.load_model_from_string(quantised)
    except DecodeError as error:
        raise BugError("folding was given bytes that are no ONNX file") from error
    _fold_graph(model.graph)
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise BugError("folding made a graph that is not valid") from error
    return bytes(model.SerializeToString(deterministic=True))


def _fold_graph(graph: onnx.GraphProto) -> None:
    stored = {tensor.name: tensor for tensor in graph.initializer}
    folded: dict[str, Array] = {}
    kept = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and all(name in stored for name in node.input):
            folded[node.output[0]] = _dequantised(node, [numpy_helper.to_array(stored[name]) for name in node.input])
        elif node.op_type == "Reshape" and node.input[0] in folded and node.input[1] in stored:
            shape = numpy_helper.to_array(stored[node.input[1]])
            folded[node.output[0]] = folded[node.input[0]].reshape(tuple(int(size) for size in shape))
        else:
            kept.append(node)
    used = {name for node in kept for name in node.input}
    weights = [tensor for tensor in graph.initializer if tensor.name in used]
    weights += [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in folded.items() if name in used]
    weight_names = {tensor.name for tensor in weights}
    inputs = [value for value in graph.input if value.name in used and value.name not in weight_names]
    _replace(graph.node, kept)
    _replace(graph.initializer, weights)
    _replace(graph.input, inputs)
    # The recorded shapes of values between the nodes name values that are gone; every runtime infers them anew.
    _replace(graph.value_info, [])


def _dequantised(node: onnx.NodeProto, inputs: list[Array]) -> Array:
    """Return (quantised - zero point) * scale as float32, in the shape of the quantised weight.

    Source: operator DequantizeLinear, version 21. ``axis`` counts where scales are a list or come per block.
    """
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    quantised, scale = inputs[0], inputs[1]
    zero_point = inputs[2] if len(inputs) > 2 else np.zeros(scale.shape, quantised.dtype)
    axis = int(attributes.get("axis", 1))
    block_size = int(attributes.get("block_size", 0))
    scale, zero_point = (_spread(values, quantised, axis, block_size) for values in (scale, zero_point))
    difference = quantised.astype(np.int32) - zero_point.astype(np.int32)
    product: Array = difference.astype(np.float32) * scale.astype(np.float32)
    return product


def _spread(values: Array, weight: Array, axis: int, block_size: int) -> Array:
    """Bring scales or zero points into a shape that multiplies with the weight."""
    if block_size:
        # The last block may be shorter than the others.
        return np.repeat(values, block_size, axis).take(np.arange(weight.shape[axis]), axis)
    if values.ndim == 0:
        return values
    shape = [1] * weight.ndim
    shape[axis] = -1
    return values.reshape(shape)


def _replace(field: Any, items: list[Any]) -> None:
    """Set a repeated protobuf field to other items."""
    items = list(items)
    del field[:]
    field.extend(items)
