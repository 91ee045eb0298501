"""A field's value and the recognised characters that it was read from."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.documents.fields.text import Text


@dataclass(frozen=True, eq=False)
class Found:
    """One value; personal: its repr shows nothing.

    Attributes
    ----------
    value
        As ``PrintedField.value``.
    text
        What it was read from.
    places
        For each character of ``text``, its place in ``value``.
    whole
        False where characters seem to be missing, or it had to be guessed where the value begins.
    """

    value: str
    text: Text
    places: tuple[int, ...]
    whole: bool = True

    def __repr__(self) -> str:
        return "Found(***)"


def plainly(text: Text, *, whole: bool = True) -> Found:
    """Return a value that is its characters as they were read."""
    return Found(text.characters, text, tuple(range(len(text.glyphs))), whole)
