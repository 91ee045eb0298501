from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from teller_assist.alerts.shapes import check_shape, schema_document
from teller_assist.errors import BugError, ShapeError
from tests.stand_ins.cases import NAME, NUMBER, STATION, made_up_case

SHAPES = (
    "case/1", "envelope/1", "receipt/1", "transaction/1", "server_keys/1", "enrolment/1", "enrolment_answer/1", "kinship/1",
    "kinship_answer/1", "sign_on/1", "sign_on_answer/1", "sign_on_standing/1", "sign_on_standing_answer/1",
    "kinship_answer/1", "head/1", "heartbeat/1", "heartbeat_answer/1",
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_schema_is_one_by_its_own_standard_and_names_itself(shape: str) -> None:
    document = schema_document(shape)
    Draft202012Validator.check_schema(document)
    assert document["title"] == shape
    assert document["description"]


def test_a_case_has_its_promised_shape_and_unknown_fields_are_kept() -> None:
    case = made_up_case(alerts=(("kinship", "review", "possible_twin"),), pictures=True, of_a_later_version={"x": 1})
    assert check_shape(case, "case/1")["of_a_later_version"] == {"x": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": "case/2"},
        {"case_id": "no-id"},
        {"case_id": "0" * 32 + "\n"},
        {"station_sequence": 0},
        {"station_sequence": True},
        {"netcheck": 3},
        {"next_step": "arrest"},
        {"alerts": [{"id": "0" * 32, "kind": "invented", "severity": "review", "why": "x"}]},
        {"decision": {"taken": "pass"}},
        {"evidence": [{"role": "live", "kept": True}]},
        {"comparisons": [{"edge": "live_chip", "compared": True, "answer": {}}]},
        {"persons": [{"role": "holder", "name": NAME}]},
    ],
)
def test_what_is_no_case_is_refused_without_a_value_in_the_error(changed: dict[str, Any]) -> None:
    with pytest.raises(ShapeError) as caught:
        check_shape({**made_up_case(), **changed}, "case/1")
    told = str(caught.value)
    assert NAME not in told
    assert NUMBER not in told


def test_a_pattern_ends_where_the_text_does() -> None:
    announced = {"station": STATION, "sequence": 1, "started": "2026-11-27T09:00:00.000Z"}
    check_shape(announced, "transaction/1")
    for name in ("station", "started"):
        with pytest.raises(ShapeError):
            check_shape({**announced, name: f"{announced[name]}\n"}, "transaction/1")


@pytest.mark.parametrize("document", [None, [], "case/1", 3, [[]] * 3])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(ShapeError):
        check_shape(document, "case/1")


def test_an_unknown_shape_is_our_own_fault() -> None:
    with pytest.raises(BugError):
        schema_document("nothing/9")
