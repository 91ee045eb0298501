"""Is there a wheel for everything a platform's lock files name? `check_wheels.py win_amd64`, from any machine with an index."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from set_up.console import say, script_main
from set_up.locks import read_lock
from set_up.places import ROOT, SOURCE_BUILT
from set_up.wheels import without_wheel


def main() -> int:
    """Check each lock file of the platform; returns 1 and names what has no wheel where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("platform", choices=["win_amd64", "linux"])
    platform_folder = parser.parse_args().platform
    missing_any = False
    for lock in sorted((ROOT / "scripts" / "requirements" / platform_folder).glob("*.txt")):
        if (platform_folder, lock.stem) in SOURCE_BUILT:
            say(f"{platform_folder}/{lock.stem}: built from its source archive, no wheel is expected")
            continue
        missing = without_wheel(Path(sys.executable), lock, platform_folder)
        missing_any = missing_any or bool(missing)
        say(
            f"{platform_folder}/{lock.stem}: "
            + (f"no wheel for {', '.join(missing)}" if missing else f"{len(read_lock(lock))} wheels")
        )
    return 1 if missing_any else 0


if __name__ == "__main__":
    script_main(main)
