"""``teller-assist branch-admin --data DIR backup FILE`` and ``restore FILE``: the records in one file, without their keys."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.databases import database_address
from teller_assist.cli.output import EXIT_DONE, EXIT_KNOWN_ERROR, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.review.records import BranchRecords


def add_tasks(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both tasks."""
    backup = tasks.add_parser("backup", help="write the records to a file while the server goes on; the keys are not in it")
    backup.add_argument("file", type=Path)
    restore = tasks.add_parser("restore", help="put a backup's records where there are none, and check the audit record")
    restore.add_argument("file", type=Path)


def backup(records: BranchRecords, arguments: argparse.Namespace, actor: str) -> tuple[dict[str, Any], str]:
    """Make a backup."""
    from teller_assist.wording import sentence

    head = records.back_up(arguments.file, actor=actor)
    body = {"entries": head.entries, "head": head.head, "bytes": head.bytes, "sha256": head.sha256, "made": head.made}
    return body, sentence("branch_admin", "backup_made", entries=head.entries, made=head.made).zh


def restore(arguments: argparse.Namespace) -> int:
    """Restore a backup and say whether its audit record is whole; exit code 3 where it is not."""
    from teller_assist.review.audit_check import read_audit, verdict_on
    from teller_assist.review.backup import restore_backup
    from teller_assist.review.records import records_place
    from teller_assist.review.server_keys import PUBLIC_FILE
    from teller_assist.wording import sentence

    address = database_address(arguments)
    place = records_place(arguments.data, address)
    head = restore_backup(arguments.file, place, arguments.data)
    public_keys = arguments.data / PUBLIC_FILE
    record = read_audit(address or place.file or "", public_keys=public_keys)
    verdict = verdict_on(record)
    fault = verdict.fault
    erased = _erased_again(arguments, address, head.made)
    body: dict[str, Any] = {
        "made": head.made,
        "entries": verdict.entries,
        "intact": fault is None,
        "signatures_checked": record.keys is not None,
        "erased_again": erased,
    }
    if fault is not None:
        body = {**body, "first_bad": {"index": fault.index, "kind": fault.kind.value}}
    if arguments.json:
        write_document("branch_admin/1", {"task": arguments.task, **body})
    else:
        found = (
            sentence("audit", "intact", entries=verdict.entries)
            if fault is None
            else sentence("audit", fault.kind.value, index=fault.index)
        )
        unchecked = [] if record.keys is not None else [sentence("branch_admin", "signatures_unchecked").zh]
        write_lines(sentence("branch_admin", "restored", made=head.made).zh, found.zh, *unchecked)
    return EXIT_DONE if fault is None else EXIT_KNOWN_ERROR


def _erased_again(arguments: argparse.Namespace, address: str, made: str) -> int:
    """Take out what was erased since the backup was made; without the server's keys nothing of it can be read anyway."""
    from teller_assist.review.records import BranchRecords
    from teller_assist.review.server_keys import has_keys, keys_folder
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings

    folder = arguments.keys or keys_folder(arguments.data)
    if not has_keys(folder):
        return 0
    suite = load_settings(installation_root(), os.environ).branch_server.suite
    records = BranchRecords(arguments.data, database=address, keys=folder, suite_name=suite)
    try:
        return records.retention.after_restore(made)
    finally:
        records.close()
