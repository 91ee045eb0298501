"""``teller-assist policy check|explain|sign``: is a policy whole, what does it say about one combination, let it count."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.decision.policy import Policy

# The dimensions of the matrix and their codes; a test holds them to the enumerations, which are imported when they are needed.
DIMENSIONS = {
    "netcheck": (
        "MATCH_PHOTO_SAME", "MATCH_PHOTO_DIFFERENT", "MATCH_NO_PHOTO", "NAME_MISMATCH", "NOT_FOUND",
        "CARD_LOST", "CARD_INVALID", "FORMAT_ERROR", "SERVICE_DOWN", "NOT_ASKED",
    ),
    "face": ("match", "cannot_tell", "non_match", "not_done"),
    "kinship": ("yes", "no", "unknown"),
    "pad": ("bona_fide", "attack", "uncertain", "not_available", "not_applicable"),
}  # fmt: skip


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("policy", help="the bank's policy: is it whole, what does it say? 处置策略")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    check = tasks.add_parser("check", help="read a policy file; every combination of evidence must have exactly one next step")
    explain = tasks.add_parser("explain", help="what follows from one combination of evidence")
    for name, codes in DIMENSIONS.items():
        explain.add_argument(f"--{name}", required=True, choices=codes, metavar="CODE", help=" ".join(codes))
    for task in (check, explain):
        task.add_argument("--file", type=Path, help="another policy file than the one in force")
        task.add_argument("--json", action="store_true", help="print one JSON document")
    sign = tasks.add_parser("sign", help="sign a bank's own policy; with its signature it counts beside the site's settings")
    sign.add_argument("file", type=Path, metavar="FILE", help="the policy; FILE.signature.json is written beside it")
    sign.add_argument("--key", type=Path, required=True, help="a private key with the purpose bank_file")
    sign.add_argument("--json", action="store_true", help="print one JSON document")
    sign.set_defaults(run=run_sign)
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

    body = _explained(_policy(arguments.file), [getattr(arguments, name) for name in DIMENSIONS])
    if arguments.json:
        write_document("policy-explain/1", body)
        return EXIT_DONE
    steps = " → ".join(sentence("next_step", step).zh for step in body["next_steps"])
    alerts = [
        f"{sentence('alert_kind', kind).zh}（{sentence('severity', severity).zh}）" for kind, severity in body["alerts"].items()
    ]
    reasons = [sentence("reason", code).zh for code in body["reasons"]]
    otherwise = [sentence("policy", code, step=sentence("next_step", step).zh).zh for code, step in body["otherwise"].items()]
    write_lines(sentence("policy", "explained", rule=body["rule"], steps=steps).zh, *otherwise, *alerts, *reasons)
    return EXIT_DONE


def run_sign(arguments: argparse.Namespace) -> int:
    """Check a policy and sign it."""
    from teller_assist.settings.signed_file import sign_file
    from teller_assist.wording import sentence

    content, policy = _read(arguments.file)
    target = sign_file(arguments.file, content, arguments.key)
    if arguments.json:
        body = {"file": arguments.file.name, "signature": target.name}
        write_document("policy-sign/1", {"date": policy.date.isoformat(), "author": policy.author, **body})
    else:
        write_lines(sentence("policy", "signed", file=arguments.file.name, signature=target.name).zh)
    return EXIT_DONE


def _explained(policy: Policy, words: list[str]) -> dict[str, Any]:
    from teller_assist.decision.judgement import FaceFinding, Kinship
    from teller_assist.decision.judging import alternatives
    from teller_assist.decision.next_step import Situation
    from teller_assist.decision.policy import QUIET_NETCHECK
    from teller_assist.evidence.netcheck import NetcheckCode
    from teller_assist.evidence.presentation import PadState

    netcheck = NetcheckCode(words[0])
    situation = Situation.of(netcheck, FaceFinding(words[1]), Kinship(words[2]), PadState(words[3]))
    rule = policy.next_steps.rule_for(situation)
    steps = [rule.step_at(attempts) for attempts in range(1, rule.retakes + len(rule.afterwards) + 2)]
    alerts = {kind.value: severity.value for kind, severity in rule.alerts.items()}
    if netcheck not in QUIET_NETCHECK:
        alerts.setdefault("netcheck_result", policy.netcheck_severities[netcheck].value)
    codes = (netcheck, situation.face, situation.kinship, situation.pad)
    return {
        "combination": {name: code.value for name, code in zip(DIMENSIONS, codes, strict=True)},
        "rule": rule.name,
        "next_steps": [step.value for step in dict.fromkeys(steps)],
        "otherwise": {code: step.value for code, step in alternatives(situation, steps, policy).items()},
        "alerts": alerts,
        "reasons": list(rule.reasons),
    }


def _policy(file: Path | None) -> Policy:
    from teller_assist.app import open_installation

    return open_installation().policy if file is None else _read(file)[1]


def _read(file: Path) -> tuple[bytes, Policy]:
    from teller_assist.decision.policy import read_policy
    from teller_assist.errors import SettingsFileError

    try:
        content = file.read_bytes()
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=file.name) from error
    return content, read_policy(content)
