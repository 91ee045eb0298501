"""Sets of documents: what is read of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teller_assist.errors import SetError
from teller_assist.evaluation.documents.truth import read_document_set
from teller_assist.evidence.printed import FieldName
from tests.evaluation.documents.readings import FAR_QUAD, FRONT, QUAD, make_set, truth_row


def refusal(folder: Path) -> dict[str, Any]:
    with pytest.raises(SetError) as caught:
        read_document_set(folder)
    assert caught.value.reason == "set_invalid"
    return dict(caught.value.facts)


def test_a_row_is_read_and_unknown_keys_are_ignored(tmp_path: Path) -> None:
    row = truth_row("a.png", mode="cam", future={"x": 1}, others=[{"quad": FAR_QUAD}, "nonsense"])
    row["fields"] = FRONT | {"future": [1], "authority": None}
    the_set = read_document_set(make_set(tmp_path, [row]))
    read = the_set.rows[0]
    assert (read.file, read.kind, dict(read.labels)) == (
        "a.png",
        "front",
        {"severity": "mild", "background": "mat", "mode": "cam"},
    )
    assert read.quad is not None
    assert read.quad.tolist() == QUAD
    assert [quad.tolist() for quad in read.others] == [FAR_QUAD]
    assert read.fields == {FieldName(name): value for name, value in FRONT.items()}
    assert len(the_set.truth_sha256) == 64


def test_a_kind_that_is_not_read_may_have_fields_of_any_form(tmp_path: Path) -> None:
    rows = [
        truth_row("a.png", kind="bank", fields={"number": "62", "groups": [4, 4]}),
        truth_row("b.png", kind="mrz", fields={"mrz": ["P<"]}),
    ]
    assert [row.is_read for row in read_document_set(make_set(tmp_path, rows)).rows] == [False, False]


def test_two_documents_on_one_picture_are_two_rows(tmp_path: Path) -> None:
    rows = [truth_row("a.png"), truth_row("a.png", kind="back", quad=FAR_QUAD, fields={"authority": "样本市公安局"})]
    the_set = read_document_set(make_set(tmp_path, rows))
    assert (len(the_set.rows), the_set.pictures) == (2, 1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "passport"}, "kind_unknown"),
        ({"kind": ["front"]}, "kind_unknown"),
        ({"kind": ...}, "key_missing"),
        ({"severity": ...}, "key_missing"),
        ({"fields": ...}, "key_missing"),
        ({"severity": 3}, "label_malformed"),
        ({"background": "x" * 2000}, "label_malformed"),
        ({"fields": {}}, "fields_empty"),
        ({"fields": {"other": "x"}}, "fields_empty"),
        ({"fields": []}, "fields_malformed"),
        ({"fields": {"name": 5}}, "fields_malformed"),
        ({"fields": {"name": ""}}, "fields_malformed"),
        ({"fields": {"name": "x" * 2000}}, "fields_malformed"),
        ({"quad": QUAD[:3]}, "quad_malformed"),
        ({"quad": "none"}, "quad_malformed"),
        ({"quad": [[1, 2, 3], [1], [1, 2], [1, 2]]}, "quad_malformed"),
        ({"quad": [["1", 2], [1, 2], [1, 2], [1, 2]]}, "quad_malformed"),
        ({"quad": [[float("nan"), 2], [1, 2], [1, 2], [1, 2]]}, "quad_malformed"),
        ({"quad": [[True, 2], [1, 2], [1, 2], [1, 2]]}, "quad_malformed"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    make_set(tmp_path, [truth_row("a.png"), truth_row("b.png", **changed)])
    assert refusal(tmp_path) == {"why": why, "row": 2}


@pytest.mark.parametrize("file", ["../a.png", "/etc/passwd", "C:\\a.png", "..\\a.png", "", "a\n.png", 7])
def test_a_path_that_leads_out_of_the_set_is_refused(tmp_path: Path, file: object) -> None:
    make_set(tmp_path, [truth_row("a.png")])
    (tmp_path / "truth.json").write_text(json.dumps([truth_row("a.png") | {"file": file}]))
    assert refusal(tmp_path)["why"] == "path_unsafe"


def test_a_link_that_leads_out_of_the_set_is_refused(tmp_path: Path) -> None:
    make_set(tmp_path / "set", [truth_row("a.png")])
    (tmp_path / "outside.png").write_bytes(b"x")
    (tmp_path / "set" / "a.png").unlink()
    (tmp_path / "set" / "a.png").symlink_to(tmp_path / "outside.png")
    assert refusal(tmp_path / "set")["why"] == "path_unsafe"


def test_a_missing_picture_and_a_row_twice_are_refused(tmp_path: Path) -> None:
    make_set(tmp_path, [truth_row("a.png"), truth_row("a.png")])
    assert refusal(tmp_path) == {"why": "path_repeated", "row": 2}
    (tmp_path / "a.png").unlink()
    assert refusal(tmp_path) == {"why": "picture_missing", "row": 1}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "truth_malformed"),
        (b"\xff\xfe[", "truth_malformed"),
        (b"{}", "truth_not_a_list"),
        (b"[1]", "row_malformed"),
        (b"[]", "set_empty"),
        (b"[" * 100_000, "truth_malformed"),
    ],
)
def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "truth.json").write_bytes(content)
    assert refusal(tmp_path)["why"] == why


def test_a_folder_without_truth_is_no_set(tmp_path: Path) -> None:
    assert refusal(tmp_path) == {"why": "truth_missing"}
    assert refusal(tmp_path / "none") == {"why": "truth_missing"}


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.full
@given(entry=st.fixed_dictionaries({}, optional=dict.fromkeys((*truth_row("a"), "others", "mode"), values)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_whatever_stands_in_a_row_is_read_or_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    (tmp_path / "truth.json").write_text(json.dumps([entry]))
    with pytest.raises(SetError):
        read_document_set(tmp_path)
