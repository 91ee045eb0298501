"""Collect every locked file in a folder, for PCs without a network: `python3 scripts/build_wheelhouse.py DIR`.

`--platform win_amd64` collects for Windows from a Linux machine. Archives that have no wheel (pyscard and python-sane on
Linux) are kept as they are: their hash is the locked one, and the station's environment builds them without a network.
Install with `python3 scripts/demo.py --wheelhouse DIR`. The packages that carry the models and the demonstration's pictures
are collected too; their content is checked by hashes of the checkout when it is fetched from here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from set_up.console import SetUpError, run, say, script_main, timed
from set_up.interpreter import find_python
from set_up.places import DOCUMENTS, ROOT, STATION, lock_file, pip_platform, platform_name
from set_up.source_built import DEVICE_LIBRARIES

# Run by Python 3.11: the interpreter of this script may be too old to have tomllib.
_OTHER_PACKAGES = """
import json, pathlib, sys, tomllib
models, footage = (tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:])
sources = [source for model in models["model"] for source in model["sources"] if source["kind"] == "wheel"]
carried = [(name, one["tool"], one["version"]) for name, one in footage["packages"].items()]
wheels = {(source["package"], source["version"]) for source in sources}
wheels |= {(name, version) for name, tool, version in carried if tool == "wheel"}
archives = {(name, version) for name, tool, version in carried if tool == "sdist"}
print(json.dumps([sorted(wheels), sorted(archives)]))
"""


def other_packages(python: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Return the packages that carry model files and the demonstration's pictures: wheels and archives, as name and version.

    What npm carries is not among them: without it the simulated counter animates photographs.

    Raises
    ------
    SetUpError
        The files that name them cannot be read.
    """
    demonstration = ROOT / "teller_assist" / "demonstration"
    sources = [ROOT / "models" / "manifest.toml", demonstration / "footage.toml"]
    command = [str(python), "-c", _OTHER_PACKAGES, *[str(source) for source in sources]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetUpError(f"the packages with models and pictures cannot be read: {done.stderr.strip()[-300:]}")
    wheels, archives = json.loads(done.stdout)
    return wheels, archives


def main() -> int:
    """Download the files of each lock, checked by their hashes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--platform", choices=["linux", "win_amd64"], default=None, help="this machine's by default")
    parser.add_argument("--with-development", action="store_true", help="also the test and lint tools")
    options = parser.parse_args()
    platform_folder = options.platform or platform_name()
    names = [STATION.lock, DOCUMENTS.lock, *(["development"] if options.with_development else [])]
    names += [library.name for library in DEVICE_LIBRARIES if lock_file(ROOT, library.name, platform_folder).exists()]
    python = find_python().path
    for name in names:
        with timed(f"{platform_folder}/{name}"):
            lock = lock_file(ROOT, name, platform_folder)
            command = [python, "-m", "pip", "download", "--no-deps", "--require-hashes", "--dest", options.folder]
            run([*command, *pip_platform(platform_folder), "-r", lock], f"the files of {name} could not be collected")
    wheels, archives = other_packages(python)
    for kind, packages in (("--only-binary", wheels), ("--no-binary", archives)):
        for name, version in packages:
            with timed(f"{name} {version}"):
                command = [python, "-m", "pip", "download", "--no-deps", kind, name, "--dest", options.folder]
                run([*command, f"{name}=={version}"], f"{name} could not be collected")
    files = sorted(options.folder.iterdir())
    say(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB in {options.folder}")
    return 0


if __name__ == "__main__":
    script_main(main)
