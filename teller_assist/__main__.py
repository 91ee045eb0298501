"""``python -m teller_assist`` is the command line."""

from __future__ import annotations

import sys

from teller_assist.cli import start

if __name__ == "__main__":
    sys.exit(start())
