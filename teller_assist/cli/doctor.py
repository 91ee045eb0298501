"""``teller-assist doctor``: one report that a branch can e-mail; it always finishes and holds no personal data."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.diagnosis.report import PartReport


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("doctor", help="report on this installation 检查本机安装")
    parser.add_argument("--json", action="store_true", help="print one doctor/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    from teller_assist.diagnosis.parts import parts
    from teller_assist.diagnosis.report import all_ready, make_report

    reports = make_report(parts())
    if arguments.json:
        write_document("doctor/1", {"ready": all_ready(reports), "parts": [_part_body(report) for report in reports]})
    else:
        write_lines(*(line for report in reports for line in _part_lines(report)))
    return EXIT_DONE


def _part_body(report: PartReport) -> dict[str, Any]:
    return {
        "part": report.part,
        "state": report.state.value,
        "facts": dict(report.facts),
        "zh": "".join(report.notes_zh),
        "en": " ".join(report.notes_en),
    }


def _part_lines(report: PartReport) -> list[str]:
    from teller_assist.wording import sentence

    state = sentence("part_state", report.state.value).zh
    facts = "  ".join(f"{name}={value}" for name, value in report.facts.items())
    return [f"[{state}] {sentence('part', report.part).zh}  {facts}", *(f"    {note}" for note in report.notes_zh)]
