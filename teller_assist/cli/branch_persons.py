"""``teller-assist branch-admin --data DIR person-export | person-erase | persons | copy-keys | add-branch``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from teller_assist.evidence.id_number import IdNumber
    from teller_assist.review.records import BranchRecords

Said = tuple[dict[str, Any], str]


def add_tasks(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the tasks."""
    export = tasks.add_parser(
        "person-export", help="write everything kept about a person, encrypted; the number on standard input"
    )
    export.add_argument("file", type=Path)
    tasks.add_parser("person-erase", help="erase a person for ever, also in every backup; the number on standard input")
    tasks.add_parser("persons", help="how many persons' faces were compared here")
    copy = tasks.add_parser("copy-keys", help="copy the keys of cases to a second place, over the copy before")
    copy.add_argument("folder", type=Path)
    branch = tasks.add_parser("add-branch", help="add a branch, or give one another name")
    branch.add_argument("branch")
    branch.add_argument("--name", required=True)
    tasks.add_parser("list-branches", help="list the branches")


def person_export(records: BranchRecords, arguments: argparse.Namespace, actor: str) -> Said:
    """Write a person's copy, encrypted with a passphrase that is shown this once."""
    from teller_assist.alerts.durable import write_durably
    from teller_assist.review.evidence_pack.sealing import encrypt, new_passphrase

    document = records.persons.export(_number(), actor=actor)
    passphrase = new_passphrase()
    write_durably(arguments.file, encrypt(json.dumps(document, ensure_ascii=False).encode("utf-8"), passphrase))
    cases = len(document["cases"])
    return {"cases": cases, "passphrase": passphrase}, _say("person_exported", cases=cases, passphrase=passphrase)


def person_erase(records: BranchRecords, _arguments: argparse.Namespace, actor: str) -> Said:
    """Erase a person."""
    erased = records.persons.erase(_number(), actor=actor)
    body = {"cases": erased.cases, "parts": erased.parts, "kept_for_dispute": list(erased.kept_for_dispute)}
    line = _say("person_erased", cases=erased.cases, parts=erased.parts)
    if erased.kept_for_dispute:
        line += "\n" + _say("person_kept", cases=len(erased.kept_for_dispute))
    return body, line


def persons(records: BranchRecords, _arguments: argparse.Namespace, _actor: str) -> Said:
    """Count the persons."""
    count = records.retention.persons()
    body = {"persons": count.persons, "filing_at": count.filing_at, "filing_near": count.told}
    line = _say("persons", persons=count.persons)
    return body, f"{line}\n{_say('persons_filing', filing_at=count.filing_at)}" if count.told else line


def copy_keys(records: BranchRecords, arguments: argparse.Namespace, _actor: str) -> Said:
    """Copy the keys."""
    records.copy_keys(arguments.folder)
    return {"folder": str(arguments.folder)}, _say("keys_copied")


def add_branch(records: BranchRecords, arguments: argparse.Namespace, actor: str) -> Said:
    """Add a branch."""
    records.branches.add(arguments.branch, arguments.name, actor=actor)
    return {"branch": arguments.branch}, _say("branch_added", branch=arguments.branch)


def list_branches(records: BranchRecords, _arguments: argparse.Namespace, _actor: str) -> Said:
    """List the branches."""
    found = records.branches.listed()
    body = [{"branch": one.branch_id, "name": one.name} for one in found]
    return {"branches": body}, "\n".join(f"{one.branch_id}  {one.name}" for one in found)


TASKS = {
    "person-export": person_export,
    "person-erase": person_erase,
    "persons": persons,
    "copy-keys": copy_keys,
    "add-branch": add_branch,
    "list-branches": list_branches,
}


def _number() -> IdNumber:
    """Read the number from standard input: a command line is seen by everybody on the machine, and kept."""
    from teller_assist.errors import UsageError
    from teller_assist.review.register import read_numbers

    numbers = read_numbers([sys.stdin.readline()])
    if len(numbers) != 1:
        raise UsageError(what="one_number")
    return numbers[0]


def _say(what: str, **facts: str | int) -> str:
    from teller_assist.wording import sentence

    return sentence("branch_admin", what, **facts).zh
