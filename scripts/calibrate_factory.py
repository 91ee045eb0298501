"""Fit the factory back-end and calibrations on development people. Run by hand: about half an hour on two cores.

Writes config/back_end/, config/calibration/, config/mesh.toml and docs/figures/factory_calibration.json.

python scripts/calibrate_factory.py --data DIR --work DIR [--date YYYY-MM-DD]
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from teller_assist.app import Installation, open_installation
from teller_assist.comparison.back_end import BackEnd, back_end_path, read_back_end, write_back_end
from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import calibration_path, rate_body, write_calibration
from teller_assist.evaluation.calibration_making import RunningPipeline
from teller_assist.evaluation.factory_back_end import fit_back_end
from teller_assist.evaluation.factory_calibration import PAIRS, fit_calibration, fit_mesh_limit
from teller_assist.evaluation.factory_data import FIRST_GROUP, complete_tight_crops, photographs, render_group
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.face.mesh import read_mesh_limits
from teller_assist.settings.shipped import read_shipped
from teller_assist.workflow.opening import EXTRACTOR_ID, MESH_FILE, running_pipeline_sha256

MESH_TEXT = """# The mesh of a networked-verification photo, as models/cards/demesh-2026.md measures it. All photos simulated.
# Written by scripts/calibrate_factory.py.
# lines_from: likelihood of lines from which on they are taken out; set by hand, and part of what the features depend on. Counted:
# {clean_called_mesh} of {clean} clean photos at or above it, {medium_called_clean} of {medium} with a medium mesh below.
# heavy_from: heaviness from which on it is compared with the calibration for heavy meshes. Fitted, both error shares alike:
# {medium_called_heavy} of {medium} medium ones counted as heavy, {heavy_called_medium} of {heavy} heavy ones as medium.
schema = "mesh/2"
date = {date}
lines_from = {lines_from}
heavy_from = {heavy_from}
"""


def main() -> int:
    """Render, measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with lfw/ and asian_adults/")
    parser.add_argument("--work", type=Path, required=True, help="renderings and features are kept here between runs")
    parser.add_argument("--date", type=datetime.date.fromisoformat, default=datetime.date.today())
    arguments = parser.parse_args()
    installation = open_installation()
    measured = _measured_groups(installation, arguments.data, arguments.work)
    sha256 = installation.model_store.manifest.entry(EXTRACTOR_ID).sha256
    back_end = _write_back_end(installation, measured, sha256, arguments.date)
    groups = {name: one.behind(back_end) for name, one in measured.items()}
    pipeline = RunningPipeline(
        EXTRACTOR_ID, sha256, running_pipeline_sha256(installation.root, installation.features_sha256, EXTRACTOR_ID)
    )
    rows = []
    for pair in PAIRS:
        calibration, provenance = fit_calibration(pair, groups, pipeline, arguments.date)
        target = installation.root / calibration_path(EXTRACTOR_ID, *pair)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(write_calibration(calibration, provenance), encoding="utf-8")
        rows.append(_figures(calibration))
        print(json.dumps(rows[-1]), flush=True)
    limits = read_mesh_limits(read_shipped(installation.root, MESH_FILE))
    mesh = fit_mesh_limit(groups) | {"lines_from": limits.lines_from}
    print(json.dumps(mesh), flush=True)
    (installation.root / MESH_FILE).write_text(MESH_TEXT.format(date=arguments.date, **mesh), encoding="utf-8")
    figures = {"schema": "factory-calibration/1", "date": arguments.date.isoformat(), "calibrations": rows, "mesh_limit": mesh}
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    (installation.root / "docs" / "figures" / "factory_calibration.json").write_text(text, encoding="utf-8")
    return 0


def _write_back_end(installation: Installation, measured: dict[str, MeasuredSet], sha256: str, date: datetime.date) -> BackEnd:
    """Fit the back-end, write it and return it as its file says it: with its numbers rounded."""
    back_end, provenance = fit_back_end(measured, model_id=EXTRACTOR_ID, model_sha256=sha256, today=date)
    text = write_back_end(back_end, provenance)
    target = installation.root / back_end_path(EXTRACTOR_ID)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return read_back_end(text.encode())


def _measured_groups(installation: Installation, data: Path, work: Path) -> dict[str, MeasuredSet]:
    face, limits = installation.settings.face, installation.picture_limits
    detector = installation.detector_setup
    setup = MeasuringSetup(installation.root, face, limits, installation.features_sha256)
    groups = {}
    for group, archive in photographs(data).items():
        print(f"{group}: {len(archive.rows)} photographs of {archive.identities}", flush=True)
        if group != FIRST_GROUP:
            archive = complete_tight_crops(archive, work / f"{group}_completed", installation.detector, limits, print)
        rendered = render_group(archive, work / group, detector, limits, print)
        groups[group] = measure_set(rendered, setup, work / "features", print)
    return groups


def _figures(calibration: Calibration) -> dict[str, Any]:
    """Return what the page of figures says about one calibration: pass rates at the targets, with the cost of the worst group."""
    return {
        "calibration_id": calibration.calibration_id,
        "mated": calibration.mated.table.comparisons,
        "mated_failed_to_acquire": calibration.mated.failed_to_acquire,
        "mated_identities": calibration.mated.identities,
        "non_mated": {group.name: group.table.comparisons for group in calibration.groups},
        "thresholds": {
            target: {
                "fmr": rate_body(entry.fmr),
                "score": entry.score,
                "pass_rate": rate_body(entry.pass_rate),
                "lfw_only_score": entry.first_group_score,
                "lfw_only_pass_rate": rate_body(entry.first_group_pass_rate),
            }
            if isinstance(entry, Threshold)
            else {"stated": False, "comparisons": entry.comparisons, "needed": entry.comparisons_needed}
            for target, entry in calibration.thresholds.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
