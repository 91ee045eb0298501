"""The passive detector: a pair of small networks that look at the face and its surroundings in one frame.

    frame + face box -> crop 2.7 and 4.0 times the box -> 80x80 -> MiniFASNet V2 and V1SE -> mean "real" probability

The crop and the mean are those of the networks' authors ("Silent-Face-Anti-Spoofing", Minivision, Apache-2.0).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from teller_assist.errors import ModelAlteredError, QualityTooLowError
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.model_files.sessions import ONNXRUNTIME_ERRORS, open_onnx
from teller_assist.model_files.store import ModelStore

INPUT_SIDE_PX = 80
BONA_FIDE_INDEX = 1
# Model in the manifest -> how many times the face's box it sees.
MODELS = {"minifasnet-v2-2.7-80": 2.7, "minifasnet-v1se-4.0-80": 4.0}


@dataclass(frozen=True)
class PassiveModel:
    """One network of the pair.

    Attributes
    ----------
    session
        Input float32, shape (1, 3, 80, 80), BGR, 0 to 255; output three logits, shape (1, 3).
    scale
        How many times the face's box it sees.
    """

    model_id: str
    session: onnxruntime.InferenceSession
    scale: float


class PassiveDetector:
    """Gives a PAD score for one face in one frame; may be shared between threads, one frame at a time.

    Parameters
    ----------
    models
        The networks whose mean is the score; at least one.
    """

    def __init__(self, models: Sequence[PassiveModel]) -> None:
        self._models = tuple(models)
        self._lock = threading.Lock()

    def pad_score(self, picture: Picture, face: FaceBox) -> float:
        """Return how surely one frame shows a live person.

        Parameters
        ----------
        picture
            The whole frame as the camera delivered it: the networks look at what surrounds the face.
        face
            The detected face in it.

        Returns
        -------
        0 to 1, higher is more likely bona fide: the mean over both networks of the probability of index 1.

        Raises
        ------
        QualityTooLowError
            The face's box lies outside the frame or is smaller than a pixel, or the face is not upright: the networks know
            upright ones only.
        ModelAlteredError
            A network does not run.
        """
        if face.is_turned:
            raise QualityTooLowError(file=picture.role, why="face_turned")
        with self._lock:
            probabilities = [self._bona_fide_probability(model, picture, face) for model in self._models]
        return float(np.mean(probabilities))

    def _bona_fide_probability(self, model: PassiveModel, picture: Picture, face: FaceBox) -> float:
        crop = cv2.resize(crop_around(picture, face, model.scale), (INPUT_SIDE_PX, INPUT_SIDE_PX))
        blob = np.ascontiguousarray(np.asarray(crop, np.float32).transpose(2, 0, 1))[np.newaxis]
        try:
            (logits,) = model.session.run(None, {model.session.get_inputs()[0].name: blob})
        except ONNXRUNTIME_ERRORS as error:
            raise ModelAlteredError("model_altered", model=model.model_id, why="not_run") from error
        return float(_softmax(np.asarray(logits, np.float64)[0])[BONA_FIDE_INDEX])


def crop_around(picture: Picture, face: FaceBox, scale: float) -> Pixels:
    """Return the face's box enlarged, moved and at last shrunk until it lies inside the frame; its proportions stay.

    Parameters
    ----------
    scale
        Of width and height alike, about the box's centre.

    Returns
    -------
    uint8, shape (height, width, 3), BGR; a view of the frame.

    Raises
    ------
    QualityTooLowError
        The face's box lies outside the frame or is smaller than a pixel.
    """
    centre_x, centre_y = face.x_px + face.width_px / 2, face.y_px + face.height_px / 2
    inside = 0 <= centre_x < picture.width_px and 0 <= centre_y < picture.height_px
    if not inside or min(face.width_px, face.height_px) < 1:
        raise QualityTooLowError(file=picture.role, why="face_outside")
    fitting = min(scale, (picture.width_px - 1) / face.width_px, (picture.height_px - 1) / face.height_px)
    left, right = _span(centre_x, face.width_px * fitting, picture.width_px)
    top, bottom = _span(centre_y, face.height_px * fitting, picture.height_px)
    return picture.pixels[top : bottom + 1, left : right + 1]


def open_passive(store: ModelStore) -> PassiveDetector:
    """Open the passive detector.

    Raises
    ------
    ModelMissingError
        A network's file is not on this machine; nothing but passive detection is switched off by that.
    ModelAlteredError
        A file is not the manifest's, or cannot be opened.
    """
    entries = ((store.manifest.entry(model_id), scale) for model_id, scale in MODELS.items())
    return PassiveDetector([PassiveModel(entry.model_id, open_onnx(store, entry), scale) for entry, scale in entries])


def _span(centre_px: float, length_px: float, limit_px: int) -> tuple[int, int]:
    """Return first and last pixel of a stretch about a centre, moved until it lies between 0 and the limit."""
    first, last = centre_px - length_px / 2, centre_px + length_px / 2
    if first < 0:
        first, last = 0.0, last - first
    if last > limit_px - 1:
        first, last = first - (last - (limit_px - 1)), limit_px - 1.0
    return max(0, int(first)), int(last)


def _softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float64)
