from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from teller_assist.errors import SettingOutOfRangeError, SettingsFileError, UnknownSettingError
from teller_assist.pad.limits import PadLimits, read_pad_limits

SHIPPED = (Path(__file__).resolve().parents[2] / "config" / "pad.toml").read_text(encoding="utf-8")


def test_the_shipped_limits_are_dated_authored_and_say_that_they_are_no_error_rate(limits: PadLimits) -> None:
    assert isinstance(limits.date, datetime.date)
    assert limits.author
    assert "no error rate can be stated" in SHIPPED
    assert limits.passive.attack_below < limits.passive.bona_fide_from


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"schema = ", SHIPPED.replace("pad/1", "pad/2").encode()])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsFileError):
        read_pad_limits(content)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[passive]", "[passive]\napcer = 0.1", "passive.apcer"),
        ("[frames]", "[frames]\nframes_min = 3", "frames.frames_min"),
        ("[track]", "[other]\na = 1\n[track]", "other"),
    ],
)
def test_an_unknown_key_is_named(old: str, new: str, key: str) -> None:
    with pytest.raises(UnknownSettingError) as caught:
        read_pad_limits(SHIPPED.replace(old, new).encode())
    assert caught.value.facts["key"] == key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("frames_min = 3", "frames_min = 1"),
        ("frames_min = 3", "frames_min = 3.0"),
        ("frames_min = 3", "frames_min = true"),
        ("frames_min = 3", ""),
        ("bona_fide_from = 0.5", "bona_fide_from = 1.5"),
        ("bona_fide_from = 0.5", "bona_fide_from = nan"),
        ("bona_fide_from = 0.5", "bona_fide_from = 0.1"),
        ("bona_fide_share = 0.6", "bona_fide_share = 0.5"),
        ("attack_share = 0.8", "attack_share = 0.4"),
        ("attack_below = 0.2", 'attack_below = "0.2"'),
        ("loop_frames = 5", "loop_frames = 1"),
        ("overlap_min = 0.15", "overlap_min = 0"),
        ("[track]", "[[track]]"),
        ("date = 2026-11-22", 'date = "today"'),
        ('author = "柜面核身助手 developers"', ""),
    ],
)
def test_a_value_that_is_absent_wrong_or_out_of_range_stops_the_start(old: str, new: str) -> None:
    assert old in SHIPPED
    with pytest.raises(SettingOutOfRangeError):
        read_pad_limits(SHIPPED.replace(old, new).encode())
