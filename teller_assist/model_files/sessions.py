"""Opening a model, and the self-check that runs one real inference.

onnxruntime opens some files that it cannot run (the published YuNet and SFace with block-quantised weights), so opening one
proves nothing.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnxruntime_errors

from teller_assist.errors import ModelAlteredError
from teller_assist.model_files.manifest import ModelEntry
from teller_assist.model_files.store import ModelState, ModelStore

Array = npt.NDArray[Any]

# onnxruntime's exceptions have no common parent of their own.
ONNXRUNTIME_ERRORS: tuple[type[Exception], ...] = (
    onnxruntime_errors.EPFail,
    onnxruntime_errors.Fail,
    onnxruntime_errors.InvalidArgument,
    onnxruntime_errors.InvalidGraph,
    onnxruntime_errors.InvalidProtobuf,
    onnxruntime_errors.NoModel,
    onnxruntime_errors.NotFound,
    onnxruntime_errors.NotImplemented,
    onnxruntime_errors.RuntimeException,
    RuntimeError,
    ValueError,
)
_LOG_ERRORS_ONLY = 3


def open_onnx(store: ModelStore, entry: ModelEntry, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open a model's verified bytes in onnxruntime.

    Parameters
    ----------
    store
        Where the model's file lies.
    entry
        The model.
    threads
        One in the station: it has its own threads, and on two cores a spinning pool starves the camera.

    Returns
    -------
    A session of the CPU provider.

    Raises
    ------
    ModelMissingError
        The file is not there.
    ModelAlteredError
        Its hash is not the manifest's, or onnxruntime cannot open it.
    """
    data = store.read_verified(entry)
    try:
        return open_session(data, threads=threads)
    except ONNXRUNTIME_ERRORS as error:
        raise ModelAlteredError("model_altered", model=entry.model_id, why="not_opened") from error


def open_session(content: bytes, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open a model's bytes on the CPU; raises whatever onnxruntime raises (``ONNXRUNTIME_ERRORS``)."""
    return onnxruntime.InferenceSession(content, _options(threads), providers=["CPUExecutionProvider"])


def self_check(store: ModelStore, entry: ModelEntry) -> None:
    """Run one real inference on made-up pixels and look at what comes out.

    Raises
    ------
    ModelMissingError
        The file is not there.
    ModelAlteredError
        Its hash is not the manifest's, it does not run, or an output is not finite or has another shape than the manifest says.
    """
    pixels = _made_up_pixels(entry)
    outputs = _run_opencv(store, entry, pixels) if entry.engine == "opencv" else _run_onnxruntime(store, entry, pixels)
    for name, shape in entry.outputs.items():
        if outputs[name].shape != shape:
            raise _failed(entry, "output_shape")
        if not np.isfinite(outputs[name]).all():
            raise _failed(entry, "output_not_finite")


def checked_state(store: ModelStore, entry: ModelEntry) -> ModelState:
    """Return the model's state after hash and self-check."""
    state = store.state(entry)
    if state is not ModelState.READY:
        return state
    try:
        self_check(store, entry)
    except ModelAlteredError:
        return ModelState.SELF_CHECK_FAILED
    return ModelState.READY


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = _LOG_ERRORS_ONLY
    return options


def _made_up_pixels(entry: ModelEntry) -> Array:
    """Return float32 noise of the model's input shape and range, the same every time."""
    noise = np.random.default_rng(0).random(entry.model_input.shape, dtype=np.float32)
    span = entry.model_input.maximum - entry.model_input.minimum
    return (entry.model_input.minimum + span * noise).astype(np.float32)


def _run_onnxruntime(store: ModelStore, entry: ModelEntry, pixels: Array) -> dict[str, Array]:
    session = open_onnx(store, entry)
    names = list(entry.outputs)
    try:
        arrays = session.run(names, {entry.model_input.name: pixels})
    except ONNXRUNTIME_ERRORS as error:
        raise _failed(entry, "not_run") from error
    return dict(zip(names, arrays, strict=True))


def _run_opencv(store: ModelStore, entry: ModelEntry, pixels: Array) -> dict[str, Array]:
    data = store.read_verified(entry)
    names = list(entry.outputs)
    try:
        network = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
        network.setInput(pixels, entry.model_input.name)
        arrays = network.forward(names)
    except cv2.error as error:
        raise _failed(entry, "not_run") from error
    return dict(zip(names, arrays, strict=True))


def _failed(entry: ModelEntry, why: str) -> ModelAlteredError:
    return ModelAlteredError("model_altered", model=entry.model_id, why=f"self_check_{why}")
