"""Making, checking and repairing one virtual environment.

The stamp (`stamp.json` in the environment) is written last. No stamp, a stamp of other lock files, of another interpreter or of
another checkout, a missing or damaged file: the environment is removed and made anew. So an interrupted set-up repairs itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from set_up.console import SetUpError, run, timed
from set_up.locks import read_lock, sha256_of
from set_up.places import Environment, lock_file, platform_name, program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from set_up.interpreter import Interpreter

_PROBE = Path(__file__).with_name("probe.py")
_PIP_QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


class Builder:
    """Makes one environment of one checkout what its lock files say.

    Parameters
    ----------
    root
        The checkout.
    environment
        Which of its environments.
    interpreter
        The Python it is made from.
    offline
        Variables that point pip at a wheelhouse; empty where packages come from the configured index.
    """

    def __init__(self, root: Path, environment: Environment, interpreter: Interpreter, offline: dict[str, str]) -> None:
        self._root = root
        self._environment = environment
        self._interpreter = interpreter
        self._variables = {**_PIP_QUIET, **offline}
        self._folder = environment.path(root)
        self._python = environment.python(root)
        self._stamp = self._folder / "stamp.json"

    def prepare(self, extra_locks: Sequence[str] = ()) -> None:
        """Bring the environment up to its own lock and the extra ones; a healthy one is left as it is.

        Raises
        ------
        SetUpError
            A package cannot be had, or the finished environment does not start.
        """
        wanted = [self._environment.lock, *extra_locks]
        reason = self.reason_to_rebuild()
        if reason:
            self._rebuild(reason)
        present = self._read_stamp().get("locks", {})
        missing = [name for name in wanted if name not in present]
        if missing:
            self._install([*present, *missing], missing)
        if self._environment.editable:
            self._install_checkout()

    def _read_stamp(self) -> dict[str, Any]:
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # absent or half written: as good as never made
        return stamp if isinstance(stamp, dict) else {}

    def _write_stamp(self, **changes: object) -> None:
        partial = self._stamp.with_suffix(".partial")
        partial.write_text(json.dumps({**self._read_stamp(), **changes}, indent=1), encoding="utf-8")
        partial.replace(self._stamp)

    def _lock(self, name: str) -> Path:
        return lock_file(self._root, name, platform_name())

    def reason_to_rebuild(self) -> str:
        """Return why the environment must be made anew, in words; empty where it is healthy."""
        stamp = self._read_stamp()
        if not self._folder.exists():
            return "it does not exist yet"
        if not stamp.get("locks"):
            return "an earlier set-up of it did not finish"
        if stamp.get("checkout") != str(self._root):
            return "it was made for another folder"
        if any(sha256_of(self._lock(name)) != sha256 for name, sha256 in stamp["locks"].items()):
            return "its lock file changed"
        return self._damage(list(stamp["locks"]), stamp.get("python", ""))

    def _damage(self, lock_names: list[str], python_version: str) -> str:
        command = [self._python, "-I", _PROBE, *[self._lock(name) for name in lock_names]]
        try:
            done = subprocess.run([str(a) for a in command], capture_output=True, text=True, timeout=120, check=False)
            report = json.loads(done.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return "its Python does not start"
        if report["python"] != python_version:
            return f"its Python changed from {python_version} to {report['python']}"
        if len(report["cv2_owners"]) > 1:
            return f"several distributions own cv2: {', '.join(report['cv2_owners'])}"
        return f"damaged: {'; '.join(report['faults'][:3])}" if report["faults"] else ""

    def _rebuild(self, reason: str) -> None:
        with timed(f"{self._environment.folder}: making it, because {reason}"):
            if not self._interpreter.makes_environments:
                raise SetUpError(
                    f"{self._interpreter.path} cannot make environments (ensurepip is missing). "
                    "On Debian: `apt-get install python3.11-venv`, then run this again."
                )
            if self._folder.exists():
                shutil.rmtree(self._folder)
            run([self._interpreter.path, "-m", "venv", self._folder], f"{self._environment.folder} could not be made")

    def _install(self, all_locks: list[str], missing: list[str]) -> None:
        count = sum(len(read_lock(self._lock(name))) for name in missing)
        self._stamp.unlink(missing_ok=True)  # from here on an interruption leaves an environment without a stamp
        with timed(f"{self._environment.folder}: installing {count} locked packages ({', '.join(missing)})"):
            options = [option for name in missing for option in ("-r", self._lock(name))]
            self._pip("install", "--no-deps", "--require-hashes", *options)
            damage = self._damage(all_locks, self._interpreter.version)
            if damage:
                raise SetUpError(f"{self._environment.folder} was installed but is not as its lock files say: {damage}")
            code = f"import {', '.join(self._environment.imports)}"
            run(
                [self._python, "-I", "-c", code],
                f"{self._environment.folder} does not start; a library of the system may be missing",
            )
        locks = {name: sha256_of(self._lock(name)) for name in all_locks}
        self._write_stamp(locks=locks, python=self._interpreter.version, checkout=str(self._root))

    def _install_checkout(self) -> None:
        """Install the checkout's own package, editable; again only where pyproject.toml changed."""
        project = sha256_of(self._root / "pyproject.toml")
        script = program(self._folder, "teller-assist")
        if self._read_stamp().get("project") == project and script.exists():
            return
        with timed(f"{self._environment.folder}: installing this checkout, editable"):
            self._pip("install", "--no-deps", "--no-index", "--no-build-isolation", "--quiet", "-e", self._root)
        self._write_stamp(project=project)

    def _pip(self, *arguments: object) -> None:
        failure = f"{self._environment.folder}: pip failed; the lines above say at which package"
        run([self._python, "-m", "pip", *arguments], failure, self._variables)


def offline_variables(wheelhouse: Path | None) -> dict[str, str]:
    """Return the variables that make every pip of this set-up, also the model download's, take files from one folder only.

    Raises
    ------
    SetUpError
        The folder does not exist or holds no package.
    """
    if wheelhouse is None:
        return {}
    folder = wheelhouse.resolve()
    if not any(folder.glob("*.whl")):
        raise SetUpError(f"the wheelhouse {folder} holds no wheel; make it with `python3 scripts/build_wheelhouse.py {folder}`.")
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}
