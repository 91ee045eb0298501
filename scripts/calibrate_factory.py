"""Fit the factory calibrations on development people and write config/calibration/. Run by hand: about half an hour on two cores.

python scripts/calibrate_factory.py --data DIR --work DIR [--render-only]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from teller_assist.app import open_installation
from teller_assist.evaluation.factory_data import photographs, render_group
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.workflow.opening import DETECTOR_ID


def main() -> int:
    """Render, measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with lfw/ and asian_adults/")
    parser.add_argument("--work", type=Path, required=True, help="renderings and features are kept here between runs")
    parser.add_argument("--render-only", action="store_true")
    arguments = parser.parse_args()
    installation = open_installation()
    face = installation.settings.face
    model = installation.model_store.read_verified(installation.model_store.manifest.entry(DETECTOR_ID))
    detector = DetectorSetup(model, side_px=face.detection_side_px, score_min=face.detection_score_min)
    rendered = {}
    for group, archive in photographs(arguments.data).items():
        print(f"{group}: {len(archive.rows)} photographs of {archive.identities}", flush=True)
        rendered[group] = render_group(archive, arguments.work / group, detector, installation.picture_limits, print)
    return 0


if __name__ == "__main__":
    sys.exit(main())
