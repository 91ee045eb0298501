"""``teller-assist transaction start|status|cancel``: how the core banking system begins a check and learns what came of it."""

from __future__ import annotations

import argparse

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

# A test holds them to the enumeration, which is imported when it is needed.
KINDS = (
    "account_opening", "activation", "loss_report", "loss_release", "password_reset", "large_withdrawal", "account_closing",
)  # fmt: skip
ROLES = ("holder", "agent", "guardian")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser(
        "transaction",
        help="begin a check from the core banking system and ask what came of it 核心业务系统对接",
        description="Speaks to the station that runs on this machine for this user. What comes back is what the teller decided "
        "and the case's id, never a score.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    start = actions.add_parser("start", help="begin; asked again for the same reference it only says how that stands")
    start.add_argument("--kind", required=True, choices=KINDS, metavar="KIND", help=" ".join(KINDS))
    start.add_argument("--role", default="holder", choices=ROLES, metavar="ROLE", help="as who the person at the counter comes")
    status = actions.add_parser("status", help="what came of it: in_progress, passed, referred, rejected, ended")
    cancel = actions.add_parser("cancel", help="end it without a decision")
    for action in (start, status, cancel):
        action.add_argument(
            "--ref",
            required=True,
            metavar="REFERENCE",
            help="of the core system: letters, digits and ._:/-, at most 64",
        )
        action.add_argument("--json", action="store_true", help="print one transaction/1 document")
        action.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask the station."""
    import os

    from teller_assist.alerts.enrolment import records_folder
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.wording import sentence
    from teller_assist.workflow.hand_off_channel import ask_station

    settings = load_settings(installation_root(), os.environ)
    request = {"action": arguments.action, "reference": arguments.ref, "kind": getattr(arguments, "kind", "")}
    if arguments.action == "start":
        request["role"] = arguments.role
    answer = ask_station(records_folder(settings.branch.data_folder), request)
    if arguments.json:
        write_document("transaction/1", answer)
    else:
        state = sentence("hand_off_state", answer["state"]).zh
        write_lines(sentence("hand_off", "told", reference=answer["reference"], state=state, case_id=answer["case_id"]).zh)
    return EXIT_DONE
