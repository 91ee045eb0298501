"""A set read by a reader that answers as it is told: every count by hand."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from teller_assist.comparison.error_rates import binomial_interval
from teller_assist.documents.engine import EngineIdentity
from teller_assist.errors import DeviceTimeoutError, DocumentEngineError, ResourceError, SetError
from teller_assist.evaluation.documents.document_evaluation import DocumentOrder, evaluate_documents
from teller_assist.evaluation.documents.document_report import document_report_schema
from teller_assist.evaluation.documents.truth import read_document_set
from teller_assist.evidence.printed import DocumentKind, LocatedBy, ScanFinding, ScanReading
from teller_assist.pictures.decode import PictureLimits
from tests.evaluation.documents.readings import FAR_QUAD, FRONT, FakeReader, document, make_set, reading, truth_row

BACK = {"authority": "示例市公安局虚构分局", "valid_from": "2020-05-06", "valid_to": "长期"}
ENGINE, DAY = EngineIdentity("fake 1.0", ("fake-model",)), datetime.date(2026, 11, 1)
ORDER = DocumentOrder(ENGINE, PictureLimits(10_000_000, 10_000_000), DAY)


def evaluated(folder: Path, rows: list[dict[str, Any]], *answers: ScanReading | Exception) -> dict[str, Any]:
    the_set = read_document_set(make_set(folder / "set", rows))
    body = evaluate_documents(the_set, FakeReader(*answers), ORDER, folder / "out", lambda _: None)
    report = {"schema": "evaluate-documents/1", "product_version": "0.0.0", **body}
    jsonschema.Draft202012Validator(document_report_schema()).validate(report)
    return report


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    """Fronts: right; a wrong name that was accepted; not located; the engine failed. A back, by its text. A bank card."""
    rows = [
        truth_row("a.png", mode="cam"),
        truth_row("b.png", severity="hard", mode="a4"),
        truth_row("c.png", severity="hard", mode="a4", background="paper"),
        truth_row("d.png", severity="hard", mode="cam"),
        truth_row("e.png", kind="back", fields=BACK),
        truth_row("f.png", kind="bank", fields={"number": "62"}),
    ]
    return evaluated(
        tmp_path,
        rows,
        reading(document(FRONT, unsure=("address",)), total_ms=400),
        reading(document(FRONT | {"name": "林晓祥"}), total_ms=2400),
        reading(finding=ScanFinding.NO_DOCUMENT, total_ms=3000),
        DeviceTimeoutError(),
        reading(document(BACK, kind=DocumentKind.BACK, by=LocatedBy.NUMBER_LINE), total_ms=600),
    )


def test_the_counts_of_a_kind(report: dict[str, Any]) -> None:
    front = report["kinds"]["front"]
    assert front["pictures"] == 4
    assert front["located"] == {"count": 2, "by_fallback": 0}
    assert front["all_fields"] == {"exact": 1, "of": 4, "rate": 0.25, "ci95": [round(end, 4) for end in binomial_interval(1, 4)]}
    assert front["fields"]["name"] | {"ci95": ...} == {
        "exact": 1, "of": 4, "rate": 0.25, "ci95": ..., "cer": round(7 / 12, 4), "auto_accepted": 2, "accepted_wrong": 1,
    }  # fmt: skip
    assert front["fields"]["id_number"]["exact"] == 2
    assert front["fields"]["address"]["auto_accepted"] == 1
    assert report["kinds"]["back"]["located"] == {"count": 1, "by_fallback": 1}
    assert report["kinds"]["back"]["fields"].keys() == BACK.keys()


def test_the_counts_split_by_severity_mode_and_background(report: dict[str, Any]) -> None:
    front = report["kinds"]["front"]
    assert {name: part["pictures"] for name, part in front["by_severity"].items()} == {"mild": 1, "hard": 3}
    assert front["by_severity"]["hard"]["all_fields"]["exact"] == 0
    assert front["by_severity"]["hard"]["fields"]["id_number"]["exact"] == 1
    assert {name: part["pictures"] for name, part in front["by_mode"].items()} == {"a4": 2, "cam": 2}
    assert {name: part["located"]["count"] for name, part in front["by_background"].items()} == {"mat": 2, "paper": 0}
    assert "by_mode" not in report["kinds"]["back"]


def test_kinds_that_are_not_read_are_not_measured_and_nowhere_zero(report: dict[str, Any]) -> None:
    assert report["kinds"].keys() == {"front", "back"}
    assert [(one["kind"], one["pictures"]) for one in report["not_measured"]] == [("bank", 1)]
    assert report["set"]["pictures"] == 6


def test_latency_is_of_each_picture_that_was_read_once(report: dict[str, Any]) -> None:
    assert report["latency_ms"] == {"median": 1500, "p95": 2910, "max": 3000, "n": 4, "located_over_2000": 1}


def test_failures_say_what_was_read_and_show_the_place(report: dict[str, Any], tmp_path: Path) -> None:
    told = [(one["file"], one["field"], one["read"], one["truth"], one["why"], one["accepted"]) for one in report["failures"]]
    assert told == [
        ("b.png", "name", "林晓祥", "林晓样", "wrong_value", True),
        ("c.png", "located", "", "", "no_document", False),
        ("d.png", "located", "", "", "device_timeout", False),
    ]
    for failure in report["failures"]:
        with Image.open(tmp_path / "out" / failure["crop"]) as crop:
            assert crop.format == "PNG"


def test_a_later_run_leaves_no_crop_of_an_earlier_one(report: dict[str, Any], tmp_path: Path) -> None:
    assert len(list((tmp_path / "out" / "crops").iterdir())) == 3
    evaluated(tmp_path, [truth_row("a.png")], reading(document(FRONT)))
    assert not list((tmp_path / "out" / "crops").iterdir())


def test_two_documents_on_one_scan_are_both_judged_and_none_is_unexpected(tmp_path: Path) -> None:
    rows = [truth_row("a.png"), truth_row("a.png", kind="back", quad=FAR_QUAD, fields=BACK)]
    both = reading(document(FRONT), document(BACK, kind=DocumentKind.BACK, corners=FAR_QUAD))
    report = evaluated(tmp_path, rows, both)
    assert [part["all_fields"]["exact"] for part in report["kinds"].values()] == [1, 1]
    assert [part["unexpected_documents"] for part in report["kinds"].values()] == [0, 0]
    assert report["latency_ms"]["n"] == 1


@pytest.mark.parametrize("located", ["front", "back"])
def test_a_slow_scan_is_counted_whichever_of_its_documents_was_located(tmp_path: Path, located: str) -> None:
    rows = [truth_row("a.png"), truth_row("a.png", kind="back", quad=FAR_QUAD, fields=BACK)]
    front, back = document(FRONT), document(BACK, kind=DocumentKind.BACK, corners=FAR_QUAD)
    slow = replace(reading(front if located == "front" else back), latency_ms={"total": 2500.0})
    assert evaluated(tmp_path, rows, slow)["latency_ms"]["located_over_2000"] == 1


def test_an_engine_that_rests_after_failures_gives_no_result_of_a_picture_it_never_saw(tmp_path: Path) -> None:
    failed, rests = (DocumentEngineError("document_engine_failed", why=why) for why in ("ended", "resting"))
    with pytest.raises(DocumentEngineError) as caught:
        evaluated(tmp_path, [truth_row("a.png"), truth_row("b.png")], failed, rests)
    assert caught.value.facts["why"] == "resting"


def test_crops_of_an_earlier_run_that_cannot_be_taken_away_are_a_known_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crops = tmp_path / "out" / "crops"
    (crops / "0001.png").mkdir(parents=True)  # somebody's folder, no crop of ours
    assert evaluated(tmp_path, [truth_row("a.png")], reading(document(FRONT)))["failures"] == []
    (crops / "0002.png").write_bytes(b"old")

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(ResourceError):
        evaluated(tmp_path / "again" / "..", [truth_row("a.png")], reading(document(FRONT)))


def test_the_report_says_what_read_and_on_which_day(report: dict[str, Any]) -> None:
    assert (report["engine"], report["models"], report["day"]) == ("fake 1.0", ["fake-model"], "2026-11-01")


def test_a_picture_that_cannot_be_read_is_a_failure_without_a_crop(tmp_path: Path) -> None:
    folder = make_set(tmp_path / "set", [truth_row("a.png"), truth_row("b.png")])
    (folder / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    body = evaluate_documents(
        read_document_set(folder), FakeReader(reading(document(FRONT))), ORDER, tmp_path / "out", lambda _: None
    )
    assert [(one["file"], one["field"], one["crop"]) for one in body["failures"]] == [("b.png", "located", "")]
    assert body["failures"][0]["why"].startswith("file_")
    assert body["kinds"]["front"]["fields"]["name"]["exact"] == 1


def test_where_nothing_was_read_no_latency_is_told(tmp_path: Path) -> None:
    report = evaluated(tmp_path, [truth_row("a.png")], DeviceTimeoutError())
    assert report["latency_ms"] == {"n": 0, "located_over_2000": 0}


def test_a_set_without_anything_that_is_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetError) as refusal:
        evaluated(tmp_path, [truth_row("a.png", kind="bank")])
    assert refusal.value.facts["why"] == "nothing_to_read"


def test_a_card_of_the_wrong_kind_is_a_failure_of_its_own(tmp_path: Path) -> None:
    report = evaluated(tmp_path, [truth_row("a.png")], reading(document(FRONT, kind=DocumentKind.TEMPORARY)))
    assert [(one["field"], one["read"], one["truth"]) for one in report["failures"]] == [("kind", "temporary", "front")]
    assert report["kinds"]["front"]["kind_right"] == 0
    assert report["kinds"]["front"]["all_fields"]["exact"] == 0
