"""``teller-assist evaluate render-documents`` and ``evaluate documents``: made-up documents, and how well they are read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress

RENDER_SCHEMA = "evaluate-render-documents/1"
_RENDERED = ("front", "back", "temporary")  # DocumentKind loads NumPy, which help does without
_SEED_MAX = 2**63 - 1
_PICTURES_MAX = 100_000


def add_parsers(evaluations: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both subcommands to the parser of evaluations."""
    _add_render(evaluations)


def _add_render(evaluations: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kinds = ",".join(_RENDERED)
    parser = evaluations.add_parser(
        "render-documents",
        help="draw made-up documents with their truth 生成人造证件图像",
        description="Draw identity cards of persons who do not exist, worn, laid on desks and photographed, with truth.json. "
        "Each bears the mark 样本 SPECIMEN outside its fields. The same seed, fonts and versions give the same bytes; an "
        "interrupted run is made anew by the same command.",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="new or empty folder for the set")
    parser.add_argument("--pictures", required=True, type=_number_of_pictures, metavar="N", help="of all kinds together")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="0 if left out; another seed draws other persons")
    parser.add_argument(
        "--kinds",
        type=_kinds,
        default=frozenset(_RENDERED),
        metavar="KIND,...",
        help=f"of {kinds}; all if left out",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_render)


def run_render(arguments: argparse.Namespace) -> int:
    """Render the set and print what was made.

    Raises
    ------
    PhotographsMissingError
        No Chinese font.
    SetError
        The output folder is taken.
    ResourceError
        The output folder cannot be written.
    """
    from teller_assist.evaluation.documents.set_rendering import RenderOrder, render_documents
    from teller_assist.evidence.printed import DocumentKind

    kinds = tuple(DocumentKind(kind) for kind in _RENDERED if kind in arguments.kinds)
    body = render_documents(arguments.out, RenderOrder(arguments.pictures, arguments.seed, kinds), write_progress)
    if arguments.json:
        write_document(RENDER_SCHEMA, body)
    else:
        write_lines(*_render_lines(body))
    return EXIT_DONE


def _render_lines(body: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    counts = "，".join(f"{kind} {count}" for kind, count in body["kinds"].items())
    lines = [sentence("evaluation", "documents_rendered", pictures=body["pictures"], counts=counts).zh]
    missing = body["fonts_missing"] + body["scripts_missing"]
    if missing:
        lines.append(sentence("evaluation", "documents_fonts_missing", missing="、".join(missing)).zh)
    return [*lines, sentence("evaluation", "documents_made_up").zh]


def _kinds(text: str) -> frozenset[str]:
    names = frozenset(part.strip() for part in text.split(","))
    if not names <= set(_RENDERED):
        raise argparse.ArgumentTypeError(f"names are {','.join(_RENDERED)}")
    return names


def _number_of_pictures(text: str) -> int:
    return _whole_number(text, 1, _PICTURES_MAX)


def _seed(text: str) -> int:
    return _whole_number(text, 0, _SEED_MAX)


def _whole_number(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"a whole number from {low} to {high}")
    return int(text)
