"""``teller-assist enrol CODE --server URL --name NAME``: make this station known to a branch server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.alerts.enrolment import Enrolment
    from teller_assist.settings.schema import BranchSettings


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("enrol", help="make this station known to a branch server 登记本机")
    parser.add_argument("code", help="what branch-admin enrolment-code printed")
    parser.add_argument("--server", required=True, help="https://HOST:PORT; plain http only on this machine itself")
    parser.add_argument("--name", required=True, help="what managers call this station")
    parser.add_argument("--key-file", action="store_true", help="keep the key in a 0600 file: for machines without a keyring")
    parser.add_argument("--again", action="store_true", help="this station is enrolled already: replace that")
    parser.add_argument("--json", action="store_true", help="print one enrol/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Enrol this station."""
    from teller_assist.app import open_installation
    from teller_assist.wording import sentence

    branch = open_installation().settings.branch
    enrolment = _enrolled(arguments, branch)
    place = sentence("enrol", "key_in_file" if enrolment.key_in_file else "key_in_keyring")
    body = {
        "station": enrolment.station_id,
        "station_name": enrolment.station_name,
        "server": enrolment.url,
        "fingerprint": enrolment.server.fingerprint,
        "key": "file" if enrolment.key_in_file else "keyring",
    }
    if arguments.json:
        write_document("enrol/1", body)
    else:
        done = sentence("enrol", "done", name=enrolment.station_name, fingerprint=enrolment.server.fingerprint)
        write_lines(done.zh, place.zh)
    return EXIT_DONE


def _enrolled(arguments: argparse.Namespace, branch: BranchSettings) -> Enrolment:
    from teller_assist.alerts.enrolling import enrol_station

    return enrol_station(
        branch, arguments.code, arguments.server, arguments.name, key_in_file=arguments.key_file, again=arguments.again
    )
