"""Set everything up, then show what the product does: `python3 scripts/demo.py`."""

from __future__ import annotations

import argparse
import os
import subprocess

from set_up.console import script_main
from set_up.environment import offline_variables
from set_up.places import ROOT, STATION
from set_up.whole import add_options, set_up


def main() -> int:
    """Set up, then run the demonstration; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    options, for_demonstration = parser.parse_known_args()
    set_up(options.wheelhouse, for_tests=False)
    command = [str(STATION.python(ROOT)), "-m", "teller_assist.cli.demonstration", *for_demonstration]
    environment = {**os.environ, **offline_variables(options.wheelhouse)}  # its photographs come through pip too
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    script_main(main)
