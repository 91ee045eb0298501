"""Making and repairing an environment: real venv, real pip, tiny wheels from a folder, no network."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from set_up.console import SetUpError
from set_up.environment import Builder, offline_variables
from set_up.interpreter import find_python
from set_up.places import Environment, platform_name

TINY = Environment(".venv", "tiny", ("tiny",), editable=False)


class Checkout:
    """A folder with lock files, a wheelhouse and one environment."""

    def __init__(self, root: Path, wheels: Any) -> None:
        self.root = root
        self.locks = root / "scripts" / "requirements" / platform_name()
        self.locks.mkdir(parents=True)
        for lock, name, version in (("tiny", "tiny", "1.0"), ("more", "more", "2.0"), ("newer", "tiny", "1.1")):
            line = wheels.lock_line(wheels.make(root / "wheels", name, version))
            (self.locks / f"{lock}.txt").write_text(line, encoding="utf-8")
        self.builder = Builder(root, TINY, find_python(), offline_variables(root / "wheels"))
        self.stamp = root / ".venv" / "stamp.json"

    def module(self) -> Path:
        return next((self.root / ".venv").glob("**/site-packages/tiny/__init__.py"))

    def prints(self, code: str) -> str:
        return subprocess.run(
            [str(TINY.python(self.root)), "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, wheels: Any) -> Checkout:
    """One environment for this file; every test leaves it healthy."""
    found = Checkout(tmp_path_factory.mktemp("checkout"), wheels)
    assert found.builder.reason_to_rebuild() == "it does not exist yet"
    found.builder.prepare()
    return found


@pytest.mark.full
def test_a_healthy_environment_is_left_as_it_is(checkout: Checkout) -> None:
    before = checkout.module().stat()
    checkout.builder.prepare()
    assert checkout.builder.reason_to_rebuild() == ""
    assert (checkout.module().stat().st_ino, checkout.module().stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert checkout.prints("import tiny; print(tiny.VERSION)") == "1.0"


@pytest.mark.full
def test_an_extra_lock_is_added_without_making_the_environment_anew(checkout: Checkout) -> None:
    inode = (checkout.root / ".venv").stat().st_ino
    checkout.builder.prepare(["more"])
    assert (checkout.root / ".venv").stat().st_ino == inode
    assert checkout.prints("import tiny, more; print(more.VERSION)") == "2.0"
    assert set(json.loads(checkout.stamp.read_text(encoding="utf-8"))["locks"]) == {"tiny", "more"}


def remove_the_stamp(checkout: Checkout) -> None:
    checkout.stamp.unlink()


def cut_the_stamp(checkout: Checkout) -> None:
    checkout.stamp.write_text('{"locks": {"tin', encoding="utf-8")


def stamp_of_another_folder(checkout: Checkout) -> None:
    stamp = json.loads(checkout.stamp.read_text(encoding="utf-8"))
    checkout.stamp.write_text(json.dumps({**stamp, "checkout": "elsewhere"}), encoding="utf-8")


def stamp_of_another_python(checkout: Checkout) -> None:
    stamp = json.loads(checkout.stamp.read_text(encoding="utf-8"))
    checkout.stamp.write_text(json.dumps({**stamp, "python": "3.11.0"}), encoding="utf-8")


def change_the_lock(checkout: Checkout) -> None:
    (checkout.locks / "tiny.txt").write_text("# changed\n", encoding="utf-8")


def lose_a_file(checkout: Checkout) -> None:
    checkout.module().unlink()


def shorten_a_file(checkout: Checkout) -> None:
    checkout.module().write_text("", encoding="utf-8")


def lose_a_distribution(checkout: Checkout) -> None:
    info = next((checkout.root / ".venv").glob("**/tiny-1.0.dist-info"))
    info.rename(info.with_name("tiny-away"))


def break_the_interpreter(checkout: Checkout) -> None:
    python = TINY.python(checkout.root)
    python.rename(python.with_name("python-away"))


DAMAGES: dict[Callable[[Checkout], None], str] = {
    remove_the_stamp: "did not finish",
    cut_the_stamp: "did not finish",
    stamp_of_another_folder: "made for another folder",
    stamp_of_another_python: "Python changed from 3.11.0",
    change_the_lock: "lock file changed",
    lose_a_file: "1 damaged files, the first tiny/__init__.py",
    shorten_a_file: "1 damaged files, the first tiny/__init__.py",
    lose_a_distribution: "tiny: not installed, locked 1.0",
    break_the_interpreter: "Python does not start",
}


@pytest.mark.full
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_each_kind_of_damage_is_noticed_and_named(checkout: Checkout, damage: Callable[[Checkout], None]) -> None:
    module, lock, stamp = checkout.module(), checkout.locks / "tiny.txt", checkout.stamp
    kept = {path: path.read_bytes() for path in (module, lock, stamp)}
    damage(checkout)
    reason = checkout.builder.reason_to_rebuild()
    for path, content in kept.items():
        path.write_bytes(content)
    for moved, back in (("**/tiny-away", "tiny-1.0.dist-info"), ("*/python-away", "python")):
        for path in (checkout.root / ".venv").glob(moved):
            path.rename(path.with_name(back))
    assert checkout.builder.reason_to_rebuild() == ""
    assert DAMAGES[damage] in reason


@pytest.mark.full
def test_a_damaged_environment_is_made_anew_from_the_lock_of_today(checkout: Checkout) -> None:
    break_the_interpreter(checkout)
    (checkout.locks / "tiny.txt").write_bytes((checkout.locks / "newer.txt").read_bytes())
    checkout.builder.prepare()
    assert checkout.builder.reason_to_rebuild() == ""
    assert checkout.prints("import tiny; print(tiny.VERSION)") == "1.1"


@pytest.mark.full
def test_a_file_with_another_hash_stops_the_set_up_and_leaves_no_stamp(checkout: Checkout, wheels: Any) -> None:
    (checkout.locks / "more.txt").write_text(f"more==2.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(SetUpError, match="pip failed"):
        checkout.builder.prepare(["more"])
    assert checkout.builder.reason_to_rebuild() == "an earlier set-up of it did not finish"


@pytest.mark.full
def test_a_wheelhouse_without_wheels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="holds no wheel"):
        offline_variables(tmp_path)
