"""The research photographs behind the factory calibration, rendered into photo kinds.

Layout of the data folder: ``lfw/images.csv`` in the evaluation-set form, and ``asian_adults/images.csv`` with the columns
path, age, gender and no identities (every photograph counts as a person of its own, so its rates are upper bounds).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path

from teller_assist.errors import SetError
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split, choose_rows, read_set
from teller_assist.evaluation.simulate import SimulationOrder, simulate_set
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.pictures.decode import PictureLimits

FIRST_GROUP = "lfw_dev"
GROUPS_WITHOUT_IDENTITIES = {"F": "asian_f", "M": "asian_m"}
SEED = 20261121

# Photographs a person: more of the few people with hundreds would cost hours and hardly narrow an interval over identities.
PHOTOGRAPHS_PER_PERSON = 4

KINDS = frozenset(PhotoKind)


def photographs(data: Path) -> dict[str, EvaluationSet]:
    """Return the archive photographs of every group, development people only.

    Raises
    ------
    SetError
        The folder does not hold the data.
    """
    lfw = read_set(data / "lfw")
    rows = choose_rows(lfw.select(kind=PhotoKind.ARCHIVE, split=Split.DEV), most=PHOTOGRAPHS_PER_PERSON)
    groups = {FIRST_GROUP: EvaluationSet(lfw.root, rows, lfw.images_csv_sha256)}
    for gender, group in GROUPS_WITHOUT_IDENTITIES.items():
        groups[group] = _without_identities(data / "asian_adults", gender, group)
    return groups


def render_group(
    archive: EvaluationSet, out: Path, detector: DetectorSetup, limits: PictureLimits, progress: Callable[[str], None]
) -> EvaluationSet:
    """Render one group into every kind; what an earlier run left is continued, a finished folder is only read."""
    simulate_set(archive, out, SimulationOrder(KINDS, SEED), detector, limits, progress)
    return read_set(out)


def _without_identities(root: Path, gender: str, group: str) -> EvaluationSet:
    try:
        content = (root / "images.csv").read_bytes()
        records = list(csv.DictReader(content.decode("utf-8").splitlines()))
        chosen = [record["path"] for record in records if record["gender"] == gender]
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise SetError("set_invalid", why="csv_missing", group=group) from error
    if not chosen:
        raise SetError("set_too_small", group=group)
    rows = tuple(SetRow(path, path, Split.DEV, PhotoKind.ARCHIVE, path, group=group) for path in chosen)
    return EvaluationSet(root, rows, hashlib.sha256(content).hexdigest())
