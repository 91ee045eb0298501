"""Codes as words in both languages, before a page chooses one of them."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.wording import Sentences, codes, sentence


@dataclass(frozen=True)
class Told:
    """Something in words.

    Attributes
    ----------
    en
        "" where it is the same in both languages: a name, a number.
    tone
        Of the style sheet; never the only carrier of a meaning.
    mark
        A sign beside the words.
    """

    zh: str
    en: str = ""
    tone: str = ""
    mark: str = ""


def word(group: str, code: str, **facts: str | int | float) -> Told:
    """Return the words of a code; a code of a later version is shown as it is."""
    if code not in codes(group):
        return Told(code)
    return told(sentence(group, code, **facts))


def told(words: Sentences) -> Told:
    """Return sentences as something told."""
    return Told(words.zh, words.en)
