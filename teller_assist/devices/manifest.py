"""A plugin's ``manifest.json``: read and judged whole before any of the plugin's code runs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path, PurePosixPath
from typing import Any

from teller_assist import __version__
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import PluginIncompatibleError, SettingOutOfRangeError, UnknownSettingError
from teller_assist.settings.declaring import DeclaredSetting, SettingMeaning, Value
from teller_assist.wording import Sentences

MANIFEST_NAME = "manifest.json"
SCHEMA = "plugin/1"
API = 1
PLUGIN_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")

# What an operation may take where the manifest names no limit of its own.
TIME_LIMITS_S: Mapping[str, float] = {
    "open": 10.0,
    "status": 2.0,
    "selftest": 30.0,
    "find_card": 1.0,
    "read": 10.0,
    "scan": 20.0,
    "preview": 2.0,
    "start_frames": 2.0,
    "stop_frames": 2.0,
    "close": 2.0,
}
_LONGEST_LIMIT_S = 120.0
_DEFAULT_FRAME_PX = {"width": 1920, "height": 1080}
_LARGEST_SIDE_PX = 4096

_REQUIRED = {
    "schema", "id", "version", "name", "api", "product_version", "platforms", "kinds", "entry",
    "provided", "settings", "time_limits_s", "network", "licence",
}  # fmt: skip
_OPTIONAL = {"interpreter", "max_frame_px", "files"}
_PLATFORMS = {"linux", "windows"}
# What the set-up tries to build and may not get has a reason of its own; everything else is there wherever the product is.
_OPTIONAL_MODULES: Mapping[str, str] = {"smartcard": "pyscard_missing", "sane": "python_sane_missing"}
_SETTING_TYPES: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool}
_VERSION = re.compile(r"(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """What a plugin says about itself.

    Attributes
    ----------
    interpreter
        Path below the plugin's folder of the Python that runs it; None: the product's own.
    provided
        Top-level modules that the plugin takes from the product's environment.
    time_limits_s
        By operation; complete.
    network
        The plugin talks to something over the network.
    max_frame_px
        Largest frame of its camera or of its scanner's preview, (width, height).
    """

    plugin_id: str
    version: str
    name: Sentences
    kinds: tuple[DeviceKind, ...]
    entry: str
    interpreter: str | None
    provided: tuple[str, ...]
    settings: Mapping[str, DeclaredSetting]
    time_limits_s: Mapping[str, float]
    network: bool
    licence: str
    max_frame_px: tuple[int, int]

    def checked_settings(self, given: Mapping[str, Any]) -> dict[str, Value]:
        """Return every setting of the plugin: the given ones checked, the others at their defaults.

        Raises
        ------
        UnknownSettingError, SettingOutOfRangeError
            The facts' ``key`` reads "plugin.name".
        """
        for name in given:
            if name not in self.settings:
                raise UnknownSettingError(key=f"{self.plugin_id}.{name}", origin="site")
        return {name: one.checked(given.get(name, one.default), origin="site") for name, one in self.settings.items()}


def read_manifest(content: bytes, folder: Path, *, here: bool = True) -> Manifest:
    """Judge a manifest.

    Parameters
    ----------
    content
        The file's bytes.
    folder
        The plugin's folder: its name must be the plugin's id; entry and interpreter must lie in it.
    here
        The plugin is to run with this product on this machine; False: it is packed for others.

    Raises
    ------
    PluginIncompatibleError
        ``why`` is a code of the wording group ``plugin_why``, ``key`` names the place in the manifest.
    """
    judge = _Judge(folder.name, here=here)
    told = judge.document(content)
    judge.keys(told, "manifest", _REQUIRED, _OPTIONAL)
    judge.that(told["schema"] == SCHEMA, "schema", "schema")
    judge.that(told["id"] == folder.name and PLUGIN_ID.fullmatch(folder.name) is not None, "id_differs", "id")
    judge.here(type(told["api"]) is int and told["api"] == API, "api_mismatch", "api")
    _judge_product_version(judge, told["product_version"])
    platforms = judge.names(told["platforms"], "platforms", lambda name: name in _PLATFORMS)
    judge.here(_here() in platforms, "wrong_platform", "platforms")
    _judge_files(judge, told.get("files", {}))
    kinds = judge.names(told["kinds"], "kinds", lambda name: name in set(DeviceKind))
    judge.that(bool(kinds), "wrong_value", "kinds")
    return Manifest(
        plugin_id=folder.name,
        version=judge.match(_VERSION, told["version"], "version"),
        name=judge.sentences(told["name"], "name"),
        kinds=tuple(DeviceKind(kind) for kind in kinds),
        entry=_judged_entry(judge, told["entry"], folder),
        interpreter=_judged_interpreter(judge, told.get("interpreter"), folder),
        provided=_judged_provided(judge, told["provided"], own_interpreter="interpreter" in told),
        settings=_judged_settings(judge, told["settings"]),
        time_limits_s={**TIME_LIMITS_S, **_judged_limits(judge, told["time_limits_s"])},
        network=judge.of_type(bool, told["network"], "network"),
        licence=judge.text(told["licence"], "licence"),
        max_frame_px=_judged_frame_px(judge, told.get("max_frame_px", _DEFAULT_FRAME_PX)),
    )


class _Judge:
    """Refuses with the place and the reason."""

    def __init__(self, plugin_id: str, *, here: bool) -> None:
        self.plugin_id = plugin_id
        self._here = here

    def here(self, holds: bool, why: str, key: str) -> None:
        """Refuse what depends on this product and machine; nothing of it counts for a package that is made for others."""
        self.that(holds or not self._here, why, key)

    def that(self, holds: bool, why: str, key: str) -> None:
        if not holds:
            raise PluginIncompatibleError(plugin=self.plugin_id, why=why, key=key)

    def document(self, content: bytes) -> dict[str, Any]:
        try:
            told: dict[str, Any] = self.of_type(dict, json.loads(content.decode("utf-8")), "manifest")
        except (ValueError, RecursionError) as error:
            line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise PluginIncompatibleError(plugin=self.plugin_id, why="not_json", key=f"{MANIFEST_NAME}{line}") from error
        return told

    def of_type(self, wanted: type, value: Any, key: str) -> Any:
        self.that(type(value) is wanted, "wrong_type", key)
        return value

    def keys(self, table: Any, key: str, required: set[str], optional: set[str]) -> None:
        self.of_type(dict, table, key)
        for name in sorted(table.keys() - required - optional):
            self.that(False, "unknown_entry", f"{key}.{name[:40]}")
        for name in sorted(required - table.keys()):
            self.that(False, "missing_entry", f"{key}.{name}")

    def text(self, value: Any, key: str) -> str:
        self.of_type(str, value, key)
        self.that(bool(value.strip()) and value.isprintable() and len(value) <= 200, "wrong_value", key)
        return str(value)

    def match(self, pattern: re.Pattern[str], value: Any, key: str) -> str:
        self.of_type(str, value, key)
        self.that(pattern.fullmatch(value) is not None, "wrong_value", key)
        return str(value)

    def sentences(self, value: Any, key: str) -> Sentences:
        self.keys(value, key, {"zh", "en"}, set())
        return Sentences(zh=self.text(value["zh"], f"{key}.zh"), en=self.text(value["en"], f"{key}.en"))

    def names(self, value: Any, key: str, allowed: Callable[[str], bool]) -> tuple[str, ...]:
        self.of_type(list, value, key)
        for one in value:
            self.of_type(str, one, key)
            self.that(allowed(one) and value.count(one) == 1, "wrong_value", key)
        return tuple(value)

    def number(self, value: Any, key: str, *, minimum: float, maximum: float) -> float:
        self.that(type(value) in (int, float), "wrong_type", key)
        self.that(minimum <= value <= maximum, "wrong_value", key)
        return float(value)


def _here() -> str:
    return "windows" if sys.platform == "win32" else "linux"


def _judge_product_version(judge: _Judge, value: Any) -> None:
    judge.keys(value, "product_version", {"min", "max_exclusive"}, set())
    least, end = (_parts(judge.match(_VERSION, value[name], f"product_version.{name}")) for name in ("min", "max_exclusive"))
    judge.that(least < end, "wrong_value", "product_version")
    judge.here(least <= _parts(__version__), "product_too_old", "product_version.min")
    judge.here(_parts(__version__) < end, "product_too_new", "product_version.max_exclusive")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _judge_files(judge: _Judge, value: Any) -> None:
    """Judge the form of the table that a signed package's manifest has: sha256 by path."""
    judge.of_type(dict, value, "files")
    for sha256 in value.values():
        judge.match(_SHA256, sha256, "files")


def _judged_entry(judge: _Judge, value: Any, folder: Path) -> str:
    judge.of_type(str, value, "entry")
    judge.that(value.endswith(".py") and _MODULE.fullmatch(value[:-3]) is not None, "wrong_value", "entry")
    judge.that((folder / value).is_file(), "entry_missing", "entry")
    return str(value)


def _judged_interpreter(judge: _Judge, value: Any, folder: Path) -> str | None:
    """Return a path below the plugin's folder, where its hash is checked with everything else."""
    if value is None:
        return None
    judge.text(value, "interpreter")
    path = PurePosixPath(value)
    below = not path.is_absolute() and not {"..", ":", "\\"} & {*path.parts, *value}
    judge.that(below, "wrong_value", "interpreter")
    judge.that((folder / path).is_file(), "interpreter_missing", "interpreter")
    return str(value)


def _judged_provided(judge: _Judge, value: Any, *, own_interpreter: bool) -> tuple[str, ...]:
    provided = judge.names(value, "provided", lambda name: _MODULE.fullmatch(name) is not None)
    judge.that(not (provided and own_interpreter), "provided_elsewhere", "provided")
    for name in provided:
        why = _OPTIONAL_MODULES.get(name, "provided_missing")
        judge.here(PathFinder.find_spec(name) is not None, why, f"provided.{name}")
    return provided


def _judged_settings(judge: _Judge, value: Any) -> dict[str, DeclaredSetting]:
    judge.of_type(dict, value, "settings")
    return {name: _judged_setting(judge, name, told) for name, told in value.items()}


def _judged_setting(judge: _Judge, name: str, told: Any) -> DeclaredSetting:
    key = f"settings.{name[:40]}"
    judge.match(_NAME, name, key)
    judge.of_type(dict, told, key)
    judge.that(told.get("type") in tuple(_SETTING_TYPES), "wrong_type", f"{key}.type")
    value_type = _SETTING_TYPES[told["type"]]
    numeric = value_type in (int, float)
    ends = {"minimum", "maximum"} if numeric else set()
    judge.keys(told, key, {"type", "default", "zh", "en"} | ends, {"unit"} | ({"choices"} if value_type is str else set()))
    meaning = SettingMeaning(
        zh=judge.text(told["zh"], f"{key}.zh"),
        en=judge.text(told["en"], f"{key}.en"),
        minimum=judge.number(told["minimum"], f"{key}.minimum", minimum=-1e9, maximum=1e9) if numeric else None,
        maximum=judge.number(told["maximum"], f"{key}.maximum", minimum=-1e9, maximum=1e9) if numeric else None,
        unit=judge.of_type(str, told.get("unit", ""), f"{key}.unit"),
        choices=judge.names(told.get("choices", []), f"{key}.choices", str.isprintable),
    )
    one = DeclaredSetting(f"{judge.plugin_id}.{name}", value_type, told["default"], meaning)
    try:
        one.checked(told["default"], origin="defaults")
    except SettingOutOfRangeError as error:
        raise PluginIncompatibleError(plugin=judge.plugin_id, why="wrong_value", key=f"{key}.default") from error
    return one


def _judged_limits(judge: _Judge, value: Any) -> dict[str, float]:
    judge.keys(value, "time_limits_s", set(), set(TIME_LIMITS_S))
    return {
        name: judge.number(limit, f"time_limits_s.{name}", minimum=0.1, maximum=_LONGEST_LIMIT_S) for name, limit in value.items()
    }


def _judged_frame_px(judge: _Judge, value: Any) -> tuple[int, int]:
    judge.keys(value, "max_frame_px", {"width", "height"}, set())
    for name in ("width", "height"):
        judge.of_type(int, value[name], f"max_frame_px.{name}")
        judge.number(value[name], f"max_frame_px.{name}", minimum=1, maximum=_LARGEST_SIDE_PX)
    return value["width"], value["height"]
