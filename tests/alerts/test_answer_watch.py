"""The thread that asks for managers' answers: only while something waits, again after an outage, gone when it is told to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping

import pytest

from teller_assist.alerts import answer_watch
from teller_assist.alerts.answer_watch import CASES_MOST, AnswerWatch
from teller_assist.alerts.review_states import ReviewAnswer, ReviewFinding, ReviewOutcome, ReviewState
from teller_assist.errors import BranchUnreachableError, KnownError
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.reviews import reviewed
from tests.stand_ins.stations_cases import deliver_case

FIRST, SECOND = "1" * 32, "2" * 32
QUICK = BranchSettings(retry_first_s=0.1, retry_most_s=1.0)


def answer(case_id: str, revision: str, state: ReviewState = ReviewState.CLOSED) -> ReviewAnswer:
    return ReviewAnswer(case_id, revision, state, ReviewFinding.GENUINE, ReviewOutcome.PROCEED)


class ToldServer:
    """Answers what a test puts in, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.asking: set[threading.Thread] = set()
        self.opened = self.closed = 0
        self.answers: queue.Queue[list[ReviewAnswer] | KnownError] = queue.Queue()

    def ask_answers(self, known: Mapping[str, str], wait_s: int) -> list[ReviewAnswer]:
        self.asked.append(dict(known))
        self.asking.add(threading.current_thread())
        told = self.answers.get(timeout=30)
        if isinstance(told, KnownError):
            raise told
        return told

    def open(self) -> ToldServer:
        self.opened += 1
        return self

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def server() -> ToldServer:
    return ToldServer()


@pytest.fixture
def came() -> list[ReviewAnswer]:
    return []


@pytest.fixture
def watch(server: ToldServer, came: list[ReviewAnswer]) -> Iterator[AnswerWatch]:
    made = AnswerWatch(server.open, QUICK)
    made.subscribe(came.append)
    yield made
    made.close(0.0)
    for _ in server.asking:
        server.answers.put([])
    made.close(10.0)
    assert not any(one.is_alive() for one in server.asking)
    assert server.closed == server.opened


def rests_long(watch: AnswerWatch, _error: KnownError) -> float:
    watch._asking = False
    return 600.0


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "answers"]


def test_nobody_asks_while_nothing_waits(watch: AnswerWatch, server: ToldServer) -> None:
    before = len(threads())
    watch.watch([])
    assert len(threads()) == before
    watch.watch([FIRST])
    wait_until(lambda: server.asked == [{FIRST: ""}])
    watch.forget(FIRST)
    server.answers.put([])
    wait_until(lambda: not watch._asking)
    watch.watch([SECOND])
    wait_until(lambda: server.asked[1:] == [{SECOND: ""}])
    assert len(server.asking) == 1


def test_a_case_that_comes_while_a_question_is_under_way_is_asked_about_at_once_and_the_old_answer_is_dropped(
    watch: AnswerWatch, server: ToldServer, came: list[ReviewAnswer]
) -> None:
    watch.watch([FIRST])
    wait_until(lambda: server.asked == [{FIRST: ""}])
    watch.watch([SECOND])
    wait_until(lambda: server.asked[1:] == [{FIRST: "", SECOND: ""}])
    server.answers.put([answer(FIRST, "a")])  # whoever of the two gets it
    server.answers.put([answer(FIRST, "a")])
    wait_until(lambda: server.asked[2:3] == [{FIRST: "a", SECOND: ""}])

    def one_asks() -> bool:
        if sum(one.is_alive() for one in server.asking) == 1:
            return True
        if server.answers.empty():  # the newer question took both: the older one waits for an answer still
            server.answers.put([answer(FIRST, "a")])
        return False

    wait_until(one_asks)
    assert [one.revision for one in came] == ["a"]


def test_an_answer_comes_once_and_its_revision_is_known_the_next_time(
    watch: AnswerWatch, server: ToldServer, came: list[ReviewAnswer]
) -> None:
    watch.watch([FIRST, SECOND])
    server.answers.put([answer(FIRST, "a"), answer(SECOND, "b", ReviewState.WAITING)])
    wait_until(lambda: server.asked[1:] == [{FIRST: "a", SECOND: "b"}])
    server.answers.put([answer(FIRST, "a"), answer(SECOND, "c")])
    wait_until(lambda: [one.revision for one in came] == ["a", "b", "c"])


def test_an_answer_about_a_case_that_nobody_asked_about_is_nobodys(
    watch: AnswerWatch, server: ToldServer, came: list[ReviewAnswer]
) -> None:
    watch.watch([FIRST])
    server.answers.put([answer(SECOND, "b"), answer(FIRST, "a")])
    wait_until(lambda: bool(came))
    assert [one.case_id for one in came] == [FIRST]


def test_after_an_outage_it_asks_again_by_itself(watch: AnswerWatch, server: ToldServer, came: list[ReviewAnswer]) -> None:
    watch.watch([FIRST])
    for _ in range(3):
        server.answers.put(BranchUnreachableError(why="no_connection"))
    server.answers.put([answer(FIRST, "a")])
    wait_until(lambda: bool(came))
    assert len(server.asked) >= 4


def test_a_new_case_is_asked_about_without_waiting_out_an_outage(
    watch: AnswerWatch, server: ToldServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnswerWatch, "_failed", rests_long)
    watch.watch([FIRST])
    server.answers.put(BranchUnreachableError(why="no_connection"))
    wait_until(lambda: server.asked == [{FIRST: ""}] and not watch._asking)
    watch.watch([SECOND])
    wait_until(lambda: server.asked[-1] == {FIRST: "", SECOND: ""})


def test_a_server_that_lets_nobody_wait_is_not_asked_without_end(
    watch: AnswerWatch, server: ToldServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_watch, "_AT_ONCE_S", 600.0)
    watch.watch([FIRST])
    server.answers.put([answer(FIRST, "a")])
    server.answers.put([answer(FIRST, "a")])
    wait_until(lambda: len(server.asked) == 2 and not watch._asking)
    assert server.asked == [{FIRST: ""}, {FIRST: "a"}]
    watch.watch([SECOND])
    wait_until(lambda: server.asked[2:] == [{FIRST: "a", SECOND: ""}])


def test_no_question_asks_about_more_than_the_server_takes(watch: AnswerWatch, server: ToldServer) -> None:
    watch.watch(f"{place:032x}" for place in range(CASES_MOST + 10))
    wait_until(lambda: len(server.asked) == 1)
    assert len(server.asked[0]) == CASES_MOST
    assert f"{CASES_MOST + 9:032x}" in server.asked[0]


def test_closing_ends_it_also_during_a_rest_and_nothing_comes_afterwards(
    server: ToldServer, came: list[ReviewAnswer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnswerWatch, "_failed", rests_long)
    watch = AnswerWatch(server.open, QUICK)
    watch.subscribe(came.append)
    watch.watch([FIRST])
    server.answers.put(BranchUnreachableError(why="no_connection"))
    wait_until(lambda: bool(server.asked) and not watch._asking)
    watch.close(10.0)
    assert not any(one.is_alive() for one in server.asking)
    watch.watch([SECOND])
    assert came == []


@pytest.mark.full
def test_a_real_server_is_asked_and_its_answer_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    running = RunningServer(tmp_path_factory.mktemp("server"))
    station: EnrolledStation = running.enrol(tmp_path_factory.mktemp("station"))
    records = station.open()
    came: queue.Queue[ReviewAnswer] = queue.Queue()
    try:
        case_id = deliver_case(running, station)
        records.answers.subscribe(came.put)
        records.answers.watch([case_id])
        assert came.get(timeout=20).state is ReviewState.NONE
        reviewed(running.records, case_id, "closed", "twin", "two_tellers")
        told = came.get(timeout=20)
        assert (told.state, told.finding, told.outcome) == (ReviewState.CLOSED, ReviewFinding.TWIN, ReviewOutcome.TWO_TELLERS)
    finally:
        records.close()
        running.stop()
