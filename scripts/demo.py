"""Set everything up, then show the product whole: `python3 scripts/demo.py`.

With a screen it runs in the docked window; without one it leaves a report and a picture of every customer in
`.cache/demonstration`. Further arguments go to `teller-assist demo`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from set_up.console import script_main
from set_up.environment import offline_variables
from set_up.places import ROOT, STATION, program
from set_up.whole import add_options, set_up


def main() -> int:
    """Set up, then run the demonstration; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    options, for_demonstration = parser.parse_known_args()
    set_up(options.wheelhouse, for_tests=False)
    command = [str(program(STATION.path(ROOT), "teller-assist")), "demo", *for_demonstration]
    if not has_screen() and "--headless" not in command:
        command.append("--headless")
    if "--headless" in command and not any(argument.startswith("--out") for argument in command):
        command += ["--out", str(ROOT / ".cache" / "demonstration")]
    environment = {**os.environ, **offline_variables(options.wheelhouse)}  # its footage comes through pip too
    return subprocess.run(command, env=environment, check=False).returncode


def has_screen() -> bool:
    """Return whether a window can be shown."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    script_main(main)
