import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from teller_assist.cli.output import CommandGuard
from teller_assist.documents.engine import EngineIdentity
from teller_assist.evaluation.documents import set_rendering
from teller_assist.evaluation.documents.picture_making import MadeUpPicture
from teller_assist.evaluation.documents.truth import read_document_set
from teller_assist.evaluation.photo_kinds.encoding import camera_jpeg
from tests.cli.test_evaluate import parsed
from tests.evaluation.documents.readings import FRONT, QUAD, QUAD_PICTURE, FakeReader, document, make_set, reading, truth_row


def exit_code(*options: str) -> int:
    arguments = parsed(*options)
    guard = CommandGuard(as_json=arguments.json)
    with guard:
        guard.exit_code = arguments.run(arguments)
    return guard.exit_code


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"kind": "front", "severity": "mild", "mode": "a4", "background": "mat", "quad": QUAD, "fields": {"name": "林晓样"}}
    picture = MadeUpPicture(camera_jpeg(QUAD_PICTURE, 90), row)
    monkeypatch.setattr(set_rendering, "make_picture", lambda *_: picture)


@pytest.mark.parametrize(
    "option", [["--kinds", "front,unknown"], ["--kinds", "bank"], ["--seed", "-1"], ["--pictures", "0"], ["--pictures", "many"]]
)
def test_an_option_that_does_not_exist_is_a_usage_error(option: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("render-documents", "--out", "a", "--pictures", "1", *option)
    assert caught.value.code == 2


@pytest.mark.full
@pytest.mark.usefixtures("quick_pictures")
def test_a_set_is_rendered_and_one_document_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    assert exit_code("render-documents", "--out", str(out), "--pictures", "2", "--kinds", "front", "--seed", "4", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["pictures"], document["seed"]) == ("evaluate-render-documents/1", 2, 4)
    assert len(read_document_set(out).rows) == 2


@pytest.mark.usefixtures("quick_pictures")
def test_lines_for_people_say_that_all_is_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("render-documents", "--out", str(tmp_path / "set"), "--pictures", "1", "--kinds", "front") == 0
    shown = capsys.readouterr().out
    assert "front 1" in shown
    assert "人造样本" in shown


@pytest.mark.usefixtures("quick_pictures")
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kept").write_text("x")
    assert exit_code("render-documents", "--out", str(tmp_path), "--pictures", "1", "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "output_folder_taken"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_help_names_what_makes_a_report_personal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("documents", "--help")
    assert "--real-documents" in capsys.readouterr().out


@pytest.fixture
def reader_of_one(monkeypatch: pytest.MonkeyPatch) -> list[datetime.date]:
    """A reader that reads every scan as the same card; returns the days it was opened for."""
    days: list[datetime.date] = []

    @contextmanager
    def opened(*parts: Any, **_more: Any) -> Iterator[tuple[FakeReader, EngineIdentity]]:
        days.append(parts[-1]())
        yield FakeReader(reading(document(FRONT))), EngineIdentity("fake 1.0", ())

    monkeypatch.setattr("teller_assist.app.open_reader", opened)
    return days


def test_a_set_is_read_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reader_of_one: list[datetime.date]
) -> None:
    make_set(tmp_path / "set", [truth_row("a.png")])
    options = ("documents", "--set", str(tmp_path / "set"), "--out", str(tmp_path / "out"), "--day", "2026-11-01")
    assert exit_code(*options, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert (told["schema"], told["engine"], told["set"]["made_up"]) == ("evaluate-documents/1", "fake 1.0", True)
    assert told["kinds"]["front"]["all_fields"]["exact"] == 1
    assert reader_of_one == [datetime.date(2026, 11, 1)]
    assert exit_code(*options) == 0
    shown = capsys.readouterr().out
    assert "人造样本" in shown
    assert "front id_number：1/1正确" in shown
    assert exit_code(*options, "--real-documents") == 0
    assert "人造样本" not in capsys.readouterr().out


def test_a_folder_that_is_no_set_is_a_known_error_before_anything_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reader_of_one: list[datetime.date]
) -> None:
    assert exit_code("documents", "--set", str(tmp_path), "--out", str(tmp_path / "out"), "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"]["facts"]["why"] == "truth_missing"
    assert not reader_of_one
    assert not (tmp_path / "out").exists()


def test_a_day_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("documents", "--set", "a", "--out", "b", "--day", "yesterday")
    assert caught.value.code == 2
