"""Put the settings together: factory defaults, then the site's file, then environment variables.

Whatever is not in the schema, of the wrong type or out of range stops the start. A setting that silently fell back to its
default would change what the product does without anybody's knowledge.
"""

from __future__ import annotations

import difflib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from teller_assist.errors import SettingOutOfRangeError, SettingsFileError, UnknownSettingError
from teller_assist.settings.declaring import DeclaredSetting, Value, checked_undeclared, undeclared_from
from teller_assist.settings.schema import SECTIONS, Origin, Settings, schema, tables
from teller_assist.settings.shipped import read_shipped

DEFAULTS_FILE = "config/defaults.toml"
SITE_VARIABLE = "TELLER_ASSIST_SITE_SETTINGS"
ENVIRONMENT_PREFIX = "TELLER_ASSIST__"


def load_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings in force.

    Parameters
    ----------
    root
        The installation root; ``config/defaults.toml`` lies below it.
    environ
        Environment variables. ``TELLER_ASSIST_SITE_SETTINGS`` names the site's file; without it the file is
        ``/etc/teller-assist/site.toml`` or ``%PROGRAMDATA%\\teller-assist\\site.toml``, and may be absent.
        ``TELLER_ASSIST__PICTURES__MAX_FILE_MB=10`` sets ``pictures.max_file_mb``. What is set for a plugin
        (``devices.camera.settings``) is judged when the device is opened: only the plugin's manifest knows its settings.

    Raises
    ------
    UnknownSettingError
        A key that the schema does not list; the facts may carry a ``suggestion``.
    SettingOutOfRangeError
        A value of the wrong type or outside its range.
    SettingsFileError
        A file cannot be read or is not TOML, or the shipped defaults were altered or do not list every setting.
    """
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    layers = (
        (Origin.DEFAULTS, _from_toml(read_shipped(root, DEFAULTS_FILE), Origin.DEFAULTS)),
        (Origin.SITE, _from_site(environ)),
        (Origin.ENVIRONMENT, _from_environment(environ)),
    )
    for origin, layer in layers:
        values |= layer
        origins |= dict.fromkeys(layer, origin)
        if origin is Origin.DEFAULTS:
            _check_complete(values)
    return Settings(**_sections(values), origins=origins)


def _check_complete(values: Mapping[str, Value]) -> None:
    for key in schema():
        if key not in values:
            raise SettingsFileError("settings_unreadable", file=DEFAULTS_FILE, why="setting_missing", key=key)


def _sections(values: Mapping[str, Value]) -> dict[str, Any]:
    filled: dict[str, dict[str, Any]] = {key: {} for key in tables()}
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        filled[table][name] = value
    sections: dict[str, Any] = {}
    for key in reversed(tables()):  # what lies within a table is made before it
        section = tables()[key]
        table, _, name = key.rpartition(".")
        (filled[table] if table else sections)[name] = filled[key] if section is None else section(**filled[key])
    return sections


def site_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the site's own files, where its settings file lies or would lie."""
    return _site_file(environ).parent


def _site_file(environ: Mapping[str, str]) -> Path:
    named = environ.get(SITE_VARIABLE, "")
    return Path(named) if named else _usual_site_file(environ)


def _from_site(environ: Mapping[str, str]) -> dict[str, Value]:
    named = environ.get(SITE_VARIABLE, "")
    path = _site_file(environ)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        if named:
            raise SettingsFileError("settings_unreadable", origin=Origin.SITE.value, why="missing") from error
        return {}  # a bank without its own settings
    except (OSError, ValueError) as error:
        raise SettingsFileError("settings_unreadable", origin=Origin.SITE.value, why="not_readable") from error
    return _from_toml(content, Origin.SITE)


def _usual_site_file(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("PROGRAMDATA", r"C:\ProgramData")) / "teller-assist" / "site.toml"
    return Path("/etc/teller-assist/site.toml")


def _from_toml(content: bytes, origin: Origin) -> dict[str, Value]:
    try:
        # Windows' editor puts a byte order mark first, which TOML does not know
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsFileError("settings_unreadable", origin=origin.value, why="not_toml") from error
    return {key: _checked(key, value, origin) for key, value in _listed("", document, origin)}


def _checked(key: str, value: object, origin: Origin) -> Value:
    if _is_undeclared(key):
        return checked_undeclared(key, value, origin=origin)
    return _find(key, origin).checked(value, origin=origin)


def _listed(table: str, entries: Mapping[str, Any], origin: Origin) -> Iterator[tuple[str, object]]:
    for name, value in entries.items():
        key = f"{table}.{name}" if table else name
        if "." in name or not (table or key in tables()):  # a quoted name with a dot would be found where it does not stand
            raise _unknown(key, origin)
        if key not in tables():
            yield key, value
        elif isinstance(value, dict):
            yield from _listed(key, value, origin)
        else:
            raise SettingOutOfRangeError(key=key, origin=origin.value, expected="table")


def _is_undeclared(key: str) -> bool:
    table = key.rpartition(".")[0]
    return table in tables() and tables()[table] is None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Value]:
    found = {}
    for variable, text in environ.items():
        # Windows gives every variable's name in capitals, Linux as it was written
        if variable.upper().startswith(ENVIRONMENT_PREFIX):
            key = variable[len(ENVIRONMENT_PREFIX) :].lower().replace("__", ".")
            found[key] = undeclared_from(text) if _is_undeclared(key) else _parsed(key, text)
    return found


def _parsed(key: str, text: str) -> Value:
    return _find(key, Origin.ENVIRONMENT).parsed(text, origin=Origin.ENVIRONMENT)


def _find(key: str, origin: Origin) -> DeclaredSetting:
    if key not in schema():
        raise _unknown(key, origin)
    return schema()[key]


def _unknown(key: str, origin: Origin) -> UnknownSettingError:
    known = (*schema(), *SECTIONS)
    close = difflib.get_close_matches(key, known, n=1)
    # a right name in the wrong section is not close by letters
    name = key.rpartition(".")[2]
    suggestions = close or [one for one in schema() if one.rpartition(".")[2] == name]
    if suggestions and key not in known:  # a right name that is quoted, or given like a value, is no suggestion to itself
        return UnknownSettingError(key=key, origin=origin.value, suggestion=suggestions[0])
    return UnknownSettingError(key=key, origin=origin.value)
