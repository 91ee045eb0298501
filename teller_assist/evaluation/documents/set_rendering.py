"""A whole set of made-up documents: pictures and ``truth.json``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL

from teller_assist.evaluation.documents.drawing.second_script import scripts_without_font
from teller_assist.evaluation.documents.fonts import installed_fonts, missing_fonts
from teller_assist.evaluation.documents.picture_making import make_picture
from teller_assist.evaluation.documents.truth import TRUTH_NAME
from teller_assist.evaluation.progress import ProgressLines
from teller_assist.evaluation.simulation_folder import claim_folder, write_whole
from teller_assist.evidence.printed import DocumentKind

RENDERING_VERSION = 3  # raised when the same seed gives other pictures


@dataclass(frozen=True)
class RenderOrder:
    """What to render.

    Attributes
    ----------
    pictures
        Of all kinds together; kinds take turns.
    """

    pictures: int
    seed: int
    kinds: tuple[DocumentKind, ...]


def render_documents(out: Path, order: RenderOrder, progress: Callable[[str], None]) -> dict[str, Any]:
    """Render a set.

    Parameters
    ----------
    out
        New or empty, or left by an interrupted run of the same order.
    progress
        Gets a line every few seconds.

    Returns
    -------
    The body of an evaluate-render-documents/1 document.

    Raises
    ------
    PhotographsMissingError
        "no_chinese_font": nothing can be drawn here.
    SetError
        The output folder is taken.
    ResourceError
        The output folder cannot be written.
    """
    started_s = time.monotonic()
    claim_folder(out, _plan(order))
    lines = ProgressLines("render", order.pictures, progress)
    rows = []
    for place in range(order.pictures):
        kind, number = order.kinds[place % len(order.kinds)], place // len(order.kinds)
        made = make_picture(order.seed, number, kind)
        name = f"{kind}_{number:04d}.jpg"
        write_whole(out / name, made.data)
        rows.append({"file": name} | made.row)
        lines.step()
    write_whole(out / TRUTH_NAME, truth_bytes(rows))
    return {
        "made_up": True,
        "pictures": len(rows),
        "kinds": {kind.value: sum(row["kind"] == kind for row in rows) for kind in order.kinds},
        "severities": _counted(rows, "severity"),
        "modes": _counted(rows, "mode"),
        "seed": order.seed,
        "fonts": [font.name for font in installed_fonts()],
        "fonts_missing": list(missing_fonts()),
        "scripts_missing": list(scripts_without_font()),
        "wall_s": round(time.monotonic() - started_s, 1),
    }


def truth_bytes(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return ``truth.json``: one row a line."""
    return ("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n").encode()


def _plan(order: RenderOrder) -> dict[str, Any]:
    return {
        "schema": "rendered-documents/1",
        "rendering_version": RENDERING_VERSION,
        "pictures": order.pictures,
        "seed": order.seed,
        "kinds": [kind.value for kind in order.kinds],
        "fonts": [font.name for font in installed_fonts()],
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "pillow": PIL.__version__,
    }


def _counted(rows: Sequence[dict[str, Any]], key: str) -> dict[str, int]:
    return {value: sum(row[key] == value for row in rows) for value in sorted({row[key] for row in rows})}
