"""``teller-assist evaluate render-documents`` and ``evaluate documents``: made-up documents, and how well they are read."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress

SCHEMA = "evaluate-documents/1"
RENDER_SCHEMA = "evaluate-render-documents/1"
_RENDERED = ("front", "back", "temporary")  # DocumentKind loads NumPy, which help does without
_SEED_MAX = 2**63 - 1
_PICTURES_MAX = 100_000


def add_parsers(evaluations: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both subcommands to the parser of evaluations."""
    _add_render(evaluations)
    _add_evaluate(evaluations)


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


def _add_evaluate(evaluations: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = evaluations.add_parser(
        "documents",
        help="how well documents are read 证件识读的正确率",
        description="Read every picture of a set and hold it against its truth: exact fields with counts and intervals, what was "
        "accepted without a look and was wrong, times. Leaves report.json, report.html and crops of the failures in the output "
        "folder; other files there stay. A document that is not found counts as wrong in every field.",
    )
    parser.add_argument("--set", required=True, type=Path, metavar="DIR", help="folder with truth.json")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for report.json and report.html")
    parser.add_argument("--day", type=_day, metavar="DATE", help="YYYY-MM-DD, on which cards must be in force; today if left out")
    parser.add_argument(
        "--real-documents",
        action="store_true",
        help="the set shows genuine documents: the report is then not called made-up, and is personal data",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON document")
    parser.set_defaults(run=run_evaluate)


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


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate the set, write both reports and print one.

    Raises
    ------
    SetError
        The set is not in its form, or holds nothing that is read.
    DocumentEngineError
        The engine does not start.
    ModelError
        A model is missing or altered.
    ResourceError
        The output folder cannot be written.
    """
    from teller_assist.app import open_installation
    from teller_assist.cli.output import document
    from teller_assist.evaluation.documents.document_evaluation import DocumentOrder, evaluate_documents
    from teller_assist.evaluation.documents.document_report import write_document_reports
    from teller_assist.evaluation.documents.truth import read_document_set
    from teller_assist.evaluation.simulation_folder import make_folder

    the_set = read_document_set(arguments.set)
    make_folder(arguments.out)
    installation = open_installation()
    day = arguments.day or datetime.date.today()
    with installation.opened_document_reader(lambda: day) as (reader, identity):
        order = DocumentOrder(identity, installation.picture_limits, day, made_up=not arguments.real_documents)
        body = evaluate_documents(the_set, reader, order, arguments.out, write_progress)
    write_document_reports(arguments.out, document(SCHEMA, body))
    if arguments.json:
        write_document(SCHEMA, body)
    else:
        write_lines(*_lines(body), str(arguments.out / "report.html"))
    return EXIT_DONE


def _lines(body: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    lines = [sentence("evaluation", "documents_taken_for_made_up").zh] if body["set"]["made_up"] else []
    for kind, result in body["kinds"].items():
        located, exact = result["located"], result["all_fields"]["exact"]
        counts = {"pictures": result["pictures"], "located": located["count"], "fallback": located["by_fallback"], "exact": exact}
        lines.append(sentence("evaluation", "documents_located", kind=kind, **counts).zh)
        for name, entry in result["fields"].items():
            low, high = entry["ci95"]
            facts = {
                "kind": kind, "field": name, "exact": entry["exact"], "of": entry["of"], "low": f"{low:.3f}",
                "high": f"{high:.3f}", "accepted": entry["auto_accepted"], "wrong": entry["accepted_wrong"],
            }  # fmt: skip
            lines.append(sentence("evaluation", "documents_field", **facts).zh)
    return lines


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


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date, YYYY-MM-DD") from error


def _number_of_pictures(text: str) -> int:
    return _whole_number(text, 1, _PICTURES_MAX)


def _seed(text: str) -> int:
    return _whole_number(text, 0, _SEED_MAX)


def _whole_number(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"a whole number from {low} to {high}")
    return int(text)
