"""Whole pictures: the same bytes for the same seed, the quad around the card, severity and mode in turn."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.documents.locating.search import overlap
from teller_assist.evaluation.documents import picture_making
from teller_assist.evaluation.documents.chance import Chance, chance_for
from teller_assist.evaluation.documents.persons import MadeUpPerson, make_up_person
from teller_assist.evaluation.documents.picture_making import MadeUpCard, draw_card, make_picture
from teller_assist.evaluation.documents.severity import Mode, Severity
from teller_assist.evaluation.documents.truth import READ_KINDS
from teller_assist.evaluation.photo_kinds.encoding import decoded
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.printed import DocumentKind

pytestmark = pytest.mark.usefixtures("chinese_font")

FLAT, CAMERA, HARD_CAMERA, A4 = 8, 4, 7, 0  # numbers of pictures by what takes them: see MODES and SEVERITIES
MAGENTA_BGR = (255, 0, 255)


@pytest.mark.full
def test_a_card_is_the_same_bytes_for_the_same_seed_and_others_for_another() -> None:
    person = make_up_person(chance_for(7, "x"))
    first, again, other = (draw_card(person, DocumentKind.BACK, Severity.MILD, chance_for(seed)) for seed in (1, 1, 2))
    assert first.pixels.tobytes() == again.pixels.tobytes() != other.pixels.tobytes()
    assert first.truth == again.truth


@pytest.mark.full
def test_the_same_seed_and_number_give_the_same_bytes_and_others_others() -> None:
    first = make_picture(5, FLAT, DocumentKind.BACK)
    assert first.data == make_picture(5, FLAT, DocumentKind.BACK).data
    assert first.data != make_picture(6, FLAT, DocumentKind.BACK).data
    assert first.row == make_picture(5, FLAT, DocumentKind.BACK).row


@pytest.mark.parametrize("number", [FLAT, pytest.param(CAMERA, marks=pytest.mark.full)])
def test_the_quad_is_the_card_s_outline_in_the_picture(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain_card(*_: Any) -> MadeUpCard:
        return MadeUpCard(np.full((638, 1011, 3), MAGENTA_BGR, np.uint8), {"kind": "front", "fields": {}})

    monkeypatch.setattr(picture_making, "draw_card", plain_card)
    monkeypatch.setattr(picture_making, "_FINGER_SHARE", dict.fromkeys(Severity, 0.0))
    monkeypatch.setattr(picture_making, "_THING_SHARE", dict.fromkeys(Mode, 0.0))
    made = make_picture(11, number, DocumentKind.FRONT)
    seen = decoded(made.data).astype(int)
    mask = ((seen[..., 0] > 150) & (seen[..., 2] > 150) & (seen[..., 1] < 110)).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea).reshape(-1, 2).astype(np.float32)
    corners = np.array(made.row["quad"], np.float32)
    assert overlap(corners, np.asarray(cv2.boxPoints(cv2.minAreaRect(largest)), np.float32)) > 0.9
    distances = [cv2.pointPolygonTest(corners, tuple(map(float, point)), True) for point in largest]
    assert min(distances) > -4, "no part of the card lies outside"
    height, width = seen.shape[:2]
    assert [width, height] == made.row["size"]
    assert corners.min() >= 0
    assert (corners <= (width, height)).all()


@pytest.mark.full
def test_the_quad_begins_at_the_card_s_own_upper_left() -> None:
    """Rectified by its quad, a picture shows the card upright: the portrait at the right, the mark above."""
    made = make_picture(3, HARD_CAMERA, DocumentKind.FRONT)
    corners = np.array([[0, 0], [1011, 0], [1011, 638], [0, 638]], np.float32)
    warp = cv2.getPerspectiveTransform(np.array(made.row["quad"], np.float32), corners)
    card = cv2.warpPerspective(decoded(made.data), warp, (1011, 638)).astype(np.float32)
    hair, opposite = card[130:170, 750:830].mean(), card[468:508, 180:260].mean()
    assert hair < opposite - 20


@pytest.mark.parametrize("kind", [DocumentKind(kind) for kind in READ_KINDS])
def test_the_truth_is_plain_json_with_every_field_of_the_kind(kind: DocumentKind) -> None:
    person = make_up_person(chance_for(7, "x"), temporary=kind is DocumentKind.TEMPORARY)
    card = draw_card(person, kind, Severity.HARD, chance_for(7, "y"))
    assert card.pixels.shape == (638, 1011, 3)
    assert json.loads(json.dumps(card.truth)) == card.truth
    front, back = set(person.front_fields), set(person.back_fields)
    expected = {DocumentKind.FRONT: front, DocumentKind.BACK: back, DocumentKind.TEMPORARY: front | back}[kind]
    assert set(card.truth["fields"]) == expected
    if "id_number" in card.truth["fields"]:
        assert IdNumber(card.truth["fields"]["id_number"]).birth_date.isoformat() == card.truth["fields"]["birth"]


def test_severities_and_modes_take_turns() -> None:
    rows = [picture_making.turn_of(number) for number in range(20)]
    assert [severity.value for severity, _ in rows[:4]] == ["mild", "moderate", "moderate", "hard"]
    assert {(severity, mode) for severity, mode in rows} == {(severity, mode) for severity in Severity for mode in Mode}


@pytest.mark.full
def test_every_picture_of_a_round_is_made_and_the_second_document_lies_apart() -> None:
    others = 0
    for number in range(20):
        row = make_picture(21, number, DocumentKind.FRONT).row
        for other in row["others"]:
            others += 1
            assert other["kind"] == "back"
            assert overlap(np.array(other["quad"], np.float32), np.array(row["quad"], np.float32)) == 0


@pytest.mark.full
def test_a_person_s_card_differs_in_its_wear_by_severity() -> None:
    def worn(severity: Severity) -> int:
        persons: list[MadeUpPerson] = [make_up_person(chance_for(9, number)) for number in range(3)]
        chances: list[Chance] = [chance_for(9, severity, number) for number in range(3)]
        made = zip(persons, chances, strict=True)
        return sum(len(draw_card(person, DocumentKind.BACK, severity, chance).truth["wear"]) for person, chance in made)

    assert worn(Severity.HARD) > worn(Severity.MILD)
