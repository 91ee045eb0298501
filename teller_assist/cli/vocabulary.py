"""``teller-assist vocabulary``: the closed lists that documents are made of, with their words."""

from __future__ import annotations

import argparse
from typing import Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("vocabulary", help="print the closed lists of codes 代码表")
    parser.add_argument("--json", action="store_true", help="print one vocabulary/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every closed list that this version uses."""
    lists = vocabulary()
    if arguments.json:
        write_document("vocabulary/1", {"lists": lists})
    else:
        write_lines(*(f"{name:<16}{entry['code']:<28}{entry['zh']}" for name, entries in lists.items() for entry in entries))
    return EXIT_DONE


def vocabulary() -> dict[str, list[dict[str, Any]]]:
    """Return the lists by name; an entry has its code, and its words in Chinese and English."""
    from teller_assist.errors import known_reasons
    from teller_assist.wording import codes, reason_sentences, sentence

    groups = {
        "outcomes": "outcome",
        "photo_kinds": "photo_kind",
        "advice": "advice",
        "quality_components": "quality",
        "groups": "group",
        "not_stated": "not_stated",
        "not_assessed": "not_assessed",
        "functions": "switched_off",
        "model_states": "model_state",
        "setting_origins": "origin",
        "doctor_parts": "part",
        "doctor_states": "part_state",
        "exit_codes": "exit_code",
        "netcheck_results": "netcheck",
        "business_kinds": "business_kind",
        "person_roles": "person_role",
        "consent_bases": "consent_basis",
        "no_chip_reasons": "no_chip",
        "next_steps": "next_step",
        "decision_reasons": "reason",
        "alert_kinds": "alert_kind",
        "severities": "severity",
        "alert_reasons": "alert_headline",
        "pad_states": "pad_state",
        "pad_reasons": "pad_why",
        "device_states": "device_state",
        "plugin_reasons": "plugin_why",
        "plugin_states": "plugin_state",
        "selftest_checks": "selftest_check",
        "card_reasons": "card_why",
        "teller_judgements": "teller_judgement",
        "teller_decisions": "decision",
        "refer_reasons": "refer_reason",
        "reject_reasons": "reject_reason",
        "pass_reasons": "pass_reason",
        "documents": "document",
        "case_states": "kept",
        "transaction_states": "hand_off_state",
        "audit_kinds": "audit_kind",
        "pack_purposes": "pack_purpose",
        "pack_faults": "pack_fault",
    }
    lists: dict[str, list[dict[str, Any]]] = {"reasons": [_entry(code, reason_sentences(code)) for code in known_reasons()]}
    for name, group in groups.items():
        lists[name] = [_entry(code, sentence(group, code, needed="…", had="…")) for code in codes(group)]
    return lists


def _entry(code: str, words: Any) -> dict[str, Any]:
    return {"code": code, "zh": words.zh, "en": words.en}
