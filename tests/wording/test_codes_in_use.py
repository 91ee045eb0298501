"""No sentence is left over, none is missing: every code of the tables is said by somebody, every code said has words."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import teller_assist
from teller_assist.wording import codes
from teller_assist.wording.sentences import _sentences

PACKAGE = Path(teller_assist.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("branch_server/templates/*.html"))
# Codes that the program puts together from a value, by group.
MADE_UP = {
    "alert_headline": r"netcheck_[a-z_]+",
    "alert_text": r"netcheck_[a-z_]+",
    "reason": r"netcheck_[a-z_]+|pad_[a-z_]+|kinship_server_[a-z]+|no_chip_[a-z_]+",
    "reading": r"[a-z_]+_(upper|short)",
    "panel": r"theme_(dark|light)|reason_for_(refer|reject)",
    "gauge": r"zone_[a-z_]+",
    "proof": r"alert_[a-z]+",
    "server": r"(ending|role|picture|usage)_[a-z_]+",
    "page": r"(show|days)_[a-z]+",
}
CHOSEN_FROM_THE_TABLE = {"refer_reason", "reject_reason", "document"}  # the window offers whatever stands there
NO_CODES = {"placeholders", "reasons"}  # names in sentences; the tree of errors, held against it elsewhere


@cache
def literals() -> frozenset[str]:
    """Every text written out in the program (docstrings aside) and in its pages, and every word of its data files."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for template in TEMPLATES:
        found.update(re.findall(r'"([a-z0-9_]+)"', template.read_text(encoding="utf-8")))
    data = [*PACKAGE.glob("demonstration/*.toml"), *PACKAGE.parent.glob("config/*.toml"), PACKAGE.parent / "models/manifest.toml"]
    for path in data:
        found.update(re.findall(r"[a-z0-9_]+", path.read_text(encoding="utf-8")))
    return frozenset(found)


def groups() -> list[str]:
    return sorted(_sentences().keys() - NO_CODES)


@pytest.mark.full
@pytest.mark.parametrize("group", groups())
def test_every_group_is_looked_up_and_every_code_of_it_is_said(group: str) -> None:
    assert group in literals(), "nobody looks this group up"
    if group in CHOSEN_FROM_THE_TABLE:
        return
    made_up = re.compile(MADE_UP.get(group, r"(?!)"))
    assert [code for code in codes(group) if code not in literals() and not made_up.fullmatch(code)] == []


@pytest.mark.full
def test_every_code_that_the_window_says_has_words() -> None:
    said: list[tuple[str, str]] = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                words = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
                said += [(str(words[0]), str(words[1]))] if len(words) == 2 else []
    assert len(said) > 50, "they are found at all"
    assert [(group, code) for group, code in said if code not in codes(group)] == []


def test_every_code_that_a_page_says_has_words_and_a_page_has_no_words_of_its_own() -> None:
    said: list[tuple[str, str]] = []
    for template in TEMPLATES:
        source = template.read_text(encoding="utf-8")
        said += [("page", code) for code in re.findall(r'text\("([a-z0-9_]+)"[,)]', source)]
        said += re.findall(r'word\("([a-z_]+)", "([a-z0-9_]+)"[,)]', source)
        assert not re.search(r"[\u4e00-\u9fff]", source), f"{template.name} says something that is not in the tables"
    assert len(said) > 40, "they are found at all"
    assert [(group, code) for group, code in said if code not in codes(group)] == []
