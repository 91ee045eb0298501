from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from teller_assist.app import Installation
from teller_assist.cli import main
from teller_assist.documents.engine import EngineIdentity
from teller_assist.errors import DocumentEngineError
from teller_assist.evaluation.documents.picture_making import make_picture
from teller_assist.evaluation.photo_kinds.encoding import camera_jpeg
from teller_assist.evidence.printed import DocumentKind, FieldName, ScanFinding, ScanReading
from tests.stand_ins.equipment import NUMBER
from tests.stand_ins.scans import ToldDocumentReader, a_scan, document, reading

Capture = pytest.CaptureFixture[str]


def checked(stdout: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(stdout)
    schema = json.loads(resources.files("teller_assist.documents").joinpath("schemas", "ocr-1.json").read_text("utf-8"))
    jsonschema.validate(answer, schema)
    return answer


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "证件 正面.jpg"
    path.write_bytes(camera_jpeg(a_scan().pixels, 90))
    return str(path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[ScanReading | Exception]:
    """The readings that the next pictures give, in their order."""
    readings: list[ScanReading | Exception] = []

    @contextmanager
    def opened_reader(_installation: Installation) -> Iterator[tuple[ToldDocumentReader, EngineIdentity]]:
        yield ToldDocumentReader(*readings), EngineIdentity("told", ())

    monkeypatch.setattr(Installation, "opened_document_reader", opened_reader)
    return readings


def test_both_sides_are_one_document_with_values_boxes_and_doubts(
    opened: list[ScanReading | Exception], picture: str, capsys: Capture
) -> None:
    opened.extend([reading(document(doubtful={FieldName.NAME: (1,)})), reading(document(DocumentKind.BACK))])
    assert main(["ocr", "id-card", picture, picture, "--json"]) == 0
    answer = checked(capsys.readouterr().out)
    front, back = answer["documents"]
    assert (front["picture"], front["kind"], back["picture"], back["kind"]) == (0, "front", 1, "back")
    assert front["located"] == {"quad": [[100.0, 100.0], [500.0, 100.0], [500.0, 350.0], [100.0, 350.0]], "by": "contour"}
    assert front["fields"]["id_number"]["value"] == NUMBER
    assert (front["fields"]["name"]["doubtful_characters"], front["fields"]["name"]["accepted"]) == ([1], False)
    assert back["fields"]["valid_to"]["value"] == "长期"
    assert answer["latency_ms"] == {"total": 824.0}
    assert answer["findings"] == []


def test_a_picture_without_a_document_says_what_was_seen_and_what_to_do(
    opened: list[ScanReading | Exception], picture: str, capsys: Capture
) -> None:
    opened.append(reading(finding=ScanFinding.BLANK))
    assert main(["ocr", "id-card", picture, "--json"]) == 0
    answer = checked(capsys.readouterr().out)
    assert answer["documents"] == []
    (finding,) = answer["findings"]
    assert (finding["picture"], finding["finding"]) == (0, "blank")
    assert finding["zh"].count("。") == 2


def test_people_see_the_doubtful_character(opened: list[ScanReading | Exception], picture: str, capsys: Capture) -> None:
    opened.append(reading(document(doubtful={FieldName.NAME: (0,)})))
    assert main(["ocr", "id-card", picture]) == 0
    lines = capsys.readouterr().out.splitlines()
    name = next(line for line in lines if line.startswith("  姓名"))
    assert "[" in name
    assert name.endswith("← 请核对")
    assert sum("请核对" in line for line in lines) == 1


def test_a_file_that_is_none_is_told_before_anything_is_started(
    opened: list[ScanReading | Exception], tmp_path: Path, picture: str, capsys: Capture
) -> None:
    opened.append(DocumentEngineError("document_engine_failed", why="started"))
    assert main(["ocr", "id-card", picture, str(tmp_path / "nothing.jpg"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "file_missing"
    pdf = tmp_path / "scan.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    assert main(["ocr", "id-card", str(pdf), "--json"]) == 3


@pytest.mark.full
def test_a_made_up_card_is_read_by_the_real_engine(tmp_path: Path, capsys: Capture, installation: Installation) -> None:
    del installation
    made = make_picture(5, 0, DocumentKind.FRONT)
    path = tmp_path / "front.jpg"
    path.write_bytes(made.data)
    assert main(["ocr", "id-card", str(path), "--json"]) == 0
    (front,) = checked(capsys.readouterr().out)["documents"]
    assert {name: field["value"] for name, field in front["fields"].items()} == made.row["fields"]
