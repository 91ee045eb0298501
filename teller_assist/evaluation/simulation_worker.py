"""One photograph rendered into its kinds; runs in worker processes, so everything here can be pickled."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import cv2

from teller_assist.errors import BugError, NoFaceError, PictureError
from teller_assist.evaluation.conditions import under_condition
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait, render, rng_for
from teller_assist.evaluation.photo_kinds.encoding import camera_jpeg
from teller_assist.evaluation.photo_kinds.mesh import LEVEL_OF
from teller_assist.evaluation.photo_kinds.mesh_variety import render_variety
from teller_assist.evaluation.sets import SetRow
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.evaluation.sitter import sitter_landmarks
from teller_assist.evaluation.worker_process import tie_to_parent
from teller_assist.evaluation.worn import WORN, wear
from teller_assist.evidence.kinds import Condition, LineShape, PhotoKind
from teller_assist.face.detection import FaceDetector
from teller_assist.pictures.decode import PictureLimits, decode_picture
from teller_assist.pictures.files import read_bytes

# What a reader hands over as bare pixels is kept as PNG; the others are JPEG files in real life.
_SUFFIXES = {PhotoKind.CHIP: ".png"}
_ROLE = "set"
_ALTERED_JPEG_QUALITY = 95  # encoded a second time: as little as possible may be lost by that


@dataclass(frozen=True)
class DetectorSetup:
    """What a worker process builds its detector from.

    Attributes
    ----------
    model
        The detector's verified bytes.
    side_px, score_min
        As in ``FaceDetector``.
    """

    model: bytes = field(repr=False)
    side_px: int
    score_min: float


@dataclass(frozen=True)
class Target:
    """One file to make of a photograph.

    Attributes
    ----------
    path
        Below the output folder.
    condition
        What is done to a live rendering, or the lines a mesh rendering has; None leaves it as it is.
    """

    kind: PhotoKind
    path: str
    condition: Condition | LineShape | None = None


@dataclass(frozen=True)
class RenderTask:
    """One photograph and the files to make of it.

    Attributes
    ----------
    row
        The photograph.
    """

    row: SetRow
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class RenderResult:
    """What became of one photograph.

    Attributes
    ----------
    rendered
        What now exists.
    no_face
        Whether the detector found no face, so that nothing but the archive copy could be made.
    unreadable
        Reason code of the picture's error; empty when it was read.
    """

    rendered: tuple[Target, ...]
    no_face: bool = False
    unreadable: str = ""


class Renderer:
    """Renders the photographs of one set into one folder.

    Parameters
    ----------
    set_root, out
        The set's folder and the output folder.
    """

    def __init__(self, set_root: Path, out: Path, seed: int, detector: DetectorSetup, limits: PictureLimits) -> None:
        cv2.setNumThreads(1)
        self._set_root, self._out, self._seed, self._limits = set_root, out, seed, limits
        self._detector = FaceDetector(detector.model, side_px=detector.side_px, score_min=detector.score_min)

    def run(self, task: RenderTask) -> RenderResult:
        """Make the files that do not exist yet; an existing one is whole and, by its plan, the same.

        Raises
        ------
        ResourceError
            The output folder cannot be written.
        """
        missing = [target for target in task.targets if not (self._out / target.path).is_file()]
        try:
            self._make(task.row, missing)
        except NoFaceError:
            return RenderResult(tuple(target for target in task.targets if target.kind is PhotoKind.ARCHIVE), no_face=True)
        except PictureError as error:
            return RenderResult((), unreadable=error.reason)
        return RenderResult(task.targets)

    def _make(self, row: SetRow, targets: list[Target]) -> None:
        if not targets:
            return
        data = read_bytes(self._set_root / row.path, role=_ROLE, max_bytes=self._limits.max_bytes)
        picture = decode_picture(data, role=_ROLE, limits=self._limits)
        for target in targets:
            if target.kind is PhotoKind.ARCHIVE:
                write_whole(self._out / target.path, data)
        rendered = [target for target in targets if target.kind is not PhotoKind.ARCHIVE]
        if rendered:
            portrait = prepare_portrait(picture.pixels, sitter_landmarks(picture, self._detector.detect(picture)))
        for target in rendered:
            write_whole(self._out / target.path, self._rendered(row, portrait, target))

    def _rendered(self, row: SetRow, portrait: Portrait, target: Target) -> bytes:
        rng = rng_for(row.path, target.kind, self._seed)  # under a condition, too: nothing but the condition differs
        if target.condition is None:
            return render(portrait, target.kind, rng).data
        of_condition = rng_for(f"{row.path}|{target.condition}", target.kind, self._seed)
        if isinstance(target.condition, LineShape):
            return render_variety(portrait, target.condition, LEVEL_OF[target.kind], of_condition).data
        if target.condition in WORN:
            return render(wear(portrait, target.condition, of_condition), target.kind, rng).data
        frame = render(portrait, target.kind, rng).pixels
        return camera_jpeg(under_condition(frame, target.condition, of_condition), _ALTERED_JPEG_QUALITY)


def target_of(row: SetRow, name: str, kind: PhotoKind, condition: Condition | LineShape | None = None) -> Target:
    """Return where a rendering lies below the output folder; ``name`` is the photograph's, without suffix."""
    if kind is PhotoKind.ARCHIVE:
        return Target(kind, f"{kind}/{row.path}")
    folder = PurePosixPath(kind if condition is None else f"{kind}_{condition}")
    return Target(kind, str(folder / (name + _SUFFIXES.get(kind, ".jpg"))), condition)


_renderer: Renderer | None = None


def start_worker(set_root: Path, out: Path, seed: int, detector: DetectorSetup, limits: PictureLimits) -> None:
    """Build this process's renderer."""
    global _renderer
    tie_to_parent()
    _renderer = Renderer(set_root, out, seed, detector, limits)


def run_in_worker(task: RenderTask) -> RenderResult:
    """Run one task with this process's renderer."""
    if _renderer is None:
        raise BugError("a task came before its worker was started")
    return _renderer.run(task)
