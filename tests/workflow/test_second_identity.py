"""The same face under another number through the whole station: real models, a real branch server, one counter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.decision.judgement import AlertKind, EdgeName, NextStep
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.case_record import CaseOrigin, ModelIdentity
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Screen, StationView
from teller_assist.workflow.workers import Work
from tests.stand_ins.branch import RunningServer
from tests.stand_ins.cases import number
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import wait_until

FIRST, SECOND = number(17), number(27, "19000219850722")


class Branch:
    """A branch server and one counter that is enrolled with it."""

    def __init__(
        self, folder: Path, instruments: Instruments, settings: Settings, astronaut: Picture, days: int, told: int
    ) -> None:
        self.server = RunningServer(folder / "server", recent_faces_days=days)
        self.records = self.server.enrol(folder / "station", kinship_timeout_s=2.0).open()
        origin = CaseOrigin(self.records.station_id, "3号柜台", (ModelIdentity("m", "0" * 64, "ready"),), instruments.policy)
        quick = replace(settings, station=replace(settings.station, undo_s=0.1, notice_recent_faces_days=told))
        self.counter = Counter(instruments, quick, astronaut, keeping=CaseKeeping(self.records, origin))
        self.station = self.counter.station

    def serve(self, text: str, *, decide: bool = True, searched: bool = True) -> StationView:
        """Serve somebody with the counter's one face and a card of this number; returns the view before the decision."""
        self.counter.card = replace(self.counter.card, number=Personal(IdNumber(text)))
        view = self.counter.to_decision()
        if not decide:
            return view
        (self.wait_searched if searched else self.flush)()
        view = self.counter.view
        self.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
        self.counter.wait_for(lambda view: view.screen is Screen.READY)
        return view

    def wait_searched(self) -> None:
        """Wait until the present customer's face was searched."""
        wait_until(lambda: (now := self.station._customer) is not None and now.second_identity.search is not None)

    def flush(self) -> None:
        """Wait until what stands before us at the workers' threads is done, where nothing will be seen of it."""
        done: list[bool] = []
        # Behind the comparison that hands its search over, then behind that search.
        for work in (Work.COMPARE, Work.COMPARE, Work.REGISTER):
            done.clear()
            self.station._workers.submit(work, done.append, True)
            wait_until(lambda: bool(done))

    def cases(self, count: int) -> list[dict[str, Any]]:
        """The server's cases, opened, once there are so many."""
        wait_until(lambda: len(self.server.case_ids()) == count)
        with self.server.records.database.reading() as session:
            return [self.server.records.store.opened(session, case_id) for case_id in self.server.case_ids()]

    def close(self) -> None:
        self.station.close()
        self.server.stop()


@pytest.fixture
def make_branch(
    tmp_path: Path, instruments: Instruments, settings: Settings, astronaut: Picture
) -> Iterator[Callable[..., Branch]]:
    made: list[Branch] = []

    def make(days: int = 7, told: int = 7) -> Branch:
        made.append(Branch(tmp_path, instruments, settings, astronaut, days, told))
        return made[-1]

    yield make
    for one in made:
        one.close()


Make = Callable[..., Branch]


def is_told(view: StationView) -> bool:
    return view.seen_before is not None


@pytest.mark.full
def test_the_same_face_under_another_number_is_told_while_the_customer_is_there(make_branch: Make) -> None:
    branch = make_branch()
    first = branch.serve(FIRST)
    assert not is_told(first)
    wait_until(lambda: branch.server.records.recent_faces.count() == 1)
    branch.serve(SECOND, decide=False)
    view = branch.counter.wait_for(is_told)
    assert view.alert is not None
    assert view.alert.kind is AlertKind.SECOND_IDENTITY
    assert view.seen_before is not None
    assert "开户" in view.seen_before.zh
    assert "1张人脸" in view.seen_before.zh
    assert "second_identity_recent" in view.reasons
    assert view.decision.next_step is NextStep.CHALLENGE_QUESTIONS
    assert view.challenge, "the same questions as for a relative"
    assert view.portraits.for_marks is not None
    branch.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    one, other = branch.cases(2)
    assert one["second_identity"] == {**one["second_identity"], "state": "searched", "searched": 0, "matches": []}
    assert [alert["kind"] for alert in one["alerts"]].count("second_identity") == 0
    assert [match["case_id"] for match in other["second_identity"]["matches"]] == [one["case_id"]]
    assert other["second_identity"]["calibration_id"].startswith("sface-2021dec/live-archive/")
    assert "second_identity" in {alert["kind"] for alert in other["alerts"]}


@pytest.mark.full
def test_the_same_customer_again_is_nobody_else(make_branch: Make) -> None:
    branch = make_branch()
    branch.serve(FIRST)
    wait_until(lambda: branch.server.records.recent_faces.count() == 1)
    assert not is_told(branch.serve(FIRST))
    assert branch.cases(2)[1]["second_identity"]["matches"] == []


@pytest.mark.full
def test_who_ends_without_a_decision_leaves_no_face(make_branch: Make) -> None:
    branch = make_branch()
    branch.serve(FIRST, decide=False)
    branch.wait_searched()
    branch.station.abandon()
    branch.flush()
    assert branch.cases(1)[0]["second_identity"]["state"] == "searched"
    assert branch.server.records.recent_faces.count() == 0


@pytest.mark.full
def test_consent_that_is_withdrawn_leaves_no_face_and_no_finding(make_branch: Make) -> None:
    branch = make_branch()
    branch.serve(FIRST, decide=False)
    branch.wait_searched()
    branch.station.refuse_consent()
    branch.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    branch.counter.wait_for(lambda view: view.screen is Screen.READY)
    branch.flush()
    assert branch.cases(1)[0]["second_identity"] == {"state": "not_searched"}
    assert branch.server.records.recent_faces.count() == 0


@pytest.mark.full
@pytest.mark.parametrize(("days", "told"), [(0, 7), (7, 0), (7, 3)])
def test_where_it_is_off_or_kept_longer_than_customers_are_told_no_face_leaves_the_machine(
    make_branch: Make, monkeypatch: pytest.MonkeyPatch, days: int, told: int
) -> None:
    branch = make_branch(days, told)
    posted: list[str] = []
    for client in branch.records._clients:
        post = client._post

        def noted(path: str, document: Any, post: Callable[..., Any] = post) -> Any:
            posted.append(path)
            return post(path, document)

        monkeypatch.setattr(client, "_post", noted)
    branch.serve(FIRST, searched=False)
    view = branch.serve(SECOND, searched=False)
    branch.flush()
    assert not is_told(view)
    assert [case["second_identity"] for case in branch.cases(2)] == [{"state": "not_searched"}] * 2
    assert set(posted) == {"/api/v1/transactions", "/api/v1/kinship", "/api/v1/cases"}


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_server_that_goes_away_delays_no_reading_and_claims_nothing(make_branch: Make) -> None:
    branch = make_branch()
    branch.serve(FIRST)
    wait_until(lambda: branch.server.records.recent_faces.count() == 1)
    branch.cases(1)
    branch.server.stop()
    view = branch.serve(SECOND, searched=False)
    assert view.gauge is not None
    assert not is_told(view)
    assert "second_identity_recent" not in view.reasons
    branch.server.start()
    assert branch.cases(2)[1]["second_identity"] == {"state": "not_searched"}
    assert branch.server.records.recent_faces.count() == 1, "no face waits on the teller's machine"


@pytest.mark.full
def test_nothing_of_it_is_shown_before_the_teller_has_judged(make_branch: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = make_branch()
    branch.serve(FIRST)
    wait_until(lambda: branch.server.records.recent_faces.count() == 1)
    monkeypatch.setattr(branch.station, "_draw", lambda _one_in: 0)
    branch.counter.card = replace(branch.counter.card, number=Personal(IdNumber(SECOND)))
    branch.station.begin()
    branch.station.record_consent()
    branch.counter.reader.lay_down(branch.counter.card)
    branch.counter.wait_for(lambda view: view.judgement_asked)
    branch.wait_searched()
    customer = branch.station._customer
    assert customer is not None
    assert customer.second_identity.seen
    assert (branch.counter.view.seen_before, branch.counter.view.alert) == (None, None)


@pytest.mark.full
def test_the_reading_is_there_before_the_answer(make_branch: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = make_branch()
    branch.serve(FIRST)
    wait_until(lambda: branch.server.records.recent_faces.count() == 1)
    may_answer = threading.Event()
    ask = branch.records.recent_faces.ask

    def slow(*arguments: Any) -> Any:
        may_answer.wait(20)
        return ask(*arguments)

    monkeypatch.setattr(branch.records.recent_faces, "ask", slow)
    view = branch.serve(SECOND, decide=False)
    assert view.gauge is not None
    assert EdgeName.LIVE_CHIP in view.portraits.pairs
    assert not is_told(view)
    may_answer.set()
    branch.counter.wait_for(is_told)
