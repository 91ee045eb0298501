"""A bank's own calibrations, proposed from made-up features and accepted."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import read_calibration
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError, SetError
from teller_assist.evaluation import bank_calibration
from teller_assist.evaluation.bank_calibration import (
    PROPOSAL_NAME,
    Proposal,
    accept_proposal,
    propose,
    write_proposal,
)
from teller_assist.evaluation.calibration_making import RunningPipeline
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.bank_files import BankFiles
from teller_assist.settings.schema import FaceSettings
from tests.evaluation.made_up_sets import TEST_PEOPLE, measured_of, rows_of, set_of

LIVE, CHIP, CLEAN = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.CLEAN
PIPELINE = RunningPipeline("made-up", "11" * 32, "22" * 32)
TODAY = datetime.date(2026, 2, 2)
DEV_PEOPLE = [f"d{number:03d}" for number in range(120)]
ROWS = [*rows_of(TEST_PEOPLE, (LIVE, CHIP)), *rows_of(DEV_PEOPLE, (LIVE, CHIP), Split.DEV)]


class Shelf:
    """What is in force: a calibration for chip portraits, or nothing that fits."""

    def __init__(self, calibration: Calibration | None, fits: bool = True) -> None:
        self._calibration, self._fits = calibration, fits

    def back_end(self) -> None:
        return None

    def find(self, _: PhotoKind, reference_kind: PhotoKind) -> Calibration:
        if not self._fits:
            raise CalibrationMismatchError(why="pipeline")
        if self._calibration is None or reference_kind is not CHIP:
            raise CalibrationMissingError(reference_kind=reference_kind.value)
        return self._calibration


Proposer = Callable[..., Proposal]


@pytest.fixture
def proposed(monkeypatch: pytest.MonkeyPatch, make_calibration: Callable[..., Calibration]) -> Proposer:
    def run(rows: Iterable[SetRow], shelf: Shelf | None = None, target: str = "1e-3") -> Proposal:
        def measure(the_set: EvaluationSet, *_: object) -> MeasuredSet:
            return measured_of(the_set.rows)

        monkeypatch.setattr(bank_calibration, "measure_set", measure)
        setup = MeasuringSetup(Path("nowhere"), FaceSettings(), PictureLimits(1, 1), "33" * 32)
        in_force: Any = shelf or Shelf(make_calibration())
        return propose(
            set_of(rows), None, setup, in_force, PIPELINE, target_fmr=target, today=TODAY, cache=Path("nowhere"),
            progress=lambda _: None, camera="uvc",
        )  # fmt: skip

    return run


@pytest.mark.full
def test_a_candidate_is_fitted_on_development_people_and_checked_on_the_others(proposed: Proposer) -> None:
    one = proposed(ROWS).kinds[CHIP]
    assert one.calibration is not None
    assert (one.calibration.scope, one.calibration.calibration_id) == ("bank", "made-up/live-chip/2026-02-02")
    assert one.calibration.pipeline_sha256 == PIPELINE.pipeline_sha256
    assert one.calibration.camera == "uvc"
    assert (one.mated, one.mated_identities, one.non_mated) == (240, 120, 2 * 2 * 120 * 119)
    assert one.checked_on is Split.TEST
    assert one.after["1e-3"]["fmr_comparisons"] == 2 * 2 * 40 * 39
    threshold = one.calibration.thresholds["1e-3"]
    assert isinstance(threshold, Threshold)
    assert one.after["1e-3"]["threshold"] == threshold.score
    assert one.before["1e-3"]["threshold"] != threshold.score, "what is in force was made up"


@pytest.mark.full
def test_without_others_the_candidate_is_checked_on_the_same_people_and_says_so(proposed: Proposer) -> None:
    one = proposed(rows_of(DEV_PEOPLE, (LIVE, CHIP), Split.DEV)).kinds[CHIP]
    assert one.checked_on is Split.DEV
    assert one.after["1e-3"]["fmr_comparisons"] == one.non_mated


@pytest.mark.full
def test_the_worst_of_the_banks_own_groups_asks_for_the_threshold(proposed: Proposer) -> None:
    half = [
        *rows_of(DEV_PEOPLE[:60], (LIVE, CHIP), Split.DEV, group="north"),
        *rows_of(DEV_PEOPLE[60:], (LIVE, CHIP), Split.DEV, group="south"),
    ]
    one = proposed(half).kinds[CHIP]
    assert one.calibration is not None
    assert [group.name for group in one.calibration.groups] == ["bank", "north", "south"]
    threshold = one.calibration.thresholds["1e-3"]
    assert isinstance(threshold, Threshold)
    assert threshold.score >= threshold.first_group_score


def test_a_target_that_the_counts_do_not_carry_is_not_proposed(proposed: Proposer) -> None:
    one = proposed(ROWS, target="1e-5").kinds[CHIP]
    assert (one.calibration, one.why_not, one.after) == (None, "target_not_carried", {})
    assert one.before["1e-3"]["stated"] is True


def test_too_few_people_are_not_proposed(proposed: Proposer) -> None:
    assert proposed(rows_of(DEV_PEOPLE[:19], (LIVE, CHIP), Split.DEV)).kinds[CHIP].why_not == "too_few_people"
    assert proposed(rows_of(DEV_PEOPLE, (LIVE, CHIP), Split.DEV, photographs=1)).kinds[CHIP].why_not == "too_few_people"


@pytest.mark.full
def test_where_nothing_is_in_force_or_it_does_not_fit_before_is_not_stated(proposed: Proposer) -> None:
    for shelf, why in ((Shelf(None), "no_calibration"), (Shelf(None, fits=False), "calibration_mismatch")):
        one = proposed(ROWS, shelf).kinds[CHIP]
        assert one.before["1e-3"]["why"] == why
        assert one.calibration is not None


def test_a_set_without_development_people_or_live_photographs_is_refused(proposed: Proposer) -> None:
    for rows in (rows_of(TEST_PEOPLE, (LIVE, CHIP)), rows_of(DEV_PEOPLE, (PhotoKind.ARCHIVE,), Split.DEV)):
        with pytest.raises(SetError) as caught:
            proposed(rows)
        assert caught.value.reason == "set_too_small"


# ---------------------------------------------------------------- accepting


@pytest.fixture
def shown(proposed: Proposer, tmp_path: Path) -> dict[str, Any]:
    return write_proposal(tmp_path / "proposal", proposed([*ROWS, *rows_of(DEV_PEOPLE[:5], (CLEAN,), Split.DEV)]))


@pytest.fixture
def bank(tmp_path: Path) -> BankFiles:
    return BankFiles(tmp_path / "bank")


def test_nothing_is_in_force_before_it_is_accepted_and_then_what_was_shown_is(
    shown: dict[str, Any], bank: BankFiles, tmp_path: Path
) -> None:
    assert shown["kinds"]["clean"]["proposed"] is False
    assert list(shown["files"]) == ["made-up/live-chip.json"]
    assert bank.accepted() == ()
    assert accept_proposal(tmp_path / "proposal", shown["proposal_id"], bank, PIPELINE) == ("made-up/live-chip/2026-02-02",)
    content = bank.read("made-up/live-chip.json")
    assert content is not None
    assert read_calibration(content).scope == "bank"


@pytest.mark.full
def test_the_same_set_gives_the_same_proposal(proposed: Proposer, tmp_path: Path) -> None:
    ids = [write_proposal(tmp_path / name, proposed(ROWS))["proposal_id"] for name in ("one", "other")]
    assert ids[0] == ids[1]
    assert write_proposal(tmp_path / "more", proposed(ROWS[:-4]))["proposal_id"] != ids[0]


def test_an_id_that_was_not_shown_is_refused(shown: dict[str, Any], bank: BankFiles, tmp_path: Path) -> None:
    with pytest.raises(SetError) as caught:
        accept_proposal(tmp_path / "proposal", "0" * 12, bank, PIPELINE)
    assert (caught.value.reason, caught.value.facts["why"]) == ("proposal_unknown", "another_id")
    assert bank.accepted() == ()


def test_a_proposal_or_candidate_that_was_altered_is_refused(shown: dict[str, Any], bank: BankFiles, tmp_path: Path) -> None:
    candidate = tmp_path / "proposal" / "made-up" / "live-chip.json"
    candidate.write_bytes(candidate.read_bytes().replace(b'"score": 0.', b'"score": 0.0', 1))
    with pytest.raises(SetError) as caught:
        accept_proposal(tmp_path / "proposal", shown["proposal_id"], bank, PIPELINE)
    assert caught.value.facts["why"] == "altered"
    document = json.loads((tmp_path / "proposal" / PROPOSAL_NAME).read_text("utf-8"))
    document["kinds"]["chip"]["fitted_on"]["mated"] = 10_000
    (tmp_path / "proposal" / PROPOSAL_NAME).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SetError):
        accept_proposal(tmp_path / "proposal", shown["proposal_id"], bank, PIPELINE)
    assert bank.accepted() == ()


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"files": []}', b'{"files": {"../../x": "1"}}'])
def test_a_folder_without_a_proposal_is_refused(bank: BankFiles, tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "proposal").mkdir()
    if content is not None:
        (tmp_path / "proposal" / PROPOSAL_NAME).write_bytes(content)
    with pytest.raises(SetError) as caught:
        accept_proposal(tmp_path / "proposal", "0" * 12, bank, PIPELINE)
    assert caught.value.facts["why"] == "unreadable"


def test_a_proposal_of_another_pipeline_is_refused(shown: dict[str, Any], bank: BankFiles, tmp_path: Path) -> None:
    other = RunningPipeline("made-up", "11" * 32, "44" * 32)
    with pytest.raises(CalibrationMismatchError) as caught:
        accept_proposal(tmp_path / "proposal", shown["proposal_id"], bank, other)
    assert caught.value.facts["why"] == "pipeline"
    assert bank.accepted() == ()
