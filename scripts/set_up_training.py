"""Make `.venv-training` (torch, CPU build), by hand, on Linux: `python3 scripts/set_up_training.py`.

Only scripts that convert published weights need it; the product never does. The locked file is the CPU build of torch, which
general indexes do not carry: let pip's configuration (`find-links` or an extra index) name a place that has it.
"""

from __future__ import annotations

import argparse

from set_up.console import script_main
from set_up.environment import Builder, offline_variables
from set_up.interpreter import find_python
from set_up.places import ROOT, TRAINING
from set_up.whole import add_options, one_at_a_time


def main() -> int:
    """Make or repair the environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    wheelhouse = parser.parse_args().wheelhouse
    with one_at_a_time(ROOT / ".cache" / "set_up.lock"):
        offline = offline_variables(wheelhouse)
        Builder(ROOT, TRAINING, find_python(), offline).prepare()
    return 0


if __name__ == "__main__":
    script_main(main)
