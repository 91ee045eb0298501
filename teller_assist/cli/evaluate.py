"""``teller-assist evaluate``: render a set of archive photographs into photo kinds; measure error rates on a set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from teller_assist.cli import evaluate_documents, evaluate_face
from teller_assist.cli.choices import several_of
from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress
from teller_assist.evidence.kinds import Condition, LineShape, PhotoKind

_ALL_SPLITS = "all"
_SEED_MAX = 2**63 - 1


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser("evaluate", help="evaluation on sets of photographs 用照片集评测")
    evaluations = parser.add_subparsers(dest="evaluation", required=True, metavar="EVALUATION")
    simulate = evaluations.add_parser(
        "simulate",
        help="render archive photographs into photo kinds 由存档照模拟各类照片",
        description="Render every archive photograph of a set into photo kinds, as a new set. What it makes is simulated. "
        "The same set, options and versions give the same bytes; an interrupted run is continued by the same command.",
    )
    kinds = ",".join(PhotoKind)
    rendered = [kind for kind in PhotoKind if kind is not PhotoKind.ARCHIVE]
    simulate.add_argument("--set", required=True, type=Path, metavar="DIR", help="folder with images.csv")
    simulate.add_argument("--out", required=True, type=Path, metavar="DIR", help="new or empty folder for the new set")
    simulate.add_argument(
        "--kinds",
        type=several_of(PhotoKind),
        default=frozenset(rendered),
        metavar="KIND,...",
        help=f"of {kinds}; all but archive if left out",
    )
    simulate.add_argument(
        "--conditions", type=several_of(Condition), default=frozenset(), metavar="NAME,...",
        help=f"a live rendering under each of {','.join(Condition)} besides; none if left out",
    )  # fmt: skip
    simulate.add_argument(
        "--line-shapes", type=several_of(LineShape), default=frozenset(), metavar="NAME,...",
        help=f"a medium and a heavy mesh with each of {','.join(LineShape)} besides; none if left out",
    )  # fmt: skip
    simulate.add_argument("--seed", type=_seed, default=0, metavar="N", help="0 if left out; another seed renders anew")
    simulate.add_argument("--split", choices=("dev", "test", _ALL_SPLITS), default=_ALL_SPLITS, help="people to render")
    simulate.add_argument("--json", action="store_true", help="print one JSON document")
    simulate.set_defaults(run=run)
    evaluate_face.add_parser(evaluations)
    evaluate_documents.add_parsers(evaluations)


def run(arguments: argparse.Namespace) -> int:
    """Render the set and print what was made.

    Raises
    ------
    SetError
        The set is not in its form, or the output folder is taken.
    ModelError
        The face detector is missing or altered.
    ResourceError
        The output folder cannot be written.
    """
    from teller_assist.app import open_installation
    from teller_assist.evaluation.sets import Split, read_set
    from teller_assist.evaluation.simulate import SimulationOrder, simulate_set

    split = None if arguments.split == _ALL_SPLITS else Split(arguments.split)
    order = SimulationOrder(
        arguments.kinds, arguments.seed, split, conditions=arguments.conditions, line_shapes=arguments.line_shapes
    )
    archive = read_set(arguments.set)
    installation = open_installation()
    limits = installation.picture_limits
    body = simulate_set(archive, arguments.out, order, installation.detector_setup, limits, write_progress)
    if arguments.json:
        write_document("evaluate-simulate/1", body)
    else:
        write_lines(*_lines(body))
    return EXIT_DONE


def _lines(body: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    lines = []
    for kind, counts in body["kinds"].items():
        name = sentence("photo_kind", kind).zh
        lines.append(sentence("evaluation", "simulated_kind", **(counts | {"kind": name})).zh)
    for condition, counts in body["conditions"].items():
        lines.append(sentence("evaluation", "simulated_kind", **(counts | {"kind": condition})).zh)
    return [*lines, sentence("evaluation", "simulated_note").zh]


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _SEED_MAX:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to {_SEED_MAX}")
    return int(text)
