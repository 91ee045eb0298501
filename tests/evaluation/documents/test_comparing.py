"""A reading against its truth: which document is meant, what is equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.locating.search import overlap
from teller_assist.evaluation.documents.comparing import edit_distance, judge, meant_document
from teller_assist.evaluation.documents.truth import TruthRow
from teller_assist.evidence.printed import DocumentKind, FieldName, LocatedBy, ScanFinding
from tests.evaluation.documents.readings import FAR_QUAD, FRONT, QUAD, document, quad, reading

LABELS = {"severity": "mild", "background": "mat"}
FIELDS = {FieldName(name): value for name, value in FRONT.items()}


def row(kind: str = "front", *, with_quad: bool = True) -> TruthRow:
    return TruthRow("a.png", kind, LABELS, quad() if with_quad else None, FIELDS)


def test_a_card_that_was_read_right_is_right_in_all_fields() -> None:
    outcome = judge(row(), reading(document(FRONT)), 400)
    assert outcome.all_exact
    assert not outcome.by_fallback
    assert all(field.exact and field.edits == 0 for field in outcome.fields)


def test_wide_digits_are_equal_and_nothing_else_is() -> None:
    wide = FRONT | {"id_number": "１９００01199003150176", "name": "林晓 样", "ethnicity": "漢"}
    fields = {field.name: field.exact for field in judge(row(), reading(document(wide)), 1).fields}
    assert fields[FieldName.ID_NUMBER]
    assert not fields[FieldName.NAME], "a blank is a difference"
    assert not fields[FieldName.ETHNICITY]


def test_a_scan_without_a_document_is_wrong_in_every_field_and_says_what_was_seen() -> None:
    outcome = judge(row(), reading(finding=ScanFinding.BLANK), 1)
    assert (outcome.document, outcome.why) == (None, "blank")
    assert len(outcome.fields) == 6
    assert not any(field.exact or field.accepted for field in outcome.fields)


def test_a_field_that_was_not_read_is_wrong_and_not_accepted() -> None:
    some = {name: value for name, value in FRONT.items() if name != "name"}
    field = next(field for field in judge(row(), reading(document(some)), 1).fields if field.name is FieldName.NAME)
    assert (field.read, field.exact, field.accepted, field.edits) == ("", False, False, 3)


def test_of_several_documents_the_one_at_the_quad_is_meant_and_of_the_kind_if_two_lie_there() -> None:
    far = document({}, corners=FAR_QUAD)
    unknown = document({}, kind=DocumentKind.UNKNOWN)
    here = document(FRONT)
    assert meant_document(row(), (far, unknown, here)) is here
    assert meant_document(row(), (far, unknown)) is unknown
    assert meant_document(row(), (far,)) is None
    assert meant_document(row(with_quad=False), (unknown, here)) is here
    assert meant_document(row("back", with_quad=False), (unknown, here)) is unknown


def test_a_document_elsewhere_is_unexpected_unless_the_set_knows_it() -> None:
    both = reading(document(FRONT), document({}, corners=FAR_QUAD))
    assert judge(row(), both, 1).unexpected == 1
    known = TruthRow("a.png", "front", LABELS, quad(), FIELDS, others=(quad(FAR_QUAD),))
    assert judge(known, both, 1).unexpected == 0


def test_a_card_taken_for_another_kind_is_not_right_as_a_whole() -> None:
    outcome = judge(row(), reading(document(FRONT, kind=DocumentKind.TEMPORARY)), 1)
    assert not outcome.all_exact
    assert not outcome.kind_is_right
    assert all(field.exact for field in outcome.fields)


@pytest.mark.parametrize(("by", "fallback"), [(LocatedBy.CONTOUR, False), (LocatedBy.NUMBER_LINE, True)])
def test_how_it_was_located(by: LocatedBy, fallback: bool) -> None:
    assert judge(row(), reading(document(FRONT, by=by)), 1).by_fallback is fallback


def test_overlap_is_a_share_of_what_both_cover() -> None:
    assert overlap(quad(), quad()) == pytest.approx(1)
    assert overlap(quad(), quad([QUAD[2], QUAD[3], QUAD[0], QUAD[1]])) == pytest.approx(1), "whichever corner is first"
    half = [[10.0, 10.0], [60.0, 10.0], [60.0, 73.0], [10.0, 73.0]]
    assert overlap(quad(), quad(half)) == pytest.approx(0.5)
    assert overlap(quad(), quad(FAR_QUAD)) == 0
    assert overlap(quad(), quad([QUAD[0]] * 4)) == 0


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("", "", 0), ("", "样本", 2), ("样本", "", 2), ("kitten", "sitting", 3), ("ab", "ba", 2)]
)
def test_edit_distance(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits


@given(one=st.text("ab样", max_size=8), other=st.text("ab样", max_size=8), third=st.text("ab样", max_size=8))
def test_edit_distance_is_a_distance(one: str, other: str, third: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)
