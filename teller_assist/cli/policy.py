"""``teller-assist policy check|explain``: is a policy whole, and what does it say about one combination of evidence?"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.decision.policy import Policy

_DIMENSIONS = ("netcheck", "face", "kinship", "pad")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("policy", help="the bank's policy: is it whole, what does it say? 处置策略")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    check = tasks.add_parser("check", help="read a policy file; every combination of evidence must have exactly one next step")
    explain = tasks.add_parser("explain", help="what follows from one combination of evidence")
    for name in _DIMENSIONS:
        explain.add_argument(f"--{name}", required=True, help=f"code as `teller-assist vocabulary` lists them ({name})")
    for task in (check, explain):
        task.add_argument("--file", type=Path, help="another policy file than the one in force")
        task.add_argument("--json", action="store_true", help="print one JSON document")
    check.set_defaults(run=run_check)
    explain.set_defaults(run=run_explain)


def run_check(arguments: argparse.Namespace) -> int:
    """Read a policy and count what it says."""
    from teller_assist.decision.next_step import every_situation
    from teller_assist.wording import sentence

    policy = _policy(arguments.file)
    situations = list(every_situation())
    rules = [policy.next_steps.rule_for(one) for one in situations]
    steps = Counter(rule.next_step.value for rule in rules)
    body: dict[str, Any] = {
        "date": policy.date.isoformat(),
        "author": policy.author,
        "rules": len({rule.name for rule in rules}),
        "combinations": len(situations),
        "first_steps": dict(sorted(steps.items())),
    }
    if arguments.json:
        write_document("policy-check/1", body)
    else:
        whole = sentence("policy", "whole", date=body["date"], rules=body["rules"], combinations=body["combinations"])
        write_lines(whole.zh, *(f"{sentence('next_step', step).zh}  {count}" for step, count in body["first_steps"].items()))
    return EXIT_DONE


def run_explain(arguments: argparse.Namespace) -> int:
    """Say which rule stands for one combination, and what it asks for at each attempt."""
    from teller_assist.wording import sentence

    body = _explained(_policy(arguments.file), [getattr(arguments, name) for name in _DIMENSIONS])
    if arguments.json:
        write_document("policy-explain/1", body)
        return EXIT_DONE
    steps = " → ".join(sentence("next_step", step).zh for step in body["next_steps"])
    alerts = [
        f"{sentence('alert_kind', kind).zh}（{sentence('severity', severity).zh}）" for kind, severity in body["alerts"].items()
    ]
    reasons = [sentence("reason", code).zh for code in body["reasons"]]
    write_lines(sentence("policy", "explained", rule=body["rule"], steps=steps).zh, *alerts, *reasons)
    return EXIT_DONE


def _explained(policy: Policy, words: list[str]) -> dict[str, Any]:
    from teller_assist.decision.judgement import FaceFinding, Kinship
    from teller_assist.decision.next_step import Situation
    from teller_assist.decision.policy import QUIET_NETCHECK
    from teller_assist.errors import UsageError
    from teller_assist.evidence.netcheck import NetcheckCode
    from teller_assist.evidence.presentation import PadState

    try:
        netcheck, face = NetcheckCode(words[0]), FaceFinding(words[1])
        situation = Situation.of(netcheck, face, Kinship(words[2]), PadState(words[3]))
    except ValueError as error:
        raise UsageError(what="policy_combination") from error
    rule = policy.next_steps.rule_for(situation)
    steps = [rule.step_at(attempts).value for attempts in range(1, rule.retakes + len(rule.afterwards) + 2)]
    alerts = {kind.value: severity.value for kind, severity in rule.alerts.items()}
    if netcheck not in QUIET_NETCHECK:
        alerts.setdefault("netcheck_result", policy.netcheck_severities[netcheck].value)
    combination = dict(zip(_DIMENSIONS, (netcheck.value, face.value, situation.kinship.value, situation.pad.value), strict=True))
    return {
        "combination": combination,
        "rule": rule.name,
        "next_steps": list(dict.fromkeys(steps)),
        "alerts": alerts,
        "reasons": list(rule.reasons),
    }


def _policy(file: Path | None) -> Policy:
    from teller_assist.app import open_installation
    from teller_assist.decision.policy import read_policy
    from teller_assist.errors import SettingsFileError

    if file is None:
        return open_installation().policy
    try:
        return read_policy(file.read_bytes())
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=file.name) from error
