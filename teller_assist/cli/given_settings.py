"""Settings of a plugin as a command is given them: ``--set NAME=VALUE``, as often as needed."""

from __future__ import annotations

from teller_assist.errors import UsageError
from teller_assist.settings.declaring import Value, undeclared_from


def given_settings(pairs: list[str]) -> dict[str, Value]:
    """Return settings by name; what reads as a number or true or false is one.

    Raises
    ------
    UsageError
        A pair has no equals sign.
    """
    given: dict[str, Value] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(what="set")
        given[name] = undeclared_from(text)
    return given
