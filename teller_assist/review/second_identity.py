"""Answering stations about recent faces: what they sealed is opened and checked here, hostile until then."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.keys import open_sealed
from teller_assist.alerts.shapes import check_shape
from teller_assist.comparison.searching import extrapolated_fpir
from teller_assist.errors import CardUnreadableError, ShapeError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.gallery.face_index import is_unit
from teller_assist.review.recent_faces import RecentFaces, SentFace
from teller_assist.review.server_keys import PrivateKeys

DIMENSION_LEAST, DIMENSION_MOST = 64, 4096
_FLOAT32_BYTES = 4


class SecondIdentity:
    """One server's answers."""

    def __init__(self, faces: RecentFaces, keys: PrivateKeys) -> None:
        self._faces, self._keys = faces, keys

    @property
    def days(self) -> int:
        """How long a face is kept; 0: none is, and stations need not ask."""
        return self._faces.days

    def ask(self, station_id: str, document: object) -> dict[str, Any]:
        """Return the second_identity_answer/1 to a station's question; nothing of the question is kept.

        Raises
        ------
        ShapeError
            It is no second_identity/1, or what is sealed in it is no number or no face.
        EnvelopeError
            "envelope_unreadable": not sealed to this server.
        """
        asked = check_shape(document, "second_identity/1")
        if not all(math.isfinite(asked[name]) for name in ("least_score", "fmr")):  # JSON's NaN is below no minimum
            raise ShapeError(what="second_identity/1", why="not_finite")
        face = self._opened_face(asked)
        if not self.days:
            return {"schema": "second_identity_answer/1", "on": False}
        found = self._faces.search(face, least_score=asked["least_score"], actor=station_id)
        return {
            "schema": "second_identity_answer/1",
            "on": True,
            "days": self.days,
            "searched": found.searched,
            "fpir_extrapolated": extrapolated_fpir(asked["fmr"], found.searched),
            "matches": [
                {"case_id": one.case_id, "day": one.day.isoformat(), "business_kind": one.business_kind} for one in found.seen
            ],
        }

    def keep(self, document: object) -> dict[str, Any]:
        """Keep a face, where faces are kept, and return the recent_face_answer/1; a repeat changes nothing.

        Raises
        ------
        ShapeError, EnvelopeError
            As for ``ask``; it is no recent_face/1.
        """
        told = check_shape(document, "recent_face/1")
        face = self._opened_face(told)
        kept = self._faces.keep(face, case_id=told["case_id"], business_kind=told["business_kind"])
        return {"schema": "recent_face_answer/1", "kept": kept}

    def _opened_face(self, document: Mapping[str, Any]) -> SentFace:
        number = self._unsealed(document, "number_sealed").decode("ascii", "replace")
        content = self._unsealed(document, "face_sealed")
        dimension, rest = divmod(len(content), _FLOAT32_BYTES)
        if rest or not DIMENSION_LEAST <= dimension <= DIMENSION_MOST:
            raise ShapeError(what="face", why="length")
        vector = np.frombuffer(content, "<f4").astype(np.float32)
        if not is_unit(vector):  # nor is one with a value that is no number, or infinite
            raise ShapeError(what="face", why="norm")
        try:
            return SentFace(IdNumber(number), vector, document["model_id"], document["pipeline_sha256"])
        except CardUnreadableError as error:
            raise ShapeError(what="number", why=str(error.facts["why"])) from error

    def _unsealed(self, document: Mapping[str, Any], field: str) -> bytes:
        return open_sealed(self._keys.identity, from_base64(document[field], what=field))
