"""The design figures of ``config/pad.toml``. They are no error rates: none can be stated from the data at hand."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from teller_assist.errors import SettingOutOfRangeError, UnknownSettingError
from teller_assist.settings.dated_file import read_dated_file

FILE = "pad.toml"
SCHEMA = "pad/1"


@dataclass(frozen=True)
class PassiveLimits:
    """When the passive detector's frames make a reading.

    Attributes
    ----------
    frames_min
        Frames that a reading needs.
    bona_fide_from, attack_below
        0 to 1, of the detector's mean "real" probability of one frame.
    bona_fide_share, attack_share
        Share of the frames on that side of the limit that makes the reading; everything else is uncertain.
    """

    frames_min: int
    bona_fide_from: float
    bona_fide_share: float
    attack_below: float
    attack_share: float


@dataclass(frozen=True)
class FrameLimits:
    """When frames count as frozen or looped.

    Attributes
    ----------
    frozen_after_s
        Identical frames for so long.
    repeat_after_s
        A frame that comes again sooner may be an old buffer of the driver's.
    loop_frames
        Different frames that came again: so many are a loop.
    remembered_s, remembered_frames
        How far back a frame is known again.
    contrast_min
        Grey levels between the darkest and brightest sample below which a picture is too plain to be told apart.
    """

    frozen_after_s: float
    repeat_after_s: float
    loop_frames: int
    remembered_s: float
    remembered_frames: int
    contrast_min: int


@dataclass(frozen=True)
class TrackLimits:
    """When a face counts as the same one from look to look.

    Attributes
    ----------
    overlap_min
        Share of the union of both boxes, 0 to 1.
    """

    overlap_min: float


@dataclass(frozen=True)
class PadLimits:
    """The whole file."""

    date: datetime.date
    author: str
    passive: PassiveLimits
    frames: FrameLimits
    track: TrackLimits


def read_pad_limits(content: bytes) -> PadLimits:
    """Read ``config/pad.toml``.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    UnknownSettingError
        A key is unknown.
    SettingOutOfRangeError
        A value is absent, of the wrong type or outside its range.
    """
    dated = read_dated_file(content, file=FILE, schema=SCHEMA)
    document = dated.content
    tables = {name: _table(document, name) for name in ("passive", "frames", "track")}
    for key in document:
        raise UnknownSettingError(key=key, file=FILE)
    limits = PadLimits(dated.date, dated.author, _passive(tables["passive"]), _frames(tables["frames"]), _track(tables["track"]))
    for name, table in tables.items():
        for key in table:
            raise UnknownSettingError(key=f"{name}.{key}", file=FILE)
    return limits


def _table(document: dict[str, object], name: str) -> dict[str, object]:
    table = document.pop(name, None)
    if not isinstance(table, dict):
        raise SettingOutOfRangeError(key=name, file=FILE)
    return dict(table)


def _passive(table: dict[str, object]) -> PassiveLimits:
    limits = PassiveLimits(
        frames_min=_count(table, "frames_min", 2, 100),
        bona_fide_from=_number(table, "bona_fide_from", 0.0, 1.0),
        # A share of one half or less would let both readings hold at once.
        bona_fide_share=_number(table, "bona_fide_share", 0.51, 1.0),
        attack_below=_number(table, "attack_below", 0.0, 1.0),
        attack_share=_number(table, "attack_share", 0.51, 1.0),
    )
    if limits.attack_below > limits.bona_fide_from:
        raise SettingOutOfRangeError(key="passive.attack_below", file=FILE, minimum=0, maximum=limits.bona_fide_from)
    return limits


def _frames(table: dict[str, object]) -> FrameLimits:
    return FrameLimits(
        frozen_after_s=_number(table, "frozen_after_s", 0.2, 30.0),
        repeat_after_s=_number(table, "repeat_after_s", 0.2, 30.0),
        loop_frames=_count(table, "loop_frames", 2, 1000),
        remembered_s=_number(table, "remembered_s", 1.0, 600.0),
        remembered_frames=_count(table, "remembered_frames", 10, 20_000),
        contrast_min=_count(table, "contrast_min", 1, 255),
    )


def _track(table: dict[str, object]) -> TrackLimits:
    return TrackLimits(overlap_min=_number(table, "overlap_min", 0.01, 0.9))


def _number(table: dict[str, object], name: str, minimum: float, maximum: float) -> float:
    value = table.pop(name, None)
    if not isinstance(value, float) or not minimum <= value <= maximum:
        raise SettingOutOfRangeError(key=name, file=FILE, minimum=minimum, maximum=maximum)
    return value


def _count(table: dict[str, object], name: str, minimum: int, maximum: int) -> int:
    value = table.pop(name, None)
    if type(value) is not int or not minimum <= value <= maximum:
        raise SettingOutOfRangeError(key=name, file=FILE, minimum=minimum, maximum=maximum)
    return value
