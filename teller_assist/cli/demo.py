"""``teller-assist demo``: the whole product on made-up customers, with a branch server of its own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("demo", help="the whole product on made-up customers 演示")
    parser.add_argument("--headless", action="store_true", help="without a screen; needs --out")
    parser.add_argument("--out", type=Path, help="folder for report.json and one picture a customer")
    parser.add_argument("--footage", type=Path, help="a folder of customers, one subfolder each, in place of the product's own")
    parser.add_argument(
        "--portraits",
        choices=("footage", "drawn"),
        default="footage",
        help="drawn: the window shows drawn faces; what is compared stays the footage",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the simulated camera's noise and of the drawings; 0: other noise every time"
    )
    parser.add_argument("--json", action="store_true", help="print the demo/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration and tell what came of it."""
    from teller_assist.demonstration.show import Wanted, run_demonstration
    from teller_assist.errors import UsageError
    from teller_assist.settings.home import installation_root

    if arguments.headless and arguments.out is None:
        raise UsageError(what="headless_needs_out")
    if not 0 <= arguments.seed <= 1_000_000_000:
        raise UsageError(what="seed")
    out = arguments.out or installation_root() / ".cache" / "demonstration"
    wanted = Wanted(
        headless=arguments.headless,
        out=out.absolute(),
        footage=arguments.footage,
        drawn=arguments.portraits == "drawn",
        seed=arguments.seed,
    )
    report = run_demonstration(wanted, write_progress)
    if arguments.json:
        body = {name: value for name, value in report.items() if name not in ("schema", "product_version")}
        write_document("demo/1", body)
    else:
        write_lines(*_told(report), str(wanted.out / "report.json"))
    return EXIT_DONE


def _told(report: dict[str, Any]) -> list[str]:
    from teller_assist.wording import sentence

    arrived = {case["case_id"] for case in report["server"]["cases"]}
    lines = []
    for one in report["customers"]:
        alerts = "、".join(sentence("alert_kind", alert["kind"]).zh for alert in one["alerts"]) or sentence("demo", "no_alert").zh
        told = sentence(
            "demo",
            "customer",
            number=one["number"],
            business=sentence("business_kind", one["business_kind"]).zh,
            outcome=sentence("outcome", one["outcome"]).zh,
            step=sentence("next_step", one["next_step"]).zh,
            alerts=alerts,
            arrival=sentence("demo", "arrived" if one["case_id"] in arrived else "waits").zh,
        )
        lines.append(told.zh)
    audit = report["server"]["audit"]
    state = "audit_intact" if audit["intact"] else "audit_broken"
    lines.append(sentence("demo", state, entries=audit["entries"], cases=len(arrived)).zh)
    lines += [
        sentence("switched_off", function).zh
        for function in dict.fromkeys(name for model in report["models"] for name in model["switches_off"])
    ]
    return lines
