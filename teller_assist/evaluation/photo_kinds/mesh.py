"""Networked-verification photograph (网纹照) and the clean authority photograph: 178x220 pixels, JPEG quality 15 to 50.

Facts: sizes (178x220; also 96x118 and 144x178) and qualities from the data description of DeMeshNet; what the mesh looks
like from its paper (arXiv 1611.05271) and those on "MeshFace". Not known: the real generator. Stand-in: one or two
families of wavy, half transparent, dark lines over the whole picture.
The clean photograph has the same crop, background and JPEG quality and no lines: the upper bound for mesh removal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.encoding import Rendering, jpeg
from teller_assist.evaluation.photo_kinds.line_layers import Blending, LineLayer, laid_over
from teller_assist.evaluation.photo_kinds.portrait import Portrait, identity_crop, on_plain_background
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Pixels

SIZE_PX = (178, 220)
_BACKGROUND_BGR = (250, 251, 251)
_QUALITY = (15, 50)
_SUPERSAMPLING = 4
_STEP_PX = 1.4  # along a line; the waves are 25 px and longer


class MeshLevel(StrEnum):
    """How heavy the mesh is."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


@dataclass(frozen=True)
class LineRanges:
    """What lines are drawn from: lengths in pixels of a photo 178 wide, ``families`` are sets of lines over each other."""

    opacity: tuple[float, float]
    width_px: tuple[float, float]
    gap_px: tuple[float, float]
    families: tuple[int, int]


LEVELS = {
    MeshLevel.LIGHT: LineRanges((0.18, 0.32), (1.2, 2.0), (30, 40), (1, 1)),
    MeshLevel.MEDIUM: LineRanges((0.28, 0.48), (1.5, 2.6), (22, 32), (1, 2)),
    MeshLevel.HEAVY: LineRanges((0.42, 0.65), (2.0, 3.4), (18, 26), (2, 2)),
}
LEVEL_OF = {PhotoKind.MESH: MeshLevel.MEDIUM, PhotoKind.MESH_HEAVY: MeshLevel.HEAVY}


def render_mesh(portrait: Portrait, rng: np.random.Generator, level: MeshLevel) -> Rendering:
    """Render a photograph with its mesh; 178x220 pixels, JPEG."""
    photograph, quality = _photograph(portrait, rng)
    return Rendering(jpeg(laid_over(photograph, mesh_lines(rng, level)), quality), ".jpg")


def render_clean(portrait: Portrait, rng: np.random.Generator) -> Rendering:
    """Render the same photograph without lines; 178x220 pixels, JPEG."""
    photograph, quality = _photograph(portrait, rng)
    return Rendering(jpeg(photograph, quality), ".jpg")


def _photograph(portrait: Portrait, rng: np.random.Generator) -> tuple[Pixels, int]:
    """Return the pixels under the mesh and the JPEG quality; drawn before any line, so mesh and clean share them."""
    crop, person = identity_crop(portrait, SIZE_PX, rng)
    return on_plain_background(crop, person, _BACKGROUND_BGR), int(rng.uniform(*_QUALITY))


def mesh_lines(rng: np.random.Generator, level: MeshLevel) -> list[LineLayer]:
    """Draw the lines of one mesh."""
    ranges = LEVELS[level]
    return [_line_family(rng, ranges) for _ in range(int(rng.integers(ranges.families[0], ranges.families[1] + 1)))]


def _line_family(rng: np.random.Generator, ranges: LineRanges) -> LineLayer:
    gap_px, width_px = float(rng.uniform(*ranges.gap_px)), float(rng.uniform(*ranges.width_px))
    angle = float(rng.uniform(-np.pi / 2, np.pi / 2))
    crossed = bool(rng.random() < 0.6)  # every line meets its mirror image: a net instead of parallel waves
    waves = _Waves.drawn(rng, gap_px)
    thickness = max(1, round(width_px * _SUPERSAMPLING / (1.5 if crossed else 1.0)))
    width, height = SIZE_PX
    canvas = np.zeros((height * _SUPERSAMPLING, width * _SUPERSAMPLING), dtype=np.uint8)
    reach_px = float(np.hypot(width, height)) / 2 + gap_px
    along = np.arange(-reach_px, reach_px, _STEP_PX)
    for number in range(-int(reach_px / gap_px) - 1, int(reach_px / gap_px) + 2):
        phase = float(rng.normal(0, 0.25))
        for side in (1, -1) if crossed else (1,):
            across = number * gap_px + side * waves.at(along, phase)
            cv2.polylines(canvas, [_turned(along, across, angle)], False, (255,), thickness)
    coverage = np.asarray(cv2.resize(canvas, SIZE_PX, interpolation=cv2.INTER_AREA), dtype=np.float32) / np.float32(255)
    tint = rng.uniform(-10, 35, 3) if rng.random() < 0.4 else np.zeros(3)
    colour = (float(rng.uniform(10, 90)) + tint).astype(np.float32)
    return LineLayer(coverage * np.float32(rng.uniform(*ranges.opacity)), colour, Blending.OVER)


@dataclass(frozen=True)
class _Waves:
    """A long and a short wave, added."""

    amplitudes_px: tuple[float, float]
    periods_px: tuple[float, float]
    phases: tuple[float, float]

    @classmethod
    def drawn(cls, rng: np.random.Generator, gap_px: float) -> _Waves:
        amplitudes = float(rng.uniform(0.25, 0.6)) * gap_px, float(rng.uniform(0.05, 0.25)) * gap_px
        period = float(rng.uniform(60, 130))
        phases = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 2 * np.pi))
        return cls(amplitudes, (period, period / float(rng.uniform(1.6, 2.6))), phases)

    def at(self, along: npt.NDArray[np.float64], phase: float) -> npt.NDArray[np.float64]:
        long_wave = np.sin(2 * np.pi * along / self.periods_px[0] + self.phases[0] + phase)
        short_wave = np.sin(2 * np.pi * along / self.periods_px[1] + self.phases[1])
        return np.asarray(self.amplitudes_px[0] * long_wave + self.amplitudes_px[1] * short_wave)


def _turned(along: npt.NDArray[np.float64], across: npt.NDArray[np.float64], angle: float) -> npt.NDArray[np.int32]:
    x = SIZE_PX[0] / 2 + along * np.cos(angle) - across * np.sin(angle)
    y = SIZE_PX[1] / 2 + along * np.sin(angle) + across * np.cos(angle)
    return (np.stack([x, y], axis=1) * _SUPERSAMPLING).astype(np.int32)
