"""What the report says of the bank's training pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.diagnosis.report import PartState, make_report
from teller_assist.diagnosis.training import look_at_training
from tests.stand_ins.training import training_folder


def test_no_training_is_as_it_ships() -> None:
    found = look_at_training()
    assert (found.state, found.facts) == (PartState.READY, {"set_up": False})


def test_pairs_are_counted_by_what_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELLER_ASSIST__TRAINING__FOLDER", str(training_folder(tmp_path / "p", *["yes"] * 10, *["no"] * 11)))
    found = look_at_training()
    assert (found.state, found.facts["of_one_person"], found.facts["of_two_persons"]) == (PartState.READY, 10, 11)


def test_few_pairs_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELLER_ASSIST__TRAINING__FOLDER", str(training_folder(tmp_path / "p", "yes", "no")))
    found = look_at_training()
    assert (found.state, found.notes) == (PartState.ATTENTION, (("doctor", "training_pairs_few"),))


def test_a_picture_that_cannot_be_decoded_fails_the_part_and_names_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = training_folder(tmp_path / "p", "yes", "no")
    (folder / "1b.png").write_bytes(b"no picture")
    monkeypatch.setenv("TELLER_ASSIST__TRAINING__FOLDER", str(folder))
    (report,) = make_report({"training": look_at_training})
    assert (report.state, report.facts["why"], report.facts["line"]) == (PartState.FAILED, "format_unsupported", 3)
    assert str(tmp_path) not in str(report)
