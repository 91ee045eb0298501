"""``teller-assist evaluate face``: error rates of face comparison on a set of photographs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from teller_assist.cli.choices import several_of
from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress
from teller_assist.evidence.kinds import PhotoKind

SCHEMA = "evaluate-face/1"
CACHE = Path(".cache") / "evaluation"
_SHOWN_TARGET = "1e-4"


def add_parser(evaluations: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser of evaluations."""
    parser = evaluations.add_parser(
        "face",
        help="error rates of face comparison 人脸比对的错误率",
        description="Compare every live photograph of a set with every reference of each kind and report error rates with their "
        "counts and intervals, at thresholds refitted on the set's development people and at those that ship. Leaves report.json "
        "and report.html in the output folder; other files there stay. What was measured is kept (biometric data) and an "
        "interrupted run goes on.",
    )
    references = [kind for kind in PhotoKind if kind is not PhotoKind.LIVE]  # live is what is compared with them
    parser.add_argument("--set", required=True, type=Path, metavar="DIR", help="folder with images.csv")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for report.json and report.html")
    parser.add_argument(
        "--split", choices=("test", "dev"), default="test", help="people the rates are counted on; test if left out"
    )
    parser.add_argument(
        "--kinds", type=several_of(references), metavar="KIND,...", help=f"of {','.join(references)}; all of the set if left out"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder of measured features; .cache/evaluation if left out")
    parser.add_argument(
        "--pictures",
        action="store_true",
        help="show faces of the set in report.html: meshes taken out well, and the worst failures; such a page is personal data",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate the set, write both reports and print one.

    Raises
    ------
    SetError
        The set is not in its form, or holds nothing to compare.
    ModelError
        A face model is missing or altered.
    ResourceError
        A folder cannot be written.
    """
    from functools import partial

    from teller_assist.app import open_installation
    from teller_assist.cli.output import document
    from teller_assist.decision.outcome import EXCUSING_ADVICE
    from teller_assist.evaluation.contact_sheet import sheet_pictures
    from teller_assist.evaluation.face_evaluation import FaceOrder, evaluate_face
    from teller_assist.evaluation.face_report import write_reports
    from teller_assist.evaluation.feature_sets import MeasuringSetup
    from teller_assist.evaluation.sets import Split, read_set
    from teller_assist.evaluation.simulation_folder import make_folder
    from teller_assist.face.quality import read_quality_mappings
    from teller_assist.settings.shipped import read_shipped
    from teller_assist.workflow.opening import QUALITY_FILE

    the_set = read_set(arguments.set)
    make_folder(arguments.out)
    installation = open_installation()
    setup = MeasuringSetup(
        installation.root, installation.settings.face, installation.picture_limits, installation.features_sha256
    )
    model_id = installation.measurer.model_id  # fails here without the models
    mappings = read_quality_mappings(read_shipped(installation.root, QUALITY_FILE).decode("utf-8"))
    excusing = {name.value: one.advise_below for name, one in mappings.items() if one.advice in EXCUSING_ADVICE}
    order = FaceOrder(Split(arguments.split), arguments.kinds, model_id, installation.policy.outcome, excusing)
    cache = arguments.cache or installation.root / CACHE
    found = evaluate_face(the_set, order, setup, installation.calibrations, cache, write_progress)
    body = found.body
    sheets = {}
    if arguments.pictures:
        see = partial(sheet_pictures, the_set=the_set, measurer=installation.measurer, limits=installation.picture_limits)
        sheets = {kind: (see(picked.successes), see(picked.failures)) for kind, picked in found.picked.items()}
    write_reports(arguments.out, document(SCHEMA, body), sheets)
    if arguments.json:
        write_document(SCHEMA, body)
    else:
        write_lines(*_lines(body), str(arguments.out / "report.html"))
    return EXIT_DONE


def _lines(body: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    lines = []
    bases = {"set_dev": sentence("evaluation", "block_set_dev").zh, "shipped": sentence("evaluation", "block_shipped").zh}
    for kind, result in body["kinds"].items():
        for block, basis in bases.items():
            entry = result.get(block, {}).get(_SHOWN_TARGET, {"stated": False})
            name = sentence("photo_kind", kind).zh
            if not entry["stated"] or not isinstance(entry["pass_rate"], float) or not isinstance(entry["fmr_obtained"], float):
                lines.append(sentence("evaluation", "face_not_stated", kind=name, basis=basis).zh)
                continue
            low, high = entry["pass_ci95"]
            facts = {
                "kind": name, "basis": basis, "mated": result["mated"], "people": result["mated_identities"],
                "passed": f"{entry['pass_rate']:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}",
                "errors": entry["fmr_errors"], "comparisons": entry["fmr_comparisons"],
            }  # fmt: skip
            lines.append(sentence("evaluation", "face_rate", **facts).zh)
    return lines
