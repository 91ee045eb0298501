"""A whole set: pictures, truth, and a folder that is never half of two orders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from teller_assist.errors import SetError
from teller_assist.evaluation.documents import set_rendering
from teller_assist.evaluation.documents.picture_making import MadeUpPicture
from teller_assist.evaluation.documents.set_rendering import RenderOrder, render_documents
from teller_assist.evaluation.documents.truth import read_document_set
from teller_assist.evaluation.photo_kinds.encoding import camera_jpeg
from teller_assist.evidence.printed import DocumentKind
from tests.evaluation.documents.readings import QUAD, QUAD_PICTURE

KINDS = (DocumentKind.FRONT, DocumentKind.BACK)


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, str]]:
    """Pictures that take no time; returns what was asked for."""
    asked: list[tuple[int, int, str]] = []

    def make(seed: int, number: int, kind: DocumentKind) -> MadeUpPicture:
        asked.append((seed, number, kind.value))
        fields = {"name": "林晓样"} if kind is DocumentKind.FRONT else {"authority": "样本市公安局"}
        row = {"kind": kind.value, "severity": "mild", "mode": "a4", "background": "mat", "quad": QUAD, "fields": fields}
        return MadeUpPicture(camera_jpeg(QUAD_PICTURE, 90), row)

    monkeypatch.setattr(set_rendering, "make_picture", make)
    return asked


def test_kinds_take_turns_and_the_set_can_be_read(tmp_path: Path, quick_pictures: list[tuple[int, int, str]]) -> None:
    body = render_documents(tmp_path / "set", RenderOrder(5, 3, KINDS), lambda _: None)
    assert quick_pictures == [(3, 0, "front"), (3, 0, "back"), (3, 1, "front"), (3, 1, "back"), (3, 2, "front")]
    assert (body["pictures"], body["kinds"], body["made_up"]) == (5, {"front": 3, "back": 2}, True)
    the_set = read_document_set(tmp_path / "set")
    assert [row.file for row in the_set.rows] == [
        "front_0000.jpg",
        "back_0000.jpg",
        "front_0001.jpg",
        "back_0001.jpg",
        "front_0002.jpg",
    ]


def test_the_same_order_again_ends_in_the_same_truth(tmp_path: Path, quick_pictures: list[tuple[int, int, str]]) -> None:
    out, order = tmp_path / "set", RenderOrder(3, 1, KINDS)
    render_documents(out, order, lambda _: None)
    before = (out / "truth.json").read_bytes()
    render_documents(out, order, lambda _: None)
    assert (out / "truth.json").read_bytes() == before
    assert json.loads(before)[0]["file"] == "front_0000.jpg"


@pytest.mark.usefixtures("quick_pictures")
def test_another_order_does_not_mix_into_the_folder(tmp_path: Path) -> None:
    render_documents(tmp_path / "set", RenderOrder(2, 1, KINDS), lambda _: None)
    with pytest.raises(SetError) as refusal:
        render_documents(tmp_path / "set", RenderOrder(2, 2, KINDS), lambda _: None)
    assert refusal.value.reason == "output_folder_taken"
