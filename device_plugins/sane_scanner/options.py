"""Set what a scan is to be: mode, resolution, source and area from the settings, and any other option of the backend by name.

A value is judged before SANE sees it: python-sane writes what it is given into memory of the option's size.
"""

from __future__ import annotations

from typing import Any

from teller_assist_sdk import DeviceProblem

from .problems import sane_errors, status_of

DEPTH_BITS = 8
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_TYPE_BOOL, _TYPE_INT, _TYPE_FIXED, _TYPE_STRING = 0, 1, 2, 3  # SANE Standard 1.06, 4.2.9.4
_UNIT_MM = 3  # 4.2.9.5
_LARGEST_INT = 2**31 - 1
_LARGEST_FIXED = 2**15 - 1


def read_pairs(text: str) -> list[tuple[str, str]]:
    """Return the pairs of ``NAME=VALUE; NAME=VALUE`` in their order, names as python-sane has them: underlines for minus.

    Raises
    ------
    ValueError
        A part is no pair.
    """
    pairs = []
    for part in text.split(";"):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not part.strip():
            continue
        if not equals or not name.replace("-", "_").isidentifier():
            raise ValueError("no NAME=VALUE")
        pairs.append((name.replace("-", "_"), value))
    return pairs


def converted(option: Any, text: str) -> int | float | str:
    """Return a value in the type of an option.

    Raises
    ------
    ValueError
        It is none of this type, or none that the option allows; the text says what it allows.
    """
    if option.type == _TYPE_BOOL:
        if text.lower() not in _YES + _NO:
            raise ValueError("yes or no")
        return int(text.lower() in _YES)
    if option.type == _TYPE_STRING:
        return _allowed_word(option, text)
    if option.type not in (_TYPE_INT, _TYPE_FIXED):
        raise ValueError("an option without a value")
    if _holds_several(option):
        raise ValueError("an option of several values")
    try:
        number: int | float = int(text) if option.type == _TYPE_INT else float(text)
    except ValueError:
        raise ValueError("a number") from None
    return _allowed_number(option, number)


def apply(handle: Any, settings: dict[str, Any]) -> None:
    """Set everything that the settings say; the backend may refuse or round.

    Raises
    ------
    DeviceProblem
        plugin_failed: the hint names the option, and what it allows.
    """
    if settings["source"]:
        _set(handle, "source", settings["source"])
    if "mode" in handle.opt:
        _set(handle, "mode", settings["mode"])
    if "resolution" in handle.opt:
        _set(handle, "resolution", str(settings["resolution_dpi"]))
    if _is_settable(handle, "depth"):
        _set(handle, "depth", str(DEPTH_BITS))
    for side, far, near in (("width_mm", "br_x", "tl_x"), ("height_mm", "br_y", "tl_y")):
        if settings[side]:
            if far in handle.opt and handle.opt[far].unit != _UNIT_MM:
                raise DeviceProblem("plugin_failed", f"{side}: this scanner does not measure in mm")
            _set(handle, near, "0")
            _set(handle, far, f"{settings[side]:g}")
    try:
        pairs = read_pairs(str(settings["options"]))
    except ValueError as error:
        raise DeviceProblem("plugin_failed", f"options: {error}") from error
    for name, value in pairs:
        _set(handle, name, value)


def _set(handle: Any, name: str, value: str) -> None:
    if name not in handle.opt:
        raise DeviceProblem("plugin_failed", f"{name}: no such option")
    try:
        setattr(handle, name, converted(handle.opt[name], value))
    except ValueError as error:
        raise DeviceProblem("plugin_failed", f"{name}: {error}") from error
    except sane_errors(TypeError) as error:  # among them: not to be set now
        raise DeviceProblem("plugin_failed", f"{name}: {status_of(error)}") from error


def _is_settable(handle: Any, name: str) -> bool:
    option = handle.opt.get(name)
    return option is not None and bool(option.is_active()) and bool(option.is_settable())


def _holds_several(option: Any) -> bool:
    return int(option.size) > 4  # bytes of one SANE_Word


def _allowed_word(option: Any, text: str) -> str:
    """Return the allowed word that is meant: as written, or but for capitals, or the only one that has it in it."""
    allowed = option.constraint
    if not isinstance(allowed, list):
        return text
    if text in allowed:
        return text
    likely = [one for one in allowed if one.lower() == text.lower()] or [one for one in allowed if text.lower() in one.lower()]
    if not text or len(likely) != 1:
        raise ValueError(", ".join(str(one) for one in allowed))
    return str(likely[0])


def _allowed_number(option: Any, number: int | float) -> int | float:
    """Return the number, where its option allows it; of a list of numbers the nearest."""
    allowed = option.constraint
    largest = _LARGEST_INT if option.type == _TYPE_INT else _LARGEST_FIXED
    if not -largest <= number <= largest:
        raise ValueError(f"-{largest} to {largest}")
    if isinstance(allowed, list) and allowed:
        return min(allowed, key=lambda one: (abs(one - number), one))  # type: ignore[no-any-return]
    if isinstance(allowed, tuple) and not allowed[0] <= number <= allowed[1]:
        raise ValueError(f"{allowed[0]:g} to {allowed[1]:g}")
    return number
