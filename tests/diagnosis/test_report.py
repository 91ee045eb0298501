"""The report always finishes, whatever a part does."""

from __future__ import annotations

import threading

from teller_assist.diagnosis.report import Finding, PartState, all_ready, make_report
from teller_assist.errors import ModelMissingError


def _ready() -> Finding:
    return Finding(PartState.READY, {"cores": 2})


def _known_error() -> Finding:
    raise ModelMissingError(model="sface-2021dec")


def _bug() -> Finding:
    raise ZeroDivisionError("a person's name in a message")


def _interpreter_ends() -> Finding:
    raise SystemExit(1)


def test_every_part_becomes_a_line_in_its_order_also_the_failing_ones() -> None:
    reports = make_report({"product": _ready, "models": _known_error, "settings": _bug, "window": _interpreter_ends})
    assert [report.part for report in reports] == ["product", "models", "settings", "window"]
    assert [report.state for report in reports] == [PartState.READY, *[PartState.FAILED] * 3]
    assert not all_ready(reports)


def test_a_known_error_is_told_in_its_own_sentences() -> None:
    report = make_report({"models": _known_error})[0]
    assert report.facts["reason"] == "model_missing"
    assert report.notes_zh[0].endswith("。")


def test_a_foreign_error_shows_its_type_and_never_its_message() -> None:
    report = make_report({"settings": _bug})[0]
    assert report.facts == {"type": "ZeroDivisionError"}
    assert "name" not in "".join([*report.notes_zh, *report.notes_en]).lower()


def test_a_part_that_hangs_is_reported_and_the_rest_goes_on() -> None:
    released = threading.Event()

    def hang() -> Finding:
        released.wait(30)
        return _ready()

    reports = make_report({"window": hang, "machine": _ready}, timeout_s=0.2)
    released.set()
    assert [report.state for report in reports] == [PartState.FAILED, PartState.READY]
    assert reports[0].facts == {"timeout_s": 0.2}
