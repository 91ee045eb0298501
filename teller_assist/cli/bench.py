"""``teller-assist bench``: speed and memory of the stages that exist, with the machine they were measured on."""

from __future__ import annotations

import argparse

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("bench", help="measure speed and memory 测量速度与内存")
    parser.add_argument("--json", action="store_true", help="print one bench/1 document")
    parser.add_argument("--anyway", action="store_true", help="measure although the machine is busy")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    from teller_assist.demonstration.bench import run_bench
    from teller_assist.wording import sentence

    body = run_bench(anyway=arguments.anyway)
    if arguments.json:
        write_document("bench/1", body)
        return EXIT_DONE
    for stage, figures in body["stages"].items():
        facts = {"stage": stage, "median": figures["median_ms"], "p95": figures["p95_ms"], "n": figures["n"]}
        write_lines(sentence("bench", "stage", **facts).zh)
    for group in ("window", "memory_mb"):
        write_lines(*(f"{group}.{name}: {value}" for name, value in body[group].items()))
    write_lines(*(f"{missing['stage']}: {missing['why']}" for missing in body["not_measured"]))
    return EXIT_DONE
