"""Which Python the environments are made from. The candidates are small programs that answer as an interpreter would."""

import json
import os
import sys
from pathlib import Path

import pytest
from set_up.console import SetUpError
from set_up.interpreter import ask, candidates, find_python


def program(folder: Path, name: str, output: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def answering(folder: Path, name: str, version: str, complete: bool) -> Path:
    return program(folder, name, json.dumps([str(folder / name), version, complete]))


def test_the_first_complete_311_is_taken_whatever_stands_before_it(tmp_path: Path) -> None:
    places = [
        program(tmp_path, "shim", "pyenv: python3.11: command not found"),
        tmp_path / "absent",
        answering(tmp_path, "old", "3.9.2", True),
        answering(tmp_path, "new", "3.12.4", True),
        answering(tmp_path, "without_ensurepip", "3.11.2", False),
        answering(tmp_path, "complete", "3.11.7", True),
    ]
    assert find_python(places).path == tmp_path / "complete"


def test_a_311_without_ensurepip_is_better_than_none_and_says_so(tmp_path: Path) -> None:
    found = find_python([answering(tmp_path, "debian", "3.11.2", False)])
    assert (found.path.name, found.makes_environments) == ("debian", False)


def test_without_a_311_the_error_names_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match=r"apt-get install python3\.11 python3\.11-venv"):
        find_python([answering(tmp_path, "old", "3.8.10", True)])


def test_an_interpreter_inside_an_environment_answers_with_its_base() -> None:
    answer = ask(Path(sys.executable))
    assert answer.fits
    assert not answer.path.is_relative_to(sys.prefix)


def test_the_running_interpreter_is_the_first_candidate() -> None:
    assert candidates()[0] == Path(sys.executable)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can step down to another user")
def test_another_users_pyenv_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "pyenv"
    (locked / "versions" / "3.11.7" / "bin").mkdir(parents=True)
    (locked / "versions" / "3.11.7" / "bin" / "python").write_text("", encoding="utf-8")
    locked.chmod(0o700)
    monkeypatch.setenv("PYENV_ROOT", str(locked))
    assert locked / "versions" / "3.11.7" / "bin" / "python" in candidates()
    os.seteuid(65534)
    try:
        found = candidates()
    finally:
        os.seteuid(0)
    assert not [path for path in found if path.is_relative_to(locked)]
