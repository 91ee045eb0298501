"""The bank's folder of training pairs: what is taken, and what is refused with a line and a rule."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from teller_assist.errors import TrainingError
from teller_assist.wording import error_sentences
from teller_assist.workflow.training_pairs import PAIRS_MOST, read_training_pairs
from tests.stand_ins.training import training_folder


def write(folder: Path, text: str | bytes) -> None:
    (folder / "pairs.csv").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside.png").write_bytes(b"x")
    return training_folder(tmp_path / "pairs", "yes", "no")


def test_a_folder_is_read_with_what_each_pair_is(folder: Path) -> None:
    pairs = read_training_pairs(folder)
    assert [(pair.first.name, pair.second.name, pair.one_person, pair.line) for pair in pairs] == [
        ("0a.png", "0b.png", True, 2),
        ("1a.png", "1b.png", False, 3),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffirst,second,same\r\n0a.png,0b.png,yes\r\n",
        "note,same,second,first\nx,YES,0b.png, 0a.png\n",
        "First,Second,Same\n\n0a.png,0b.png,yes\n",
    ],
)
def test_what_spreadsheets_write_is_read(folder: Path, text: str) -> None:
    write(folder, text)
    (pair,) = read_training_pairs(folder)
    assert (pair.first.name, pair.second.name, pair.one_person) == ("0a.png", "0b.png", True)


HEAD = "first,second,same\n"
REFUSED: dict[str, str | bytes] = {
    "no_pairs": HEAD,
    "columns": "first,second\n0a.png,0b.png\n",
    "same_not_yes_or_no": HEAD + "0a.png,0b.png,perhaps\n",
    "field_count": HEAD + "0a.png,0b.png\n",
    "picture_missing": HEAD + "0a.png,9.png,yes\n",
    "path_unsafe": HEAD + "0a.png,../outside.png,yes\n",
    "list_not_utf8": b"first,second,same\n\xff\xfe,0b.png,yes\n",
    "list_malformed": HEAD + '0a.png,"0b.png,yes\n',
    "list_too_large": HEAD + "x" * 1_000_001,
    "too_many_pairs": HEAD + "0a.png,0b.png,yes\n" * (PAIRS_MOST + 1),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_list_that_is_not_in_the_form_is_refused_with_a_reason(folder: Path, why: str) -> None:
    write(folder, REFUSED[why])
    with pytest.raises(TrainingError) as refused:
        read_training_pairs(folder)
    assert refused.value.facts["why"] == why
    assert str(folder) not in str(refused.value), "a path may carry a name"
    assert why in error_sentences(refused.value).zh


@pytest.mark.parametrize("path", ["/etc/hostname", "C:\\a.png", "a\\b.png", "..", ".", "x\x01.png"])
def test_no_path_leads_out_of_the_folder(folder: Path, path: str) -> None:
    write(folder, HEAD + f"{path},0b.png,yes\n")
    with pytest.raises(TrainingError) as refused:
        read_training_pairs(folder)
    assert refused.value.facts["line"] == 2


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    write(folder, HEAD + "link.png,0b.png,yes\n")
    with pytest.raises(TrainingError) as refused:
        read_training_pairs(folder)
    assert refused.value.facts["why"] == "path_unsafe"


@pytest.mark.parametrize("name", ["pairs.csv", "0a.png"])
def test_a_pipe_in_a_files_place_holds_nobody_up(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(TrainingError) as refused:
        read_training_pairs(folder)
    assert refused.value.facts["why"] == ("list_missing" if name == "pairs.csv" else "picture_missing")


@pytest.mark.parametrize("missing", ["nothing_here", "pairs.csv/x", "a\x00b"])
def test_a_folder_that_is_not_there_is_told(folder: Path, missing: str) -> None:
    with pytest.raises(TrainingError) as refused:
        read_training_pairs(folder / missing)
    assert refused.value.facts["why"] == "list_missing"
