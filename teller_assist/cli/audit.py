"""``teller-assist audit verify DATABASE_OR_EXPORT``: is the branch server's record as it was written?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from teller_assist.cli.databases import without_password
from teller_assist.cli.output import EXIT_DONE, EXIT_KNOWN_ERROR, write_document, write_lines


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("audit", help="check the branch server's audit record 审计")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    verify = tasks.add_parser("verify", help="find the first entry that was tampered with; exit code 3 where there is one")
    verify.add_argument("record", help="the database (a file or postgresql://USER@HOST/NAME; also in use) or an exported file")
    verify.add_argument("--public-keys", type=Path, help="the server's public_keys.json, where it does not lie beside the record")
    verify.add_argument("--receipts", type=Path, help="a station's receipts.jsonl: finds what was cut off or rewritten")
    verify.add_argument("--json", action="store_true", help="print one audit/1 document")
    verify.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the record."""
    from teller_assist.review.audit_check import check_chain, read_audit
    from teller_assist.wording import sentence

    record = read_audit(without_password(arguments.record), arguments.receipts, public_keys=arguments.public_keys)
    fault = check_chain(record)
    body: dict[str, Any] = {
        "intact": fault is None,
        "entries": len(record.links),
        "receipts": len(record.receipts),
        "signatures_checked": record.keys is not None,
    }
    if fault is not None:
        body = {**body, "first_bad": {"index": fault.index, "kind": fault.kind.value}}
    if arguments.json:
        write_document("audit/1", body)
    elif fault is None:
        write_lines(sentence("audit", "intact", entries=len(record.links)).zh)
    else:
        write_lines(sentence("audit", fault.kind.value, index=fault.index).zh)
    return EXIT_DONE if fault is None else EXIT_KNOWN_ERROR
