"""Settings of a plugin as a command is given them: ``--set NAME=VALUE``, as often as needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from teller_assist.errors import SettingOutOfRangeError, UnknownSettingError, UsageError
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


@contextmanager
def refused_as_given(given: Mapping[str, Value]) -> Iterator[None]:
    """Tell a refused setting as the command's where it was given there: nobody finds it in the site's settings file.

    Raises
    ------
    UnknownSettingError, SettingOutOfRangeError
        As they came; the facts' ``origin`` is "command" where the setting is one of ``given``.
    """
    try:
        yield
    except (UnknownSettingError, SettingOutOfRangeError) as error:
        if str(error.facts["key"]).rpartition(".")[2] not in given:
            raise
        raise type(error)(**{**error.facts, "origin": "command"}) from error
