import errno
import json
from pathlib import Path

import pytest

from teller_assist.errors import ResourceError, SetError
from teller_assist.evaluation.sets import SetRow, Split, read_set
from teller_assist.evaluation.simulation_folder import (
    MARKER_NAME,
    claim_folder,
    rendered_row,
    target_names,
    write_images_csv,
    write_whole,
)
from teller_assist.evidence.kinds import PhotoKind

PLAN = {"schema": "simulation/1", "seed": 0}


def why_taken(folder: Path) -> str:
    with pytest.raises(SetError) as caught:
        claim_folder(folder, PLAN)
    assert caught.value.reason == "output_folder_taken"
    return str(caught.value.facts["why"])


def row(path: str) -> SetRow:
    return SetRow(path, "样本甲", Split.DEV, PhotoKind.ARCHIVE, path, "rotated_90", "asian_f")


def test_a_new_folder_is_claimed_and_an_interrupted_one_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    claim_folder(folder, PLAN)
    assert json.loads((folder / MARKER_NAME).read_bytes()) == PLAN
    (folder / "chip").mkdir()
    claim_folder(folder, PLAN)


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep")
    assert why_taken(tmp_path) == "not_empty"
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_the_folder_of_another_simulation_is_refused(tmp_path: Path) -> None:
    claim_folder(tmp_path, PLAN | {"seed": 1})
    assert why_taken(tmp_path) == "other_simulation"


def test_a_claim_that_was_cut_off_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / (MARKER_NAME + ".part")).write_bytes(b'{"sch')
    claim_folder(tmp_path, PLAN)
    assert json.loads((tmp_path / MARKER_NAME).read_bytes()) == PLAN


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    assert why_taken(tmp_path / "out") == "not_a_folder"


def test_names_lose_their_suffix_only_where_they_stay_different() -> None:
    assert target_names([row("a/1.jpg"), row("a/2.jpg")]) == {"a/1.jpg": "a/1", "a/2.jpg": "a/2"}
    assert target_names([row("a/1.jpg"), row("a/1.png")]) == {"a/1.jpg": "a/1.jpg", "a/1.png": "a/1.png"}
    assert target_names([row("a/x.jpg"), row("a/X.png")])["a/x.jpg"] == "a/x.jpg"


def test_a_written_set_is_read_back_with_source_condition_and_group(tmp_path: Path) -> None:
    (tmp_path / "chip").mkdir()
    (tmp_path / "chip" / "1.png").touch()
    written = rendered_row(row("people/1.jpg"), PhotoKind.CHIP, "chip/1.png")
    write_images_csv(tmp_path, [written])
    assert read_set(tmp_path).rows == (written,)
    assert written.source == "people/1.jpg"
    assert (written.identity, written.condition, written.group) == ("样本甲", "rotated_90", "asian_f")


def test_nothing_half_written_bears_the_final_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(ResourceError) as caught:
        write_whole(tmp_path / "a.png", b"content")
    assert caught.value.reason == "disk_full"
    assert not (tmp_path / "a.png").exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "chip").touch()
    with pytest.raises(ResourceError) as caught:
        write_whole(tmp_path / "chip" / "1.png", b"content")
    assert caught.value.reason == "folder_not_writable"
