"""Simulated photo kinds: what a teller's counter sees of a person, made from an ordinary archive photograph.

Everything rendered here is a simulation and results on it are to be called "simulated": the chip's real codec (WLT) and
the authority's real mesh generator are not public, and no range was fitted to real photographs of these kinds.
What is known and what was assumed stands in each kind's module.

Rendering is pure: the same portrait, kind, key and seed give the same bytes, in any order and any process, for one
version of OpenCV and NumPy. clean, mesh and mesh_heavy of one key and seed share crop and JPEG quality.

    portrait = prepare_portrait(pixels, landmarks)
    rendering = render(portrait, PhotoKind.CHIP, rng_for("a/0001.jpg", PhotoKind.CHIP, seed=0))
    rendering.data, rendering.suffix, rendering.pixels
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from teller_assist.errors import UsageError
from teller_assist.evaluation.photo_kinds.chip import render_chip
from teller_assist.evaluation.photo_kinds.encoding import Rendering
from teller_assist.evaluation.photo_kinds.live import render_live
from teller_assist.evaluation.photo_kinds.mesh import LEVEL_OF, render_clean, render_mesh
from teller_assist.evaluation.photo_kinds.portrait import Portrait, prepare_portrait
from teller_assist.evaluation.photo_kinds.recapture import render_recapture
from teller_assist.evidence.kinds import PhotoKind

__all__ = ["RENDERED_KINDS", "Portrait", "Rendering", "prepare_portrait", "render", "rng_for"]

_RENDERERS: dict[PhotoKind, Callable[[Portrait, np.random.Generator], Rendering]] = {
    PhotoKind.LIVE: render_live,
    PhotoKind.CHIP: render_chip,
    PhotoKind.MESH: lambda portrait, rng: render_mesh(portrait, rng, LEVEL_OF[PhotoKind.MESH]),
    PhotoKind.MESH_HEAVY: lambda portrait, rng: render_mesh(portrait, rng, LEVEL_OF[PhotoKind.MESH_HEAVY]),
    PhotoKind.CLEAN: render_clean,
    PhotoKind.RECAPTURE: render_recapture,
}
RENDERED_KINDS = tuple(_RENDERERS)  # archive is the photograph itself, unchanged

_GROUPS = {PhotoKind.MESH_HEAVY: PhotoKind.MESH, PhotoKind.CLEAN: PhotoKind.MESH}  # these share their random numbers


def rng_for(key: str, kind: PhotoKind, seed: int) -> np.random.Generator:
    """Return the generator of one rendering.

    Parameters
    ----------
    key
        Names the photograph, the same on every machine: its path inside its set.
    kind
        mesh, mesh_heavy and clean share one stream, so that they differ in their lines only.
    seed
        Any whole number; another seed renders the same photograph anew.
    """
    text = f"{key}|{_GROUPS.get(kind, kind)}|{seed}"
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))


def render(portrait: Portrait, kind: PhotoKind, rng: np.random.Generator) -> Rendering:
    """Render one photograph of a kind.

    Parameters
    ----------
    portrait
        From ``prepare_portrait``; may be rendered into several kinds.
    kind
        Any but archive, which is the photograph itself.
    rng
        From ``rng_for``; used up by the call.

    Raises
    ------
    UsageError
        The kind is not rendered.
    """
    if kind not in _RENDERERS:
        raise UsageError(kind=str(kind))
    return _RENDERERS[kind](portrait, rng)
