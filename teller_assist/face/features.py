"""Features of an aligned face with SFace (or another model of the same input) through onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from teller_assist.errors import BugError, QualityTooLowError
from teller_assist.evidence.measurements import Features
from teller_assist.evidence.pictures import Pixels
from teller_assist.face.alignment import ALIGNED_SIDE_PX
from teller_assist.model_files.recognisers import Preprocessing

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SFACE_PREPROCESSING = Preprocessing(mean=0.0, std=1.0, colours="rgb")


class FeatureExtractor:
    """A recognition model; may be shared between threads.

    Parameters
    ----------
    session
        Input float32 (1, 3, 112, 112) as ``preprocessing`` says; output float32 (1, dimension).
    model_id
        Its id in the manifest, or the one that the bank gave its own.
    preprocessing
        SFace's, if left out: RGB, 0 to 255.
    """

    def __init__(self, session: InferenceSession, *, model_id: str, preprocessing: Preprocessing = SFACE_PREPROCESSING) -> None:
        self._session = session
        self._preprocessing = preprocessing
        self._input_name = session.get_inputs()[0].name
        self.model_id = model_id

    def extract(self, aligned: Pixels, *, role: str) -> Features:
        """Return the features of one aligned face.

        Parameters
        ----------
        aligned
            uint8, shape (112, 112, 3), BGR.
        role
            The picture's role, for the error.

        Raises
        ------
        QualityTooLowError
            The model gives nothing for this picture: its answer has no length or is not finite.
        """
        if aligned.shape != (ALIGNED_SIDE_PX, ALIGNED_SIDE_PX, 3) or aligned.dtype != np.uint8:
            raise BugError(f"an aligned face is uint8 (112, 112, 3), not {aligned.dtype} {aligned.shape}")
        fed = self._preprocessing
        ordered = aligned[:, :, ::-1] if fed.colours == "rgb" else aligned
        planes = np.ascontiguousarray(ordered.transpose(2, 0, 1)[None], np.float32)
        if (fed.mean, fed.std) != (0.0, 1.0):
            planes = (planes - np.float32(fed.mean)) / np.float32(fed.std)
        raw = np.asarray(self._session.run(None, {self._input_name: planes})[0], np.float32).reshape(-1)
        length = float(np.linalg.norm(raw))
        if not np.isfinite(length) or length < 1e-6:
            raise QualityTooLowError(file=role, component="features")
        vector = raw / np.float32(length)
        vector.flags.writeable = False
        return Features(vector=vector, model_id=self.model_id)


def mean_features(features: Sequence[Features]) -> Features:
    """Return the mean direction of one person's features, Euclidean norm 1; of a single one, itself.

    Parameters
    ----------
    features
        At least one, all of one model.
    """
    first = features[0]
    if len(features) == 1:
        return first
    total = np.sum([one.vector for one in features], axis=0, dtype=np.float64)
    vector = np.asarray(total / np.linalg.norm(total), np.float32)
    vector.flags.writeable = False
    return Features(vector=vector, model_id=first.model_id)
