"""What ``models/manifest.toml`` says, read strictly: an unknown key or a value of the wrong form stops the start."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

from teller_assist.errors import SettingsFileError, UsageError

Preparation = Literal["none", "fold", "convert", "shipped"]
Engine = Literal["opencv", "onnxruntime"]

MANIFEST_SCHEMA = "model-manifest/1"
_LARGEST_FILE_BYTES = 2_000_000_000
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FolderSource:
    """The folder or USB stick that the environment variable TELLER_ASSIST_MODEL_DIR names."""


@dataclass(frozen=True)
class WheelSource:
    """A file inside one wheel of the Python index."""

    package: str
    version: str
    member: str


@dataclass(frozen=True)
class HttpsSource:
    """A file at an https address of its authors."""

    address: str


Source = FolderSource | WheelSource | HttpsSource


@dataclass(frozen=True)
class ModelInput:
    """What the model is given: one float32 tensor.

    Attributes
    ----------
    name
        Name in the graph.
    shape
        (samples, channels, height, width) in pixels.
    minimum, maximum
        Range of a pixel value.
    """

    name: str
    shape: tuple[int, ...]
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Companion:
    """A file that a model cannot be used without, of the same release; it runs as it is published.

    Attributes
    ----------
    file, sha256, size_bytes
        Its name beside the model's file, hash and size.
    member
        Its path in the wheel that the model itself comes from.
    """

    file: str
    sha256: str
    size_bytes: int
    member: str


@dataclass(frozen=True)
class ModelEntry:
    """One model of the manifest.

    Attributes
    ----------
    model_id
        The word other parts and documents use ("sface-2021dec").
    task
        What it is for ("face_detection", "face_features", "passive_pad").
    required
        Whether the product is of little use without it.
    engine
        What opens it.
    preparation
        How the published file becomes the file that runs.
    source_file, source_sha256, source_bytes
        Name, hash and size of the published file.
    file, sha256, size_bytes
        Name, hash and size of the file that runs; the hash is the model's version in every record.
    model_input, outputs
        What goes in, and the shape of each output by its name in the graph.
    switches_off
        Functions that are not available without it.
    companions
        Files that it cannot be used without.
    """

    model_id: str
    task: str
    version: str
    required: bool
    licence: str
    card: str
    engine: Engine
    preparation: Preparation
    source_file: str
    source_sha256: str
    source_bytes: int
    file: str
    sha256: str
    size_bytes: int
    switches_off: tuple[str, ...]
    model_input: ModelInput
    outputs: Mapping[str, tuple[int, ...]]
    sources: tuple[Source, ...]
    companions: tuple[Companion, ...] = ()

    def companion(self, companion: Companion) -> ModelEntry:
        """Return what the store and the sources need to know to handle a companion as they handle the model's own file."""
        sources = tuple(
            replace(source, member=companion.member) if isinstance(source, WheelSource) else source
            for source in self.sources
            if not isinstance(source, HttpsSource)
        )
        return replace(
            self,
            preparation="none",
            source_file=companion.file,
            source_sha256=companion.sha256,
            source_bytes=companion.size_bytes,
            file=companion.file,
            sha256=companion.sha256,
            size_bytes=companion.size_bytes,
            sources=sources,
            companions=(),
        )

    @property
    def files(self) -> tuple[ModelEntry, ...]:
        """The model's own file, then its companions, each by itself."""
        return replace(self, companions=()), *(self.companion(one) for one in self.companions)


@dataclass(frozen=True)
class ModelManifest:
    """Every model of the manifest, in its order."""

    entries: tuple[ModelEntry, ...]

    def entry(self, model_id: str) -> ModelEntry:
        """Return the model of that id, or raise UsageError."""
        for entry in self.entries:
            if entry.model_id == model_id:
                return entry
        raise UsageError("usage", what="model_id", value=model_id)


def read_manifest(path: Path) -> ModelManifest:
    """Read a manifest file.

    Parameters
    ----------
    path
        The manifest; part of the installation, not of a customer.

    Raises
    ------
    SettingsFileError
        It is not there, is no TOML, or says something that this version does not understand.
        The facts name the model and the key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable("not_toml" if not isinstance(error, OSError) else "not_readable") from error
    table = _Table(document, "manifest")
    if table.text("schema") != MANIFEST_SCHEMA:
        raise _unreadable("schema_unknown")
    entries = tuple(_read_entry(item) for item in table.tables("model"))
    table.nothing_else()
    for names in ([entry.model_id for entry in entries], [one.file for entry in entries for one in entry.files]):
        if len(set(names)) != len(names):
            raise _unreadable("duplicate_name")
    return ModelManifest(entries)


def _read_entry(table: _Table) -> ModelEntry:
    model_id = table.name("id")
    table.place = model_id
    entry = ModelEntry(
        model_id=model_id,
        task=table.name("task"),
        version=table.name("version"),
        required=table.flag("required"),
        licence=table.text("licence"),
        card=table.name("card"),
        engine=cast(Engine, table.one_of("engine", get_args(Engine))),
        preparation=cast(Preparation, table.one_of("preparation", get_args(Preparation))),
        source_file=table.name("source_file"),
        source_sha256=table.sha256("source_sha256"),
        source_bytes=table.whole("source_bytes"),
        file=table.name("file"),
        sha256=table.sha256("sha256"),
        size_bytes=table.whole("bytes"),
        switches_off=table.names("switches_off"),
        model_input=_read_input(table.table("input")),
        outputs=_read_outputs(table.table("outputs")),
        sources=tuple(_read_source(item) for item in table.tables("sources")),
        companions=tuple(_read_companion(item) for item in (table.tables("companions") if table.has("companions") else ())),
    )
    table.nothing_else()
    if entry.preparation in ("none", "shipped") and entry.sha256 != entry.source_sha256:
        raise _unreadable("unprepared_file_differs", model=model_id, key="sha256")
    return entry


def _read_input(table: _Table) -> ModelInput:
    model_input = ModelInput(table.text("name"), table.shape("shape"), table.number("minimum"), table.number("maximum"))
    table.nothing_else()
    return model_input


def _read_companion(table: _Table) -> Companion:
    companion = Companion(table.name("file"), table.sha256("sha256"), table.whole("bytes"), table.member("member"))
    table.nothing_else()
    return companion


def _read_outputs(table: _Table) -> dict[str, tuple[int, ...]]:
    return {name: table.shape(name) for name in table.names_left()}


def _read_source(table: _Table) -> Source:
    kind = table.one_of("kind", ("folder", "wheel", "https"))
    source: Source = FolderSource()
    if kind == "wheel":
        source = WheelSource(table.name("package"), table.name("version"), table.member("member"))
    elif kind == "https":
        source = HttpsSource(table.https("address"))
    table.nothing_else()
    return source


def _unreadable(why: str, **facts: str) -> SettingsFileError:
    return SettingsFileError("settings_unreadable", file="models/manifest.toml", why=why, **facts)


class _Table:
    """One TOML table whose keys are taken one by one; what is left over at the end is unknown."""

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        self._left = dict(values)
        self.place = place

    def has(self, key: str) -> bool:
        return key in self._left

    def names_left(self) -> tuple[str, ...]:
        return tuple(self._left)

    def nothing_else(self) -> None:
        if self._left:
            raise self._wrong("unknown_key", min(self._left))

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value:
            raise self._wrong("not_a_text", key)
        return value

    def name(self, key: str) -> str:
        """Take a plain word that can be a file's name: no folder, no blank, no leading dot or dash."""
        return self._plain_name(self.text(key), key)

    def names(self, key: str) -> tuple[str, ...]:
        values = self._take(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self._wrong("not_a_list_of_names", key)
        return tuple(self._plain_name(value, key) for value in values)

    def member(self, key: str) -> str:
        """Take the path of a file inside an archive: relative, forward slashes, no way out."""
        path = self.text(key)
        for part in path.split("/"):
            self._plain_name(part, key)
        return path

    def sha256(self, key: str) -> str:
        value = self.text(key)
        if not _SHA256.fullmatch(value):
            raise self._wrong("not_a_sha256", key)
        return value

    def https(self, key: str) -> str:
        value = self.text(key)
        if not value.startswith("https://"):
            raise self._wrong("not_https", key)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self._wrong("not_one_of_the_list", key)
        return value

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong("not_a_flag", key)
        return value

    def whole(self, key: str) -> int:
        return self._positive(self._take(key), key)

    def number(self, key: str) -> float:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong("not_a_number", key)
        return float(value)

    def shape(self, key: str) -> tuple[int, ...]:
        values = self._take(key)
        if not isinstance(values, list) or not values:
            raise self._wrong("not_a_shape", key)
        return tuple(self._positive(value, key) for value in values)

    def table(self, key: str) -> _Table:
        value = self._take(key)
        if not isinstance(value, dict):
            raise self._wrong("not_a_table", key)
        return _Table(value, self.place)

    def tables(self, key: str) -> tuple[_Table, ...]:
        values = self._take(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, dict) for value in values):
            raise self._wrong("not_a_list_of_tables", key)
        return tuple(_Table(value, self.place) for value in values)

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise self._wrong("key_missing", key)
        return self._left.pop(key)

    def _plain_name(self, value: str, key: str) -> str:
        if not _PLAIN_NAME.fullmatch(value):
            raise self._wrong("not_a_plain_name", key)
        return value

    def _positive(self, value: Any, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_FILE_BYTES:
            raise self._wrong("not_a_positive_whole_number", key)
        return value

    def _wrong(self, why: str, key: str) -> SettingsFileError:
        return _unreadable(why, model=self.place, key=key)
