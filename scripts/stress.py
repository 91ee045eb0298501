"""Long runs, by hand: `python scripts/stress.py soak --customers 1000 [--out FILE]` in the product's environment.

About 2.2 seconds a customer.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def main() -> int:
    """Serve many customers and print, or write, what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    soak = tasks.add_parser("soak", help="customers back to back in the real window")
    soak.add_argument("--customers", type=int, default=1000)
    soak.add_argument("--out", type=Path, help="write the document here instead of printing it")
    arguments = parser.parse_args()
    from teller_assist import __version__
    from teller_assist.demonstration.soak import run_soak

    body = run_soak(arguments.customers, lambda told: print(told, file=sys.stderr, flush=True))
    text = json.dumps({"schema": "soak/1", "product_version": __version__, **body}, ensure_ascii=False, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
