"""Look up sentences by code and fill in what the error's facts say.

    KnownError (reason, facts) -> tables/*.toml -> two Chinese sentences and the same in English

The tables are read at the first look-up, not at import: ``--help`` needs no sentence.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from teller_assist.errors import BugError, Fact, KnownError

REASONS = "reasons"
_BETWEEN_SENTENCES = {"zh": "", "en": " "}
_PARTS = ("happened", "action")


@dataclass(frozen=True)
class Sentences:
    """The same words in both languages.

    Attributes
    ----------
    zh
        Chinese; for an error exactly two sentences: what happened, what to do now.
    en
        English.
    """

    zh: str
    en: str


def error_sentences(error: KnownError) -> Sentences:
    """Return what a person reads about an error: what happened and what to do now.

    A fact that the error does not carry is replaced by a general word, so that an error can always be told.

    Raises
    ------
    BugError
        The error's reason has no sentences.
    """
    entry = _with_variant(_entry(REASONS, error.reason), error.facts)
    return Sentences(
        zh=_reason_text(entry, error.facts, "zh"), en=_capitalised(_reason_text(entry, error.facts, "en"), error.facts)
    )


def reason_sentences(reason: str) -> Sentences:
    """Return what a person reads about a reason in general, without the facts of one error.

    Raises
    ------
    BugError
        The reason has no sentences.
    """
    entry = _entry(REASONS, reason)
    return Sentences(zh=_reason_text(entry, {}, "zh"), en=_capitalised(_reason_text(entry, {}, "en"), {}))


def sentence(group: str, code: str, **facts: Fact) -> Sentences:
    """Return the words of one code, its placeholders filled with ``facts``.

    Parameters
    ----------
    group
        "outcome", "advice", "quality", "not_assessed", "not_stated", "switched_off", "program" ...: see ``tables/``.

    Raises
    ------
    BugError
        No such group or code, or a placeholder without its fact.
    """
    entry = _entry(group, code)
    texts = {name: _text(value) for name, value in facts.items()}
    return Sentences(zh=_fill(entry["zh"], texts), en=_fill(entry["en"], texts))


def codes(group: str) -> tuple[str, ...]:
    """Return every code of a group, in the order of the files.

    Raises
    ------
    BugError
        No such group.
    """
    if group not in _sentences():
        raise BugError(f"there is no group of sentences {group!r}")
    return tuple(_sentences()[group])


@cache
def _sentences() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return merged_tables(
        tomllib.loads(table.read_text(encoding="utf-8"))
        for table in sorted(resources.files(__package__).joinpath("tables").iterdir(), key=lambda table: table.name)
        if table.name.endswith(".toml")
    )


def merged_tables(tables: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the groups of several tables as one; a group may be spread over tables.

    Raises
    ------
    BugError
        One code of a group stands in two tables.
    """
    merged: dict[str, dict[str, Any]] = {}
    for table in tables:
        for group, entries in table.items():
            twice = entries.keys() & merged.setdefault(group, {}).keys()
            if twice:
                raise BugError(f"{group} has {sorted(twice)} twice")
            merged[group].update(entries)
    return merged


def _entry(group: str, code: str) -> Mapping[str, Any]:
    if code not in codes(group):
        raise BugError(f"there is no sentence for {group}.{code}")
    return _sentences()[group][code]


def _with_variant(entry: Mapping[str, Any], facts: Mapping[str, Fact]) -> Mapping[str, Any]:
    for variant in entry.get("variant", ()):
        fact = variant["fact"]
        if fact in facts and variant.get("equals", facts[fact]) == facts[fact]:
            return {**entry, **variant}
    return entry


def _reason_values(facts: Mapping[str, Fact], language: str) -> dict[str, str]:
    general = {name: str(words[language]) for name, words in _sentences()["placeholders"].items()}
    origin = str(facts.get("origin", ""))
    told: dict[str, str] = {
        "picture": _word("role", str(facts.get("file", "")), language) or general["picture"],
        "origin": _word("origin", origin, language) or general["origin"],
    }
    if "device" in facts:  # a code of ours; a plugin may name a device that we have no word for
        told["device"] = _word("device", str(facts["device"]), language) or general["device"]
    return {**general, **{name: _text(value) for name, value in facts.items()}, **told}


def _reason_text(entry: Mapping[str, Any], facts: Mapping[str, Fact], language: str) -> str:
    values = _reason_values(facts, language)
    return _BETWEEN_SENTENCES[language].join(_fill(entry[f"{part}_{language}"], values) for part in _PARTS)


def _word(group: str, code: str, language: str) -> str:
    """Return the word for a code, or "" where a caller's own code has none (a set's row, a file's name)."""
    words = _sentences()[group].get(code)
    return str(words[language]) if words else ""


def _text(value: Fact) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:g}"  # a limit of 1000000 is not told as 1e+06
    return str(value)


def _fill(template: str, values: Mapping[str, str]) -> str:
    missing = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None and name not in values]
    if missing:
        raise BugError(f"the sentence {template!r} needs {missing}")
    return template.format_map(values)


def _capitalised(text: str, facts: Mapping[str, Fact]) -> str:
    if "plugin" in facts and text.startswith(str(facts["plugin"])):
        return text  # an id is told as it is written
    return text[:1].upper() + text[1:]
