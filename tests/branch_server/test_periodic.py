"""What the server does by itself: each task in its time, none ended by another's failure."""

from __future__ import annotations

import threading

import pytest

from teller_assist.branch_server.periodic import Schedule, Task, periodically
from teller_assist.errors import ResourceError
from tests.stand_ins.equipment import wait_until


def test_each_task_runs_at_the_beginning_and_then_at_its_own_pace() -> None:
    now_s = [0.0]
    ran: list[str] = []
    tasks = [Task("often", 5.0, lambda: ran.append("often")), Task("seldom", 60.0, lambda: ran.append("seldom"))]
    schedule = Schedule(tasks, lambda: now_s[0])
    assert schedule.run_due() == 5.0
    now_s[0] = 4.0
    assert schedule.run_due() == 1.0
    now_s[0] = 30.0
    schedule.run_due()
    assert ran == ["often", "seldom", "often"], "what was missed is not made up for"
    now_s[0] = 60.0
    schedule.run_due()
    assert ran[3:] == ["often", "seldom"]


@pytest.mark.logs_warnings
@pytest.mark.parametrize("error", [ResourceError("disk_full", folder="database"), RuntimeError("a fault of ours")])
def test_a_task_that_fails_ends_no_other_is_tried_again_and_logged_once(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = [0.0]
    ran: list[str] = []

    def fail() -> None:
        ran.append("failing")
        raise error

    schedule = Schedule([Task("failing", 1.0, fail), Task("other", 1.0, lambda: ran.append("other"))], lambda: now_s[0])
    for _ in range(3):
        schedule.run_due()
        now_s[0] += 1.0
    assert ran == ["failing", "other"] * 3
    assert caplog.text.count("failing could not be done") == 1
    assert "a fault of ours" not in caplog.text


def test_the_thread_ends_with_the_block_and_leaves_undone_what_is_due() -> None:
    begun, ran = threading.Event(), []
    with periodically([Task("one", 3600.0, begun.set), Task("two", 0.001, lambda: ran.append(1))]):
        wait_until(begun.is_set)
        wait_until(lambda: len(ran) > 2)
    count = len(ran)
    assert "periodic" not in [thread.name for thread in threading.enumerate()]
    assert len(ran) == count
