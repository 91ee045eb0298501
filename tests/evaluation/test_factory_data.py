from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from teller_assist.errors import SetError
from teller_assist.evaluation.factory_data import PHOTOGRAPHS_PER_PERSON, photographs
from teller_assist.evaluation.sets import Split
from teller_assist.evidence.kinds import PhotoKind


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six photographs of one development person, one of another, one of a test person; two women and a man."""
    lfw = [(f"a/{n}.jpg", "a", "dev", "archive", f"a{n}") for n in range(6)]
    lfw += [("b/0.jpg", "b", "dev", "archive", "b0"), ("t/0.jpg", "t", "test", "archive", "t0")]
    write(tmp_path / "lfw" / "images.csv", [("path", "identity", "split", "kind", "source"), *lfw])
    for path, *_ in lfw:
        (tmp_path / "lfw" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "lfw" / path).touch()
    adults = [("f1.jpg", "30", "F"), ("m1.jpg", "40", "M"), ("f2.jpg", "50", "F")]
    write(tmp_path / "asian_adults" / "images.csv", [("path", "age", "gender"), *adults])
    return tmp_path


def test_three_groups_the_one_with_identities_first(data: Path) -> None:
    groups = photographs(data)
    assert list(groups) == ["lfw_dev", "asian_f", "asian_m"]
    assert {row.path for row in groups["asian_f"].rows} == {"f1.jpg", "f2.jpg"}
    assert {row.path for row in groups["asian_m"].rows} == {"m1.jpg"}


def test_people_kept_for_testing_are_never_touched(data: Path) -> None:
    rows = photographs(data)["lfw_dev"].rows
    assert {row.split for row in rows} == {Split.DEV}
    assert {row.identity for row in rows} == {"a", "b"}


def test_nobody_gives_more_photographs_than_the_limit_and_the_choice_is_the_same_every_time(data: Path) -> None:
    rows = photographs(data)["lfw_dev"].rows
    assert Counter(row.identity for row in rows) == {"a": PHOTOGRAPHS_PER_PERSON, "b": 1}
    assert rows == photographs(data)["lfw_dev"].rows


def test_without_identities_every_photograph_is_a_person_of_its_own(data: Path) -> None:
    for group in ("asian_f", "asian_m"):
        rows = photographs(data)[group].rows
        assert len({row.identity for row in rows}) == len({row.source for row in rows}) == len(rows)
        assert {row.kind for row in rows} == {PhotoKind.ARCHIVE}


def test_data_that_is_not_there_is_said(data: Path, tmp_path: Path) -> None:
    (data / "asian_adults" / "images.csv").unlink()
    with pytest.raises(SetError) as caught:
        photographs(data)
    assert caught.value.reason == "set_invalid"
    with pytest.raises(SetError):
        photographs(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [[("path", "age"), ("f1.jpg", "30")], [("path", "age", "gender"), ("m1.jpg", "30", "M")]])
def test_a_group_without_photographs_is_said(data: Path, content: list[tuple[str, ...]]) -> None:
    write(data / "asian_adults" / "images.csv", content)
    with pytest.raises(SetError):
        photographs(data)


def test_the_evaluation_data_at_hand_is_what_the_calibration_expects(evaluation_data: Path) -> None:
    groups = photographs(evaluation_data)
    assert groups["lfw_dev"].identities > 1_000
    assert len(groups["asian_f"].rows) > 500
    assert len(groups["asian_m"].rows) > 400
