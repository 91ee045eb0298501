"""``teller-assist branch-admin --data DIR ...``: what is done at the branch server's machine, server running or not."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli import branch_backup, branch_persons
from teller_assist.cli.databases import add_database_option, add_keys_option, database_address
from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.evidence.id_number import IdNumber
    from teller_assist.review.records import BranchRecords

ACTOR = "administrator"


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("branch-admin", help="administer the branch server 网点服务器管理")
    parser.add_argument("--data", type=Path, required=True, help="the server's folder")
    add_database_option(parser)
    add_keys_option(parser)
    parser.add_argument("--json", action="store_true", help="print one branch_admin/1 document")
    parser.set_defaults(run=run)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    code = tasks.add_parser("enrolment-code", help="make a code for one station")
    code.add_argument("--name", required=True, help="what managers call the station")
    code.add_argument("--branch", default="main", help="of which branch (default: the first)")
    person = tasks.add_parser("add-person", help="add somebody who may log in, or change one")
    person.add_argument("--login", required=True)
    person.add_argument("--name", required=True)
    person.add_argument("--role", required=True, choices=("teller", "manager", "auditor", "it"))
    person.add_argument("--branch", help="of which branch (default: the first; auditor and it: all)")
    person.add_argument("--must-change", action="store_true", help="the password is only good for choosing another one")
    person.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    tasks.add_parser("provider-secret", help="keep the client secret for the bank's sign-in provider, read from standard input")
    tasks.add_parser("first-code", help="make a code for the first administrator, while there is nobody")
    tasks.add_parser("add-relatives", help="add ID numbers to the register, one a line on standard input")
    tasks.add_parser("add-look-alikes", help="add pairs of look-alikes, two ID numbers a line on standard input")
    revoke = tasks.add_parser("revoke-station", help="take nothing from a station any more")
    revoke.add_argument("station")
    tasks.add_parser("list-stations", help="list the stations")
    export = tasks.add_parser("audit-export", help="write the audit record to a file")
    export.add_argument("file", type=Path)
    branch_backup.add_tasks(tasks)
    branch_persons.add_tasks(tasks)


def run(arguments: argparse.Namespace) -> int:
    """Do one task."""
    from teller_assist.review.records import BranchRecords
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings

    set_up_command_logs()
    if arguments.task == "restore":
        return branch_backup.restore(arguments)
    settings = load_settings(installation_root(), os.environ)
    database = database_address(arguments)
    suite = settings.branch_server.suite
    records = BranchRecords(arguments.data, database=database, keys=arguments.keys, suite_name=suite)
    try:
        if arguments.task in branch_persons.TASKS:
            body, line = branch_persons.TASKS[arguments.task](records, arguments, ACTOR)
        else:
            body, line = _TASKS[arguments.task](records, arguments)
    finally:
        records.close()
    if arguments.json:
        write_document("branch_admin/1", {"task": arguments.task, **body})
    else:
        write_lines(line)
    return EXIT_DONE


def _enrolment_code(records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    code = records.stations.make_code(arguments.name, actor=ACTOR, branch_id=arguments.branch)
    return {"code": code.text, "fingerprint": code.fingerprint, "valid_minutes": 10}, _say("enrolment_code", text=code.text)


def _add_person(records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from teller_assist.review.branches import ALL_BRANCHES, FIRST_BRANCH
    from teller_assist.review.people import OF_ALL_BRANCHES, Role

    role = Role(arguments.role)
    of_all = ALL_BRANCHES if role in OF_ALL_BRANCHES else FIRST_BRANCH
    branch_id = of_all if arguments.branch is None else arguments.branch
    password = sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else getpass.getpass("密码: ")
    records.people.add(
        arguments.login,
        arguments.name,
        role,
        password,
        actor=ACTOR,
        branch_id=branch_id,
        must_change=arguments.must_change,
    )
    return {"login": arguments.login, "role": arguments.role}, _say("person_added", login=arguments.login)


def _provider_secret(_records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    import os

    from teller_assist.branch_server.provider import SECRET_NAME, provider_secrets
    from teller_assist.errors import UsageError
    from teller_assist.review.server_keys import keys_folder
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings

    settings = load_settings(installation_root(), os.environ).provider
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret or settings.secret_place == "environment":  # noqa: S105 (where it is kept)
        raise UsageError(what="secret")
    provider_secrets(settings, arguments.keys or keys_folder(arguments.data)).write(SECRET_NAME, secret.encode("utf-8"))
    return {"kept_in": settings.secret_place}, _say("secret_kept")


def _first_code(records: BranchRecords, _arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    code = records.first_administrator.make_code(actor=ACTOR)
    return {"code": code, "valid_minutes": 30}, _say("first_code", text=code)


def _add_relatives(records: BranchRecords, _arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from teller_assist.review.register import read_numbers

    added = records.add_relatives(read_numbers(sys.stdin), actor=ACTOR)
    return {"added": added}, _say("added", added=added)


def _add_look_alikes(records: BranchRecords, _arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    added = records.add_look_alikes([_pair(line) for line in sys.stdin if line.strip()], actor=ACTOR)
    return {"added": added}, _say("added", added=added)


def _pair(line: str) -> tuple[IdNumber, IdNumber]:
    from teller_assist.errors import UsageError
    from teller_assist.review.register import read_numbers

    numbers = read_numbers(line.split())
    if len(numbers) != 2:
        raise UsageError(what="two_numbers_a_line")
    return numbers[0], numbers[1]


def _revoke_station(records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from teller_assist.errors import UsageError

    if not records.stations.revoke(arguments.station, actor=ACTOR):
        raise UsageError(what="station")
    return {"station": arguments.station}, _say("revoked")


def _list_stations(records: BranchRecords, _arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from dataclasses import asdict

    found = records.stations.listed()
    lines = (f"{one.station_id}  {one.name}  {one.last_seen}{'  revoked' if one.revoked else ''}" for one in found)
    return {"stations": [asdict(one) for one in found]}, "\n".join(lines)


def _audit_export(records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    entries = records.export_audit(arguments.file, actor=ACTOR)
    return {"entries": entries}, _say("exported", entries=entries)


def _backup(records: BranchRecords, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    return branch_backup.backup(records, arguments, ACTOR)


def _say(what: str, **facts: str | int) -> str:
    from teller_assist.wording import sentence

    return sentence("branch_admin", what, **facts).zh


_TASKS = {
    "enrolment-code": _enrolment_code,
    "add-person": _add_person,
    "first-code": _first_code,
    "provider-secret": _provider_secret,
    "add-relatives": _add_relatives,
    "add-look-alikes": _add_look_alikes,
    "revoke-station": _revoke_station,
    "list-stations": _list_stations,
    "audit-export": _audit_export,
    "backup": _backup,
}
