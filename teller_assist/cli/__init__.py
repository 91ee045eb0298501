"""The command line: one small module per subcommand, no logic.

Exit codes: 0 done, 2 usage, 3 a known error, 4 our own fault. With ``--json`` stdout is exactly one JSON document.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import uuid
from collections.abc import Sequence
from typing import NoReturn

from teller_assist import __version__
from teller_assist.cli.output import CommandGuard, error_body, write_document
from teller_assist.errors import UsageError
from teller_assist.settings.crash import prepare_for_crashes

# Each module has add_parser(subcommands) and run(arguments) -> exit code, and imports nothing heavy before run().
COMMANDS = (
    "station",
    "transaction",
    "demo",
    "compare",
    "ocr",
    "read_card",
    "models",
    "recogniser",
    "evaluate",
    "calibrate",
    "enrol",
    "branch_server",
    "branch_admin",
    "policy",
    "issuing_banks",
    "plugin",
    "netcheck",
    "netcheck_sandbox",
    "stand_in",
    "audit",
    "evidence_pack",
    "bench",
    "doctor",
    "vocabulary",
)


class _Parser(argparse.ArgumentParser):
    """Keeps the promise of one JSON document also for a call that cannot be understood."""

    as_json = False

    def error(self, message: str) -> NoReturn:
        if _Parser.as_json:
            write_document("error/1", error_body(UsageError(what="command_line"), uuid.uuid4().hex))
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every subcommand that is built."""
    parser = _Parser(prog="teller-assist", description="柜面核身助手: it assists, the teller decides. 仅作辅助,由柜员决定。")
    parser.add_argument("--version", action="version", version=f"teller-assist {__version__}")
    subcommands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"teller_assist.cli.{name}").add_parser(subcommands)
    return parser


def start() -> int:
    """Run the program as a process of its own: what the console script and ``python -m`` call."""
    prepare_for_crashes()
    return main()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; the process's own when left out.
    """
    for stream in (sys.stdout, sys.stderr):
        # A bank's Windows console or a container without a locale must not turn a Chinese sentence into a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    _Parser.as_json = "--json" in (sys.argv[1:] if argv is None else argv)
    arguments = build_parser().parse_args(argv)
    guard = CommandGuard(as_json=getattr(arguments, "json", False))
    with guard:
        guard.exit_code = arguments.run(arguments)
    return guard.exit_code
