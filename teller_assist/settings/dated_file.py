"""Configuration that somebody answers for: a TOML file with its schema, its date and its author."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass

from teller_assist.errors import SettingOutOfRangeError, SettingsFileError


@dataclass(frozen=True)
class DatedFile:
    """The head of the file, and everything else in it."""

    date: datetime.date
    author: str
    content: dict[str, object]


def read_dated_file(content: bytes, *, file: str, schema: str) -> DatedFile:
    """Read the head of a dated file.

    Parameters
    ----------
    file
        Its name, for errors.
    schema
        What its key "schema" must say.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    SettingOutOfRangeError
        Its date or author is absent or of the wrong type.
    """
    try:
        document: dict[str, object] = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsFileError("settings_unreadable", file=file) from error
    if document.pop("schema", None) != schema:
        raise SettingsFileError("settings_unreadable", file=file)
    date, author = document.pop("date", None), document.pop("author", None)
    if not isinstance(date, datetime.date) or not isinstance(author, str):
        raise SettingOutOfRangeError(key="date, author", file=file)
    return DatedFile(date, author, document)
