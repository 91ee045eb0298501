"""Make the lock files again: `python3.11 scripts/lock.py [NAME ...]`, after a version in pyproject.toml or a .in file changed.

Two tools, each for what it does well: uv resolves for a platform this machine is not; pip then says which one file it would
install there, and that file's sha256 is the lock. So a lock names files that can be checked one by one, not a list of all wheels.
Both use this machine's own pip configuration; no address enters a lock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

from set_up.console import SetUpError, as_typed, run, say, script_main, timed
from set_up.interpreter import find_python
from set_up.locks import Requirement, canonical, read_lock, write_lock
from set_up.places import PYTHON_VERSION, ROOT, SOURCE_BUILT, lock_file, pip_platform, program

UV = "uv==0.13.9"
HEADER = "Made by scripts/lock.py; installed with --no-deps --require-hashes. Do not edit."
UV_PLATFORMS = {"linux": "x86_64-manylinux_2_28", "win_amd64": "x86_64-pc-windows-msvc"}
# name -> (what it is resolved from, the lock it is installed after: same versions, and not named twice)
SOURCES: dict[str, tuple[list[str], str | None]] = {
    "station": (["pyproject.toml", "scripts/requirements/build.in"], None),
    "development": (["pyproject.toml", "scripts/requirements/build.in", "scripts/requirements/development.in"], "station"),
    "pcsc": (["pyproject.toml", "scripts/requirements/build.in", "scripts/requirements/pcsc.in"], "station"),
    "sane": (["pyproject.toml", "scripts/requirements/build.in", "scripts/requirements/sane.in"], "station"),
    "documents": (["scripts/requirements/documents.in", "scripts/requirements/build.in"], None),
    "training": (["scripts/requirements/training.in"], None),
}
LINUX_ONLY = {"sane", "training"}


def output_of(arguments: list[str], environment: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed; its complaints become the error's text."""
    done = subprocess.run(arguments, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetUpError(f"{as_typed(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def uv_environment(python: Path) -> dict[str, str]:
    """Return the variables that give uv the indexes and folders pip is configured with; uv reads none of pip's settings."""
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    environment = {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in output_of([str(python), "-m", "pip", "config", "list"]).splitlines():
        key, _, value = line.partition("=")
        variable = names.get(key.rpartition(".")[2])
        if variable is not None:
            separator = "," if variable == "UV_FIND_LINKS" else " "
            environment[variable] = separator.join(value.strip("'\"").replace("\\n", " ").split())
    return environment


def resolve(tools: Path, name: str, platform_folder: str) -> list[str]:
    """Let uv choose the versions of one lock; returns `name==version` each."""
    sources, after = SOURCES[name]
    command: list[str] = [str(program(tools, "uv")), "pip", "compile", "--quiet", "--no-header", "--no-annotate", *sources]
    command += ["--python-version", ".".join(map(str, PYTHON_VERSION)), "--python-platform", UV_PLATFORMS[platform_folder]]
    if name == "documents":
        command += ["--overrides", "scripts/requirements/one-opencv.txt"]
    base = {r.name: r.version for r in read_lock(lock_file(ROOT, after, platform_folder))} if after else {}
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{n}=={v}\n" for n, v in base.items()), encoding="utf-8")
        text = output_of([*command, "--constraints", str(constraints)], uv_environment(program(tools, "python")))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", "-"))]
    return [line for line in lines if line.partition("==")[0] not in base]


def chosen_files(tools: Path, pins: list[str], platform_folder: str, wheels_only: bool) -> list[Requirement]:
    """Let pip say which file it would install for each pin on a platform."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder) / "pins.txt", Path(folder) / "report.json"
        wanted.write_text("\n".join(pins) + "\n", encoding="utf-8")
        command = [
            str(program(tools, "python")),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
            "--no-deps",
        ]
        command += ["--target", folder, "--report", str(report), *pip_platform(platform_folder), "-r", str(wanted)]
        output_of([*command, "--only-binary=:all:"] if wheels_only else command)
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    found = []
    for item in installs:
        sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]
        found.append(Requirement(canonical(item["metadata"]["name"]), item["metadata"]["version"], sha256))
    if len(found) != len(pins):
        raise SetUpError(f"pip chose {len(found)} files for {len(pins)} pins")
    return found


def main() -> int:
    """Lock what was named, or everything, for each platform."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", choices=[[], *SOURCES], metavar="NAME", help=f"one of {', '.join(SOURCES)}; all by default"
    )
    names = parser.parse_args().names or list(SOURCES)
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools"
        run([find_python().path, "-m", "venv", tools], "the tools' environment could not be made")
        run([program(tools, "python"), "-m", "pip", "install", "--quiet", UV], f"{UV} could not be installed")
        for platform_folder in UV_PLATFORMS:
            for name in [n for n in names if platform_folder == "linux" or n not in LINUX_ONLY]:
                with timed(f"{platform_folder}/{name}"):
                    pins = resolve(tools, name, platform_folder)
                    files = chosen_files(tools, pins, platform_folder, (platform_folder, name) not in SOURCE_BUILT)
                    write_lock(lock_file(ROOT, name, platform_folder), HEADER, files)
                    say(f"   {len(files)} distributions")
    return 0


if __name__ == "__main__":
    script_main(main)
