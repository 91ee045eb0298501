"""The photo triangle: live face, chip portrait and networked-verification photo, each pair with its own calibration."""

from __future__ import annotations

import time
from dataclasses import dataclass

from teller_assist.decision.judgement import EdgeName
from teller_assist.errors import EvidenceError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import FaceMeasurement
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.face.mesh import MeshReading
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer
from teller_assist.workflow.portraits import original_around, portrait_at_one_scale, whole_portrait


@dataclass(frozen=True, eq=False)
class MeasuredPhoto:
    """A reference photo, or a captured frame, and what was measured on it.

    Attributes
    ----------
    measurement
        None where the photo cannot be compared; ``why_not`` then is the reason code.
    shown
        The portrait as the window shows it: the face at one scale, or the whole photo where no face was measured.
    original
        The same face as it came.
    mesh
        How heavy its mesh is; None for a photo without one.
    """

    picture: Picture
    measurement: FaceMeasurement | None
    shown: Pixels
    original: Pixels
    mesh: MeshReading | None = None
    why_not: str = ""

    @classmethod
    def of(cls, picture: Picture, measurement: FaceMeasurement, mesh: MeshReading | None = None) -> MeasuredPhoto:
        """Return a photo whose face was measured."""
        shown, original = (
            portrait_at_one_scale(picture.pixels, measurement.face),
            original_around(picture.pixels, measurement.face),
        )
        return cls(picture, measurement, shown, original, mesh)


@dataclass(frozen=True, eq=False)
class Edge:
    """One side of the triangle.

    Attributes
    ----------
    answer
        None where nothing was compared; ``absent`` then is the reason code.
    """

    answer: ComparisonAnswer | None
    absent: str = ""


class Triangle:
    """Measures the photos of one customer and compares the pairs."""

    def __init__(self, measurer: FaceMeasurer, comparer: PictureComparer) -> None:
        self._measurer = measurer
        self._comparer = comparer

    def measure_photo(self, picture: Picture, *, has_mesh: bool) -> MeasuredPhoto:
        """Measure a chip portrait or a networked-verification photo; one that cannot be compared says why."""
        mesh = self._comparer.weigh_mesh(picture) if has_mesh else None
        try:
            return MeasuredPhoto.of(picture, self._measurer.measure(picture), mesh)
        except EvidenceError as error:
            return MeasuredPhoto(picture, None, whole_portrait(picture.pixels), picture.pixels, mesh, error.reason)

    def compare(
        self,
        live: MeasuredPhoto | None,
        chip: MeasuredPhoto | None,
        netcheck: MeasuredPhoto | None,
        *,
        started_s: float | None = None,
    ) -> dict[EdgeName, Edge]:
        """Compare every pair; a side whose photo is absent or unusable says why.

        Parameters
        ----------
        live, chip, netcheck
            None: there is no such photo.
        started_s
            ``time.perf_counter()`` from which the answers count their total time; now when left out.

        Raises
        ------
        CalibrationMismatchError
            A calibration is not for what runs on this machine.
        """
        since_s = time.perf_counter() if started_s is None else started_s
        return {
            EdgeName.LIVE_CHIP: self._edge(live, chip, PhotoKind.LIVE, PhotoKind.CHIP, since_s),
            EdgeName.LIVE_NETCHECK: self._edge(live, netcheck, PhotoKind.LIVE, PhotoKind.MESH, since_s),
            EdgeName.CHIP_NETCHECK: self._edge(chip, netcheck, PhotoKind.CHIP, PhotoKind.MESH, since_s),
        }

    def _edge(
        self,
        probe: MeasuredPhoto | None,
        reference: MeasuredPhoto | None,
        probe_kind: PhotoKind,
        reference_kind: PhotoKind,
        started_s: float,
    ) -> Edge:
        if probe is None or reference is None:
            return Edge(None, "no_photo" if reference is None else "no_capture")
        if probe.measurement is None or reference.measurement is None:
            return Edge(None, probe.why_not or reference.why_not)
        answer = self._comparer.answer(
            probe.measurement,
            reference.measurement,
            probe_kind=probe_kind,
            reference_kind=reference_kind,
            mesh=reference.mesh,
            started_s=started_s,
        )
        return Edge(answer)
