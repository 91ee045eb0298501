"""``teller-assist netcheck credential``: keep what the bank's gateway wants to see from this station."""

from __future__ import annotations

import argparse
import getpass
import sys

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("netcheck", help="the way to the networked verification 联网核查网关")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    credential = actions.add_parser(
        "credential",
        help="keep the gateway's credential",
        description="Keep the gateway's credential where netcheck.credential_place says. "
        "It is read from standard input, or asked for; never taken from the command line, which others can see.",
    )
    credential.add_argument("--json", action="store_true", help="print one netcheck-credential/1 document")
    credential.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep the credential."""
    from teller_assist.app import open_installation
    from teller_assist.netcheck.opening import CREDENTIAL_NAME, checked_credential
    from teller_assist.wording import sentence

    installation = open_installation()
    credential = checked_credential(_read().strip())
    installation.netcheck_secrets().write(CREDENTIAL_NAME, credential.encode("ascii"))
    place = installation.settings.netcheck.credential_place
    if arguments.json:
        write_document("netcheck-credential/1", {"credential": place})
    else:
        write_lines(sentence("netcheck_credential", "in_file" if place == "file" else "in_keyring").zh)
    return EXIT_DONE


def _read() -> str:
    return getpass.getpass("凭据 credential: ") if sys.stdin.isatty() else sys.stdin.readline()
