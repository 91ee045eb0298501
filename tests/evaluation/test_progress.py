"""Lines about how far a long run has come."""

from __future__ import annotations

import pytest

from teller_assist.evaluation.progress import ProgressLines


def test_the_last_step_is_always_told_and_the_others_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    monkeypatch.setattr("teller_assist.evaluation.progress.time.monotonic", lambda: now_s[0])
    told: list[str] = []
    lines = ProgressLines("measure", 40, told.append)
    for _ in range(40):
        now_s[0] += 1.0
        lines.step()
    assert len(told) == 8
    assert told[1] == "measure [#####...............] 10/40, 1.0/s, 0:30 left"
    assert told[-1] == "measure [####################] 40/40, 1.0/s, 0:00 left"


def test_nothing_to_do_tells_nothing() -> None:
    told: list[str] = []
    ProgressLines("measure", 0, told.append)
    assert told == []
