"""``teller-assist recogniser show|adopt|withdraw``: the bank's own recognition model in the place of the one that ships."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.app import Installation
    from teller_assist.model_files.recognisers import Preprocessing


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser(
        "recogniser",
        help="the bank's own recognition model 本行自备的人脸识别模型",
        description="adopt: take an insightface pack (a folder such as buffalo_l) or one ONNX file for aligned faces of 112x112 "
        "pixels in the place of the model that ships; it is run once and copied beside the site's settings. Until the bank has "
        "calibrated it (teller-assist calibrate) every comparison says that it cannot tell. Whether the licence allows the use "
        "is for the bank to know.",
    )
    parser.add_argument("action", choices=("show", "adopt", "withdraw"))
    parser.add_argument("path", nargs="?", type=Path, help="adopt: folder of the pack, or ONNX file")
    parser.add_argument("--id", metavar="ID", help="adopt: what to call it: a-z, 0-9, dot, dash, underscore; 3 to 40 characters")
    parser.add_argument("--licence", metavar="TEXT", help="adopt: its licence, shown wherever models are listed")
    parser.add_argument("--input-mean", type=float, metavar="M", help="adopt: (value - M) / S is fed; as insightface if left out")
    parser.add_argument("--input-std", type=float, metavar="S", help="adopt: see --input-mean")
    parser.add_argument("--colours", choices=("rgb", "bgr"), default="rgb", help="adopt: colour order; rgb if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the action and print which model runs.

    Raises
    ------
    UsageError
        adopt without path, id or licence, or with one of the two numbers only.
    ModelPackError
        What was offered cannot be a recognition model.
    ModelAlteredError, SettingsError, ResourceError
        The site's own files cannot be used.
    """
    from teller_assist.app import open_installation
    from teller_assist.workflow.opening import site_recogniser

    if arguments.action == "adopt":
        _adopt(arguments)
    elif arguments.action == "withdraw":
        site_recogniser().withdraw({"withdrawn_at": _now()})
    installation = open_installation()
    body = _body(installation)
    if arguments.json:
        write_document("recogniser/1", body)
    else:
        write_lines(*_lines(body))
    return EXIT_DONE


def _adopt(arguments: argparse.Namespace) -> None:
    from teller_assist.errors import UsageError
    from teller_assist.model_files.recognisers import adopt, inspect_model
    from teller_assist.workflow.opening import EXTRACTOR_ID, site_recogniser

    if arguments.path is None or not arguments.id or not arguments.licence or arguments.id == EXTRACTOR_ID:
        raise UsageError(what="command_line")
    recogniser, content = inspect_model(
        arguments.path, model_id=arguments.id, licence=arguments.licence, preprocessing=_preprocessing(arguments)
    )
    adopt(recogniser, content, site_recogniser(), _now())


def _preprocessing(arguments: argparse.Namespace) -> Preprocessing | None:
    from teller_assist.errors import UsageError
    from teller_assist.model_files.recognisers import Preprocessing

    if (arguments.input_mean is None) != (arguments.input_std is None):
        raise UsageError(what="command_line")
    if arguments.input_mean is None:
        return None
    try:
        return Preprocessing(arguments.input_mean, arguments.input_std, arguments.colours)
    except ValueError as error:
        raise UsageError(what="command_line") from error


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _body(installation: Installation) -> dict[str, Any]:
    from teller_assist.comparison.calibration_shelf import calibrated_pairs
    from teller_assist.evaluation.factory_calibration import PAIRS

    running = installation.recogniser
    body: dict[str, Any] = {
        "model_id": running.model_id,
        "sha256": running.sha256,
        "licence": running.licence,
        "origin": "shipped" if running.adopted is None else "bank",
        "calibrated": [f"{probe}-{reference}" for probe, reference in calibrated_pairs(installation.calibrations, PAIRS)],
    }
    if running.adopted is not None:
        fed = running.adopted.preprocessing
        body["dimension"] = running.adopted.dimension
        body["preprocessing"] = {"mean": fed.mean, "std": fed.std, "colours": fed.colours}
    return body


def _lines(body: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    facts = {"model": body["model_id"], "sha256": body["sha256"][:12], "licence": body["licence"]}
    lines = [sentence("recogniser", body["origin"], **facts).zh]
    if body["calibrated"]:
        return [*lines, sentence("recogniser", "calibrated", pairs="、".join(body["calibrated"])).zh]
    return [*lines, sentence("recogniser", "not_calibrated").zh]
