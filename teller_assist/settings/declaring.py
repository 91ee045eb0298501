"""How one setting is declared: its default, range and meaning in one place, in the dataclass field itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, get_type_hints

from teller_assist.errors import BugError, SettingOutOfRangeError

Value = bool | int | float | str

_METADATA_KEY = "setting"
_UNDECLARED_KEY = "undeclared"
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True)
class SettingMeaning:
    """What a person must know to choose a value.

    Attributes
    ----------
    minimum, maximum
        Both included; None for text and switches.
    unit
        "" where there is none.
    choices
        The values that a text may have; empty where any text goes.
    """

    zh: str
    en: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()

    def allows(self, value: Value) -> bool:
        """Return whether a value of the right type is one of the choices, or in the range."""
        if isinstance(value, str):
            return not self.choices or value in self.choices
        if self.minimum is None or self.maximum is None:
            return True
        return self.minimum <= value <= self.maximum  # false for "not a number" too


@dataclass(frozen=True)
class DeclaredSetting:
    """One setting of the schema.

    Attributes
    ----------
    key
        "section.name".
    value_type
        bool, int, float or str; a whole number is taken where float is asked for.
    """

    key: str
    value_type: type
    default: Value
    meaning: SettingMeaning

    def checked(self, value: object, *, origin: str) -> Value:
        """Return the value in its declared type.

        Raises
        ------
        SettingOutOfRangeError
            Wrong type, outside its range, or none of the choices. The facts carry numbers only: a text may be a path
            with a person's name in it.
        """
        if self.value_type is float and type(value) is int:
            value = float(value)
        if type(value) is not self.value_type or not isinstance(value, (bool, int, float, str)) or not self.meaning.allows(value):
            raise self._refused(value, origin)
        return value

    def parsed(self, text: str, *, origin: str) -> Value:
        """Return a value that was given as text, as in an environment variable.

        Raises
        ------
        SettingOutOfRangeError
            As for ``checked``.
        """
        if self.value_type is str:
            return self.checked(text, origin=origin)
        if self.value_type is bool:
            return self.checked(_BOOLEANS.get(text.strip().lower(), text), origin=origin)
        try:
            return self.checked(self.value_type(text), origin=origin)
        except ValueError as error:
            raise self._refused(text, origin) from error

    def _refused(self, value: object, origin: str) -> SettingOutOfRangeError:
        facts: dict[str, Value] = {"key": self.key, "origin": origin, "expected": self.value_type.__name__}
        if isinstance(value, (bool, int, float)):
            facts["value"] = value
        if self.meaning.minimum is not None and self.meaning.maximum is not None:
            facts |= {"minimum": self.meaning.minimum, "maximum": self.meaning.maximum}
        if self.meaning.unit:
            facts["unit"] = self.meaning.unit
        if self.meaning.choices:
            facts["allowed"] = ", ".join(self.meaning.choices)
        return SettingOutOfRangeError(**facts)


def setting(
    default: Value,
    *,
    zh: str,
    en: str,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one setting as a dataclass field."""
    meaning = SettingMeaning(zh, en, minimum, maximum, unit, choices)
    return field(default=default, metadata={_METADATA_KEY: meaning})


def undeclared_settings() -> Any:
    """Declare a table of settings that somebody else knows: any name, and a value that is a switch, a number or text."""
    return field(default_factory=dict, metadata={_UNDECLARED_KEY: True})


def tables_of(section_name: str, section: type) -> dict[str, type | None]:
    """Return a section's dataclass and those of the tables within it by key; None for a table of undeclared settings.

    A field whose type is a dataclass is a table within the section.
    """
    types = get_type_hints(section)
    found: dict[str, type | None] = {section_name: section}
    for entry in fields(section):
        key = f"{section_name}.{entry.name}"
        if is_dataclass(types[entry.name]):
            found |= tables_of(key, types[entry.name])
        elif _UNDECLARED_KEY in entry.metadata:
            found[key] = None
    return found


def checked_undeclared(key: str, value: object, *, origin: str) -> Value:
    """Return a value of a table of undeclared settings.

    Raises
    ------
    SettingOutOfRangeError
        It is a list, a table or a date.
    """
    if not isinstance(value, bool | int | float | str):
        raise SettingOutOfRangeError(key=key, origin=origin, expected="bool, int, float or str")
    return value


def undeclared_from(text: str) -> Value:
    """Return what was given as text for a setting whose type is not known: a number, true or false where it reads as one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, bool | int | float) else text


def declared_settings(section_name: str, section: type) -> tuple[DeclaredSetting, ...]:
    """Return the settings that a section's dataclass declares, and the tables within it.

    Raises
    ------
    BugError
        A field was not declared with ``setting``, or its default does not keep its own rule.
    """
    types = get_type_hints(section)
    declared: list[DeclaredSetting] = []
    for entry in fields(section):
        key = f"{section_name}.{entry.name}"
        if _UNDECLARED_KEY in entry.metadata:
            continue
        if is_dataclass(types[entry.name]):
            declared += declared_settings(key, types[entry.name])
            continue
        if _METADATA_KEY not in entry.metadata:
            raise BugError(f"{key} is not declared with setting()")
        default: Any = entry.default
        one = DeclaredSetting(key, types[entry.name], default, entry.metadata[_METADATA_KEY])
        try:
            one.checked(default, origin="defaults")
        except SettingOutOfRangeError as error:
            raise BugError(f"the default of {key} breaks its own rule") from error
        declared.append(one)
    return tuple(declared)
