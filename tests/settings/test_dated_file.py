from __future__ import annotations

import datetime

import pytest

from teller_assist.errors import SettingOutOfRangeError, SettingsFileError
from teller_assist.settings.dated_file import read_dated_file

HEAD = 'schema = "x/1"\ndate = 2026-11-22\nauthor = "bank"\n'


def test_the_head_is_taken_out_and_the_rest_is_handed_on() -> None:
    read = read_dated_file((HEAD + "[part]\nlimit = 1\n").encode(), file="x.toml", schema="x/1")
    assert (read.date, read.author, read.content) == (datetime.date(2026, 11, 22), "bank", {"part": {"limit": 1}})


@pytest.mark.parametrize("content", [b"\xff", b"= 1", HEAD.replace("x/1", "x/2").encode(), b""])
def test_what_is_no_file_of_this_schema_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsFileError) as refused:
        read_dated_file(content, file="x.toml", schema="x/1")
    assert refused.value.facts["file"] == "x.toml"


@pytest.mark.parametrize(("said", "instead"), [("2026-11-22", '"today"'), ('author = "bank"\n', ""), ('"bank"', "7")])
def test_nobody_or_no_day_is_refused(said: str, instead: str) -> None:
    with pytest.raises(SettingOutOfRangeError):
        read_dated_file(HEAD.replace(said, instead).encode(), file="x.toml", schema="x/1")
