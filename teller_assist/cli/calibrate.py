"""``teller-assist calibrate``: fit calibrations on a bank's own set, show before and after, accept or withdraw them."""

from __future__ import annotations

import argparse
import datetime
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.choices import several_of
from teller_assist.cli.evaluate_face import CACHE
from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress
from teller_assist.evidence.kinds import PhotoKind

if TYPE_CHECKING:
    from teller_assist.app import Installation
    from teller_assist.evaluation.calibration_making import RunningPipeline


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser(
        "calibrate",
        help="the bank's own calibration 本行校准",
        description="Fit calibrations on the development people of a bank's own set and show what they would change, counted on "
        "its test people where it has any. Nothing changes until the proposal is accepted by its id. Accepted files lie beside "
        "the site's settings and beat what shipped. What was measured is kept (biometric data).",
    )
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--set", type=Path, metavar="DIR", help="fit on this set: folder with images.csv")
    wanted.add_argument("--accept", type=Path, metavar="DIR", help="accept the proposal in this folder; needs --id and --key")
    wanted.add_argument("--withdraw", action="store_true", help="go back to the calibrations that shipped")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the proposal; needed with --set")
    parser.add_argument("--id", metavar="ID", help="of the proposal to accept, as it was shown")
    parser.add_argument("--key", type=Path, metavar="KEY", help="private key with the purpose bank_file; needed with --accept")
    references = [kind for kind in PhotoKind if kind is not PhotoKind.LIVE]
    parser.add_argument(
        "--kinds", type=several_of(references), metavar="KIND,...", help=f"of {','.join(references)}; all of the set if left out"
    )
    parser.add_argument("--camera", default="", metavar="ID", help="plugin of the camera that took the live photographs")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder of measured features; .cache/evaluation if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Propose, accept or withdraw.

    Raises
    ------
    UsageError
        --set without --out, or --accept without --id or --key.
    SetError
        The set holds nothing to fit on, or the proposal is not the one that was shown.
    ModelError, CalibrationMismatchError, SettingsError, SigningError, ResourceError
        A model, a calibration or a folder cannot be used.
    """
    from teller_assist.app import open_installation
    from teller_assist.errors import UsageError

    if (arguments.set is not None and arguments.out is None) or (arguments.accept is not None and not arguments.id):
        raise UsageError(what="command_line")
    if arguments.accept is not None and arguments.key is None:
        raise UsageError(what="key")
    installation = open_installation()
    if arguments.set is not None:
        return _propose(arguments, installation)
    return _accept(arguments, installation) if arguments.accept is not None else _withdraw(arguments, installation)


def _propose(arguments: argparse.Namespace, installation: Installation) -> int:
    from teller_assist.evaluation.bank_calibration import propose, write_proposal
    from teller_assist.evaluation.feature_sets import MeasuringSetup
    from teller_assist.evaluation.sets import read_set
    from teller_assist.evaluation.simulation_folder import make_folder

    the_set = read_set(arguments.set)
    make_folder(arguments.out)
    setup = MeasuringSetup(
        installation.root, installation.settings.face, installation.picture_limits, installation.features_sha256
    )
    target = installation.policy.outcome.target_fmr
    proposal = propose(
        the_set, arguments.kinds, setup, installation.calibrations, _running(installation), target_fmr=target,
        today=datetime.date.today(), cache=arguments.cache or installation.root / CACHE, progress=write_progress,
        camera=arguments.camera,
    )  # fmt: skip
    body = write_proposal(arguments.out, proposal)
    if arguments.json:
        write_document("calibrate/1", {"state": "proposed", "target_fmr": target, "folder": str(arguments.out), **body})
    else:
        write_lines(*_lines(body, target, arguments.out))
    return EXIT_DONE


def _accept(arguments: argparse.Namespace, installation: Installation) -> int:
    from teller_assist.evaluation.bank_calibration import accept_proposal
    from teller_assist.wording import sentence

    bank, running = installation.bank_calibrations, _running(installation)
    ids = accept_proposal(arguments.accept, arguments.id, bank, running, arguments.key)
    if arguments.json:
        write_document("calibrate/1", {"state": "accepted", "proposal_id": arguments.id, "calibrations": list(ids)})
    else:
        write_lines(sentence("calibrate", "accepted", calibrations="、".join(ids)).zh)
    return EXIT_DONE


def _withdraw(arguments: argparse.Namespace, installation: Installation) -> int:
    from teller_assist.wording import sentence

    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    withdrawn = installation.bank_calibrations.withdraw({"withdrawn_at": now})
    if arguments.json:
        write_document("calibrate/1", {"state": "withdrawn", "files": list(withdrawn)})
    else:
        write_lines(sentence("calibrate", "withdrawn", count=len(withdrawn)).zh)
    return EXIT_DONE


def _running(installation: Installation) -> RunningPipeline:
    from teller_assist.evaluation.calibration_making import RunningPipeline

    running = installation.recogniser
    return RunningPipeline(running.model_id, running.sha256, installation.pipeline_sha256)


def _lines(body: dict[str, Any], target: str, folder: Path) -> list[str]:
    from teller_assist.wording import sentence

    lines = []
    for kind, one in body["kinds"].items():
        facts = {"kind": sentence("photo_kind", kind).zh, "people": one["fitted_on"]["mated_identities"]}
        facts |= {"mated": one["fitted_on"]["mated"], "non_mated": one["fitted_on"]["non_mated"]}
        lines.append(sentence("calibrate", "kind", **facts).zh)
        lines.append(_block_line(sentence("calibrate", "before").zh, one["before"]["thresholds"], target))
        if not one["proposed"]:
            lines.append(sentence("calibrate_why", one["why_not"]).zh)
            continue
        lines.append(_block_line(sentence("calibrate", "after").zh, one["after"]["thresholds"], target))
        if one["checked_on"] == "dev":
            lines.append(sentence("calibrate", "same_people").zh)
    if not body["files"]:
        return [*lines, sentence("calibrate", "nothing").zh]
    command = f"teller-assist calibrate --accept {shlex.quote(str(folder))} --id {body['proposal_id']} --key KEY"
    return [*lines, sentence("calibrate", "accept", command=command).zh]


def _block_line(basis: str, block: dict[str, Any], target: str) -> str:
    from teller_assist.wording import sentence

    entry = block[target]
    if not entry["stated"] or not isinstance(entry["pass_rate"], float) or not isinstance(entry["fmr_obtained"], float):
        return sentence("calibrate", "not_stated", basis=basis, target=target).zh
    low, high = entry["pass_ci95"]
    facts = {
        "basis": basis, "target": target, "threshold": f"{entry['threshold']:.3f}", "passed": f"{entry['pass_rate']:.3f}",
        "low": f"{low:.3f}", "high": f"{high:.3f}", "errors": entry["fmr_errors"], "comparisons": entry["fmr_comparisons"],
    }  # fmt: skip
    return sentence("calibrate", "block", **facts).zh
