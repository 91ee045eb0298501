"""The photo triangle, live face, chip portrait and networked-verification photo, and the printed portrait: each pair with its own
calibration.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from teller_assist.comparison.searching import SearchProbe
from teller_assist.decision.judgement import EdgeName
from teller_assist.errors import EvidenceError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import FaceMeasurement
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.face.mesh import MeshReading
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer
from teller_assist.workflow.portraits import original_around, portrait_at_one_scale, whole_portrait

_ON_ITS_HEAD_FROM_DEG = 135  # nearer to half a turn than to a quarter


@dataclass(frozen=True, eq=False)
class MeasuredPhoto:
    """A reference photo, or a captured frame, and what was measured on it.

    Attributes
    ----------
    picture
        The photo as it came; a chip portrait that came on its head is turned upright.
    measurement
        None where the photo cannot be compared; ``why_not`` then is the reason code.
    shown
        The portrait as the window shows it: the face at one scale, or the whole photo where no face was measured.
    original
        The same face as it came.
    mesh
        What was read of its mesh; None for a photo of another kind.
    restored
        The portrait without its mesh, and the same face of it as it is: shown beside the photo, never in its place. None where
        nothing was taken out.
    """

    picture: Picture
    measurement: FaceMeasurement | None
    shown: Pixels
    original: Pixels
    mesh: MeshReading | None = None
    why_not: str = ""
    restored: tuple[Pixels, Pixels] | None = None

    @classmethod
    def of(cls, picture: Picture, measurement: FaceMeasurement, mesh: MeshReading | None = None) -> MeasuredPhoto:
        """Return a photo whose face was measured."""
        face = measurement.face
        shown, original = portrait_at_one_scale(picture.pixels, face), original_around(picture.pixels, face)
        restored = None if mesh is None else _restored(mesh, face)
        return cls(picture, measurement, shown, original, mesh, restored=restored)


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

    def measure_photo(self, picture: Picture, *, has_mesh: bool, orientation_known: bool = True) -> MeasuredPhoto:
        """Measure a chip portrait or a networked-verification photo; one that cannot be compared says why.

        Parameters
        ----------
        orientation_known
            False: it may stand on its head; where its face does, the answer's picture is the portrait turned upright.
        """
        mesh = self._measurer.read_mesh(picture) if has_mesh else None
        try:
            measured = self._measurer.measure(picture) if mesh is None else self._measurer.measure_authority_photo(mesh)
            if not orientation_known and abs(measured.face.turn_deg) > _ON_ITS_HEAD_FROM_DEG:
                picture = _turned_round(picture)
                measured = self._measurer.measure(picture)
        except EvidenceError as error:
            shown, restored = whole_portrait(picture.pixels), None if mesh is None else _restored(mesh, None)
            return MeasuredPhoto(picture, None, shown, picture.pixels, mesh, error.reason, restored)
        return MeasuredPhoto.of(picture, measured, mesh)

    def compare(
        self,
        live: MeasuredPhoto | None,
        chip: MeasuredPhoto | None,
        netcheck: MeasuredPhoto | None,
        *,
        printed: MeasuredPhoto | None = None,
        chip_kind: PhotoKind = PhotoKind.CHIP,
        started_s: float | None = None,
    ) -> dict[EdgeName, Edge]:
        """Compare every pair; a side whose photo is absent or unusable says why.

        Parameters
        ----------
        live, chip, netcheck, printed
            None: there is no such photo; without a printed one its edge is not among those that are returned.
        chip_kind
            ARCHIVE for the portrait of a travel document's chip: there is no calibration for its kind, and its photograph comes
            as it was taken.
        started_s
            ``time.perf_counter()`` from which the answers count their total time; now when left out.

        Raises
        ------
        CalibrationMismatchError
            A calibration is not for what runs on this machine.
        """
        since_s = time.perf_counter() if started_s is None else started_s
        edges = {
            EdgeName.LIVE_CHIP: self._edge(live, chip, PhotoKind.LIVE, chip_kind, since_s),
            EdgeName.LIVE_NETCHECK: self._edge(live, netcheck, PhotoKind.LIVE, PhotoKind.MESH, since_s),
            EdgeName.CHIP_NETCHECK: self._edge(chip, netcheck, chip_kind, PhotoKind.MESH, since_s),
        }
        if printed is not None:
            edges[EdgeName.LIVE_PRINTED] = self._edge(live, printed, PhotoKind.LIVE, PhotoKind.RECAPTURE, since_s)
        return edges

    def search_probe(self, live: MeasuredPhoto, *, target_fmr: str) -> SearchProbe | None:
        """Return what a captured face is searched by among others; None where it cannot be.

        Parameters
        ----------
        target_fmr
            See ``comparison.searching.strictest_threshold``.

        Raises
        ------
        CalibrationMismatchError
            As for ``compare``.
        """
        return None if live.measurement is None else self._comparer.search_probe(live.measurement, target_fmr=target_fmr)

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


def _turned_round(picture: Picture) -> Picture:
    pixels = np.ascontiguousarray(picture.pixels[::-1, ::-1])
    pixels.flags.writeable = False
    return replace(picture, pixels=pixels)


def _restored(mesh: MeshReading, face: FaceBox | None) -> tuple[Pixels, Pixels] | None:
    """Return the portrait without its mesh, and its face as it is: whole where no face was found."""
    if mesh.restored is None:
        return None
    pixels = mesh.restored.pixels
    if face is None:
        return whole_portrait(pixels), pixels
    in_restored = mesh.on_restored(face)
    return portrait_at_one_scale(pixels, in_restored), original_around(pixels, in_restored)
