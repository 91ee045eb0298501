"""Set everything up, then check and test: `python3 scripts/test.py [--full] [PYTEST ARGUMENTS]`.

The fast tier takes at most 5 minutes; `--full` adds the tests that need real daemons or a registry, and the Windows lock files.
"""

from __future__ import annotations

import argparse
import os

from set_up.console import script_main
from set_up.steps import run_all, steps
from set_up.whole import add_options, set_up


def main() -> int:
    """Set up, run every step, return 0 only if all passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="also the slow tests and the Windows lock files")
    add_options(parser)
    options, for_pytest = parser.parse_known_args()
    if options.full:
        os.environ["TELLER_ASSIST_ALL_PARTS"] = "1"  # a part that is missing fails its tests, instead of skipping them
    set_up(options.wheelhouse, for_tests=True)
    return run_all(steps(options.full, for_pytest))


if __name__ == "__main__":
    script_main(main)
