"""``python -m teller_assist.cli.demonstration``: what ``scripts/demo.py`` ends with; not a subcommand."""

from __future__ import annotations

import sys

from teller_assist.cli.output import CommandGuard
from teller_assist.demonstration.comparisons import show_comparisons
from teller_assist.settings.crash import prepare_for_crashes


def main() -> int:
    """Show the demonstration; returns the exit code of a command."""
    prepare_for_crashes()
    guard = CommandGuard(as_json=False)
    with guard:
        show_comparisons()
    return guard.exit_code


if __name__ == "__main__":
    sys.exit(main())
