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
from teller_assist.evaluation.photo_kinds import prepare_portrait
from teller_assist.evaluation.photo_kinds.encoding import png
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split, choose_rows, read_set
from teller_assist.evaluation.simulate import SimulationOrder, simulate_set
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.evaluation.sitter import sitter_landmarks
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.face.detection import FaceDetector
from teller_assist.pictures.decode import PictureLimits, read_picture

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


def complete_tight_crops(
    archive: EvaluationSet, out: Path, detector: FaceDetector, limits: PictureLimits, progress: Callable[[str], None]
) -> EvaluationSet:
    """Bring tight crops of faces to the layout of whole photographs, hair and coat drawn, and return them as archive photographs.

    A crop that ends at the forehead scores lower against a whole photograph than two of its kind do against each other. Measured
    on LFW development people cropped in the same way (500 people, 488,900 non-mated comparisons): left as they are, live against
    archive comes out 0.04 too low at FMR 1e-2 to 1e-4; completed on both sides, live against chip comes out 0.04 too high. An
    upper bound may only err upwards.

    Parameters
    ----------
    out
        Gets one PNG a photograph; existing ones are taken as they are.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for row in archive.rows:
        target = out / Path(row.path).with_suffix(".png").name
        if target.is_file() or _complete(archive.file(row), target, detector, limits):
            rows.append(SetRow(target.name, row.identity, row.split, row.kind, target.name, group=row.group))
    progress(f"completed {len(rows)} of {len(archive.rows)} tight crops")
    return EvaluationSet(out, tuple(rows), archive.images_csv_sha256)


def _complete(source: Path, target: Path, detector: FaceDetector, limits: PictureLimits) -> bool:
    """Write one completed photograph; False where there is no face to complete."""
    picture = read_picture(source, role="set", limits=limits)
    faces = detector.detect(picture)
    if not faces:
        return False
    portrait = prepare_portrait(picture.pixels, sitter_landmarks(picture, faces))
    write_whole(target, png(portrait.pixels))
    return True


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
