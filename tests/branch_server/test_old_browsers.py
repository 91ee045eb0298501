"""Scripts and style sheets run as they are on a bank's Chromium of 2019 (78): nothing newer stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from teller_assist import branch_server

STATIC = Path(branch_server.__file__).with_name("static")
SCRIPTS, SHEETS = sorted(STATIC.glob("*.js")), sorted(STATIC.glob("*.css"))
TOO_NEW_FOR_SCRIPTS = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish operator": r"\?\?",
    "logical assignment": r"(\|\||&&)=",
    "object spread": r"\{\s*\.\.\.|,\s*\.\.\.\w+[^\])]*\}",
    "private fields": r"[\s.]#[a-zA-Z_]\w*\s*[=;(]",
    "catch without a name": r"catch\s*\{",
    "newer methods": r"\.(replaceAll|at|flat|flatMap|allSettled|any|hasOwn|findLast|findLastIndex|fromEntries|matchAll|toSorted"
    r"|replaceChildren|trimStart|trimEnd)\(",
    "newer names": r"\b(structuredClone|globalThis|WeakRef|AbortSignal\.timeout)\b",
    "numeric separators": r"\b\d+_\d",
    "modules": r"^\s*(import|export)\b|\bimport\(",
}
TOO_NEW_FOR_SHEETS = {
    "inset": r"[\s;{]inset(-[a-z]+)*\s*:",
    "aspect-ratio": r"aspect-ratio\s*:",
    "comparison functions": r"\b(clamp|min|max)\(",
    "newer selectors": r":(is|where|has|focus-visible)\b",
    "newer rules": r"@(layer|container|property|supports selector)",
    "newer values": r"color-mix|\b(dvh|svh|lvh|lab|oklch)\b|accent-color|content-visibility",
    "nesting": r"&",
}
OUTSIDE = r"(https?:)?//[a-z]|@import|url\("


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def found(patterns: dict[str, str], text: str) -> list[str]:
    return [name for name, pattern in patterns.items() if re.search(pattern, without_comments(text), re.MULTILINE)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_needs_nothing_newer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert found(TOO_NEW_FOR_SCRIPTS, text) == []
    assert '"use strict"' in text
    assert not re.search(OUTSIDE, without_comments(text))
    assert not re.search(r"innerHTML|insertAdjacentHTML|eval\(|document\.write", text), "a case's words never become markup"


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_needs_nothing_newer(path: Path) -> None:
    text = without_comments(path.read_text(encoding="utf-8"))
    assert found(TOO_NEW_FOR_SHEETS, text) == []
    assert not re.search(OUTSIDE, text)
    flexible = [rule for rule in re.findall(r"\{[^{}]*\}", text) if re.search(r"display:\s*(inline-)?flex", rule)]
    assert not [rule for rule in flexible if re.search(r"[\s;]gap\s*:", rule)], "gaps of flexible boxes came with 84"


@pytest.mark.parametrize(
    ("patterns", "text", "name"),
    [
        (TOO_NEW_FOR_SCRIPTS, "one?.two", "optional chaining"),
        (TOO_NEW_FOR_SCRIPTS, "a ?? b", "nullish operator"),
        (TOO_NEW_FOR_SCRIPTS, "const a = { ...b };", "object spread"),
        (TOO_NEW_FOR_SCRIPTS, 'text.replaceAll("a", "b")', "newer methods"),
        (TOO_NEW_FOR_SHEETS, "a { inset: 0; }", "inset"),
        (TOO_NEW_FOR_SHEETS, "a { width: clamp(1px, 2vw, 3px); }", "comparison functions"),
        (TOO_NEW_FOR_SHEETS, "a:focus-visible { outline: 0; }", "newer selectors"),
    ],
)
def test_what_is_newer_is_found(patterns: dict[str, str], text: str, name: str) -> None:
    assert name in found(patterns, text)


def test_what_is_old_enough_passes() -> None:
    assert found(TOO_NEW_FOR_SCRIPTS, "const [a, b] = pair; const c = a ? .5 : b; call(...all); x || (y = 1);") == []
    assert found(TOO_NEW_FOR_SHEETS, "a { box-shadow: inset 0 -3px #f0b429; grid-template-columns: minmax(0, 1fr); }") == []
