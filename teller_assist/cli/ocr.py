"""``teller-assist ocr id-card FRONT [BACK]``: the printed fields of an ID card, with their doubts."""

from __future__ import annotations

import argparse
from pathlib import Path

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("ocr", help="read what is printed on a document 证件识读")
    kinds = parser.add_subparsers(dest="document", required=True, metavar="DOCUMENT")
    card = kinds.add_parser("id-card", help="a resident identity card, or a temporary one")
    card.add_argument("front", type=Path, metavar="FRONT", help="a scan or photograph; may show both sides")
    card.add_argument("back", type=Path, nargs="?", metavar="BACK", help="of the other side")
    card.add_argument("--json", action="store_true", help="print one ocr/1 document")
    card.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read one or two pictures."""
    from teller_assist.app import open_installation
    from teller_assist.documents.answers import scans_body
    from teller_assist.documents.told import reading_lines

    installation = open_installation()
    # Both files are read before the engine is started: a wrong path is answered at once.
    paths = [path for path in (arguments.front, arguments.back) if path is not None]
    scans = [installation.read_picture(path, role="document") for path in paths]
    with installation.opened_document_reader() as (reader, _identity):
        readings = [reader.read(scan) for scan in scans]
    if arguments.json:
        write_document("ocr/1", scans_body(readings))
    else:
        write_lines(*(line for reading in readings for line in reading_lines(reading)))
    return EXIT_DONE
