"""From a decoded picture to everything measured on its face."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from teller_assist.errors import QualityTooLowError
from teller_assist.evidence.measurements import (
    ADVICE_BY_LAYOUT,
    ADVICE_TURNED,
    FaceMeasurement,
    QualityComponent,
    QualityName,
)
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.alignment import align_face
from teller_assist.face.detection import FaceDetector
from teller_assist.face.features import FeatureExtractor, mean_features
from teller_assist.face.mesh import MeshReading, MeshRemover
from teller_assist.face.photo_layout import face_by_layout
from teller_assist.face.quality import QualityMapping, advice_from, measure_quality
from teller_assist.face.selection import choose_face
from teller_assist.settings.schema import FaceSettings


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face that was found and judged, but whose features were not extracted: what is cheap enough for every frame.

    Attributes
    ----------
    aligned
        The face in the recognition model's frame, uint8, shape (112, 112, 3), BGR.
    """

    role: str
    face: FaceBox
    faces_found: int
    aligned: Pixels
    quality: tuple[QualityComponent, ...]
    advice: tuple[str, ...]
    latency_ms: dict[str, float]


class FaceMeasurer:
    """Detection, choice, alignment, features and quality with one set of models and settings.

    The same steps serve a probe and a reference, whatever their kinds: a picture compared with itself
    then scores higher than with any other.
    """

    def __init__(
        self,
        detector: FaceDetector,
        extractor: FeatureExtractor,
        mappings: Mapping[QualityName, QualityMapping],
        settings: FaceSettings,
        mesh_remover: MeshRemover,
    ) -> None:
        self._mesh_remover = mesh_remover
        self._detector = detector
        self._extractor = extractor
        self._mappings = mappings
        self._settings = settings

    @property
    def model_id(self) -> str:
        """Id of the recognition model."""
        return self._extractor.model_id

    def read_mesh(self, picture: Picture) -> MeshReading:
        """Look for the lines of a networked-verification photo and take them out."""
        return self._mesh_remover.read(picture)

    def measure_authority_photo(self, mesh: MeshReading) -> FaceMeasurement:
        """Measure the face of a networked-verification photo, without its lines where it has any.

        Where no face is found on a photo with lines, the layout of such photos says where it is, and the advice says so. The face
        lies in the pixels of the photo as it came.

        Raises
        ------
        NoFaceError, SeveralFacesError, QualityTooLowError
            As for ``measure``.
        """
        measured = self.extract(self.look(mesh.to_compare, known_layout=mesh.has_lines))
        return replace(measured, face=mesh.on_photo(measured.face))

    def measure(self, picture: Picture) -> FaceMeasurement:
        """Measure the largest face of a picture.

        Raises
        ------
        NoFaceError
            The detector found none.
        SeveralFacesError
            Two faces of similar size.
        QualityTooLowError
            The face is too small, or the model gives no features for it.
        """
        return self.extract(self.look(picture))

    def look(self, picture: Picture, *, known_layout: bool = False, at_px: tuple[float, float] | None = None) -> SeenFace:
        """Find the face that is meant, the largest one of a picture unless somebody pointed at one, and measure its quality.

        Parameters
        ----------
        known_layout
            The picture is an identity photograph: where no face is found, its layout says where it is, and the advice says so.
        at_px
            Where somebody pointed, in pixels of the picture; None: nobody did.

        Raises
        ------
        NoFaceError
            The detector found none, or none where somebody pointed.
        SeveralFacesError
            Two faces of similar size, and nobody pointed at one.
        QualityTooLowError
            The face is too small.
        """
        clock = _StageClock()
        faces = self._detector.detect(picture)
        if faces or not known_layout:
            ratio = self._settings.second_face_area_ratio
            face, advice = choose_face(faces, role=picture.role, second_area_ratio=ratio, at_px=at_px)
        else:
            face, advice = face_by_layout(picture), (ADVICE_BY_LAYOUT,)
        clock.stop("detect")
        aligned = align_face(
            picture.pixels,
            face.landmarks,
            role=picture.role,
            eye_distance_min_px=self._settings.minimum_eye_distance_px,
        )
        quality = measure_quality(picture, face, aligned, self._mappings)
        clock.stop("quality")
        return SeenFace(
            role=picture.role,
            face=face,
            faces_found=len(faces),
            aligned=aligned,
            quality=quality,
            advice=(*advice, *self._advice(face, quality)),
            latency_ms=clock.stages_ms,
        )

    def _advice(self, face: FaceBox, quality: tuple[QualityComponent, ...]) -> tuple[str, ...]:
        """Return what to tell the teller; of a picture that lies on its side, that, and not that the head is tilted."""
        found = advice_from(quality, self._mappings)
        if not face.is_turned:
            return found
        return (ADVICE_TURNED, *(code for code in found if code != self._mappings[QualityName.HEAD_POSE_ROLL].advice))

    def extract(self, seen: SeenFace, companions: Sequence[SeenFace] = ()) -> FaceMeasurement:
        """Extract the features of a face that was seen.

        Parameters
        ----------
        companions
            The same person's face in other frames of the same moments: their features are averaged with this one's, and
            everything else is this one's. One that gives no features is left out.

        Raises
        ------
        QualityTooLowError
            The model gives no features for it.
        """
        clock = _StageClock()
        features = [self._extractor.extract(seen.aligned, role=seen.role)]
        for companion in companions:
            with suppress(QualityTooLowError):
                features.append(self._extractor.extract(companion.aligned, role=companion.role))
        clock.stop("features")
        return FaceMeasurement(
            role=seen.role,
            face=seen.face,
            faces_found=seen.faces_found,
            features=mean_features(features),
            quality=seen.quality,
            advice=seen.advice,
            latency_ms={**seen.latency_ms, **clock.stages_ms},
        )


class _StageClock:
    """Milliseconds between one stop and the next."""

    def __init__(self) -> None:
        self.stages_ms: dict[str, float] = {}
        self._started_s = time.perf_counter()

    def stop(self, stage: str) -> None:
        now_s = time.perf_counter()
        self.stages_ms[stage] = 1000 * (now_s - self._started_s)
        self._started_s = now_s
