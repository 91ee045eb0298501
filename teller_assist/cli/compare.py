"""``teller-assist compare PROBE REFERENCE``: one comparison with everything known about it."""

from __future__ import annotations

import argparse
from pathlib import Path

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

REFERENCE_KINDS = ("chip", "mesh", "clean", "recapture", "archive")
PROBE_KINDS = ("live", "chip")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("compare", help="compare a live face with a reference photo")
    parser.add_argument("probe", type=Path, help="the live picture")
    parser.add_argument("reference", type=Path, help="the trusted photo")
    parser.add_argument("--reference-kind", required=True, choices=REFERENCE_KINDS, help="how the reference came about")
    parser.add_argument("--probe-kind", default="live", choices=PROBE_KINDS, help="how the probe came about (default live)")
    parser.add_argument("--json", action="store_true", help="print one compare/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare two picture files."""
    from teller_assist.app import open_installation
    from teller_assist.evidence.kinds import PhotoKind
    from teller_assist.workflow.answers import comparison_body
    from teller_assist.workflow.readings import answer_sentences

    installation = open_installation()
    # Both files are read before the models are opened: a wrong path is answered at once.
    probe = installation.read_picture(arguments.probe, role="probe")
    reference = installation.read_picture(arguments.reference, role="reference")
    answer = installation.comparer.compare(
        probe,
        reference,
        probe_kind=PhotoKind(arguments.probe_kind),
        reference_kind=PhotoKind(arguments.reference_kind),
    )
    if arguments.json:
        write_document("compare/1", comparison_body(answer))
    else:
        write_lines(*(told.zh for told in answer_sentences(answer)))
    return EXIT_DONE
