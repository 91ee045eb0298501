"""A scan read whole, with an engine that pretends; what keeps a card from being read is said, and always in time."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.documents.engine import TextLine
from teller_assist.documents.locating.rectification import to_card, to_scan
from teller_assist.documents.locating.search import CardCandidate, find_cards, overlap
from teller_assist.documents.reader import LAST_RECOGNITION_BEGINS_S, DocumentReader
from teller_assist.errors import BugError, DocumentEngineError
from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX, DocumentKind, FieldName, LocatedBy, ScanFinding, ScanReading
from tests.stand_ins.card_lines import Item, Person, all_items, back_items, front_items, text_lines
from tests.stand_ins.drawn_scans import PAGE_PX, TAG_BGR, corners_at, draw_card, form, grainy, lay, plain_desk, scan_of
from tests.stand_ins.pretending_engine import MarkOrientation, PretendingEngine

GREEN, RED = (40, 180, 30), (20, 30, 210)
FRONT_LINES = text_lines(all_items(front_items(Person())))
BACK_LINES = text_lines(back_items())
BANK_LINES = text_lines(
    [Item("样本银行", 60, 80, 50), Item("6216 2250 9096 2777", 70, 360, 60), Item("VALID THRU 08/29", 400, 450, 30)]
)
CARDS = ((TAG_BGR, FRONT_LINES), (GREEN, BACK_LINES), (RED, BANK_LINES))
PLACE = corners_at((800, 560), 520, 20)


def engine(**settings: Any) -> PretendingEngine:
    return PretendingEngine(**{"cards": CARDS, "page_width_px": PAGE_PX[0], **settings})


def reader(of: PretendingEngine | None = None, **settings: Any) -> DocumentReader:
    orientation = MarkOrientation(wrong=settings.pop("orientation_wrong", False))
    return DocumentReader(of or engine(), orientation, lambda: datetime.date(2026, 12, 1), **settings)


def page(*cards: tuple[Pixels, Points], desk: Pixels | None = None) -> Picture:
    pixels = plain_desk() if desk is None else desk
    for card, quad in cards:
        pixels = lay(pixels, card, quad)
    return scan_of(grainy(pixels))


def values(reading: ScanReading) -> dict[str, str]:
    return {name.value: field.value.reveal() for name, field in reading.documents[0].fields.items()}


# ---------------------------------------------------------------- what is read


@pytest.mark.full
@pytest.mark.parametrize("angle_deg", [0, 90, 180, 205, 270])
def test_every_field_of_a_front_at_any_angle(angle_deg: float) -> None:
    quad = corners_at((800, 560), 520, angle_deg)
    reading = reader().read(page((draw_card(), quad)))
    assert reading.finding is None
    assert values(reading) == Person().values
    (front,) = reading.documents
    assert (front.kind, front.location.by) == (DocumentKind.FRONT, LocatedBy.CONTOUR)
    assert np.abs(front.location.quad - quad).max() < 10  # the card's own upper left corner comes first


@pytest.mark.full
def test_a_back_has_its_fields_and_no_portrait() -> None:
    reading = reader().read(page((draw_card(tag=GREEN), PLACE)))
    assert reading.documents[0].kind is DocumentKind.BACK
    assert set(reading.documents[0].fields) == {FieldName.AUTHORITY, FieldName.VALID_FROM, FieldName.VALID_TO}
    assert reading.documents[0].portrait is None


@pytest.mark.full
def test_the_portrait_is_a_picture_of_its_own() -> None:
    portrait = reader().read(page((draw_card(), PLACE))).documents[0].portrait
    assert portrait is not None
    assert portrait.role == "recapture"
    assert not portrait.pixels.flags.writeable
    middle = portrait.pixels[portrait.height_px // 2, portrait.width_px // 2].astype(int)
    assert np.abs(middle - (120, 150, 190)).max() < 25


@pytest.mark.full
def test_a_field_is_shown_as_it_stands_on_the_card() -> None:
    document = reader().read(page((draw_card(), PLACE))).documents[0]
    for field in document.fields.values():
        x, y, width, height = field.box_px
        assert np.array_equal(field.crop, document.card[y : y + height, x : x + width])
        assert field.crop.size


@pytest.mark.full
def test_front_and_back_on_one_page() -> None:
    quads = corners_at((420, 350), 430, 15), corners_at((1150, 800), 440, 190)
    reading = reader().read(page((draw_card(), quads[0]), (draw_card(2, tag=GREEN), quads[1])))
    assert [document.kind for document in reading.documents] == [DocumentKind.BACK, DocumentKind.FRONT]  # the larger one first


@pytest.mark.full
def test_a_bank_card_beside_it_does_not_keep_an_identity_card_from_being_read() -> None:
    quads = corners_at((420, 350), 430, 15), corners_at((1150, 800), 440, 10)
    reading = reader().read(page((draw_card(tag=RED), quads[0]), (draw_card(2), quads[1])))
    assert [document.kind for document in reading.documents] == [DocumentKind.FRONT]


@pytest.mark.full
def test_where_the_orientation_was_wrong_the_text_tells() -> None:
    told = engine()
    reading = reader(told, orientation_wrong=True).read(page((draw_card(), PLACE)))
    assert values(reading)["id_number"] == Person().number
    assert len(told.sizes) == 2
    assert np.abs(reading.documents[0].location.quad - PLACE).max() < 10


class Forgetful(PretendingEngine):
    """Does not see the number's row at its first look, as through an outline that cuts it off."""

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        lines = super().read(pixels)
        return tuple(line for line in lines if len(self.sizes) > 1 or line.corners[:, 1].mean() < 480)


@pytest.mark.full
def test_a_card_of_which_a_row_is_missing_is_read_again_by_another_outline_there(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off = PLACE.copy()
    cut_off[2:] = 0.93 * PLACE[2:] + 0.07 * PLACE[1::-1]
    monkeypatch.setattr(
        "teller_assist.documents.reader.find_cards", lambda _pixels: (CardCandidate(cut_off, 0.9), CardCandidate(PLACE, 0.6))
    )
    told = Forgetful(cards=CARDS, page_width_px=PAGE_PX[0])
    (document,) = reader(told).read(page((draw_card(), PLACE))).documents
    assert document.fields[FieldName.ID_NUMBER].value.reveal() == Person().number
    assert overlap(document.location.quad, PLACE) > 0.99
    assert told.sizes == [CARD_SIZE_PX] * 2


def test_an_outline_that_is_not_clear_comes_before_the_whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teller_assist.documents.reader.find_cards", lambda _pixels: (CardCandidate(PLACE, 0.6),))
    told = engine()
    assert values(reader(told).read(page((draw_card(), PLACE)))) == Person().values
    assert told.sizes == [CARD_SIZE_PX]


@pytest.mark.full
def test_a_sure_card_is_recognised_once() -> None:
    told = engine()
    reader(told).read(page((draw_card(), PLACE), desk=form()))
    assert len(told.sizes) == 1


def in_scan(lines: tuple[TextLine, ...], quad: Points) -> tuple[TextLine, ...]:
    return tuple(replace(line, corners=to_scan(line.corners, quad)) for line in lines)


def without_outline(card: Pixels, quad: Points) -> Picture:
    """A card whose edges cannot be seen: its print alone lies on paper of its own colour."""
    paper = (232, 236, 226)
    printed = card.copy()
    printed[np.abs(card.astype(int) - paper).max(2) < 16] = paper
    printed[:, 560:] = paper  # nor a portrait
    return scan_of(grainy(lay(plain_desk(paper), printed, quad, shadow=0.0)))


@pytest.mark.full
def test_without_an_outline_the_words_tell_where_the_card_lies() -> None:
    told = engine(page_lines=in_scan(FRONT_LINES, PLACE))
    reading = reader(told).read(without_outline(draw_card(), PLACE))
    assert reading.documents[0].location.by is LocatedBy.NUMBER_LINE
    assert overlap(reading.documents[0].location.quad, PLACE) > 0.8
    assert values(reading)["id_number"] == Person().number


# ---------------------------------------------------------------- a box that the teller drew


@pytest.mark.full
def test_a_box_is_read_and_nothing_else() -> None:
    quads = corners_at((420, 350), 430, 15), corners_at((1150, 800), 440, 10)
    scan = page((draw_card(tag=GREEN), quads[0]), (draw_card(2), quads[1]))
    low, high = quads[1].min(0) - 20, quads[1].max(0) + 20
    box = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    reading = reader().read(scan, quad=box)
    assert [(d.kind, d.location.by) for d in reading.documents] == [(DocumentKind.FRONT, LocatedBy.MANUAL)]


@pytest.mark.full
def test_a_box_around_a_card_without_an_outline_is_taken_as_it_is() -> None:
    quad = corners_at((800, 560), 520, 0)
    reading = reader().read(without_outline(draw_card(), quad), quad=quad)
    assert reading.documents[0].location.by is LocatedBy.MANUAL
    assert values(reading)["name"] == Person().name


@pytest.mark.full
@pytest.mark.parametrize(
    "box",
    [
        np.full((4, 2), np.nan, np.float32),
        np.array([[0, 0], [np.inf, 0], [300, 200], [0, 200]], np.float32),
        np.array([[10, 10], [300, 10], [300, 10], [10, 10]], np.float32),
        np.array([[-90, -90], [-10, -90], [-10, -10], [-90, -10]], np.float32),
        np.zeros((3, 2), np.float32),
    ],
    ids=["not a number", "infinite", "a line", "beside the scan", "three corners"],
)
def test_what_is_no_box_is_our_own_fault(box: Points) -> None:
    with pytest.raises(BugError):
        reader().read(page((draw_card(), PLACE)), quad=box)


@pytest.mark.full
def test_of_a_box_beyond_the_scan_the_part_on_it_is_read() -> None:
    quad = corners_at((290, 200), 520, 0)
    right, bottom = quad.max(0) + 10
    huge = np.array([[-1e7, -1e7], [right, -1e7], [right, bottom], [-1e7, bottom]], np.float32)
    assert values(reader().read(page((draw_card(), quad)), quad=huge))["name"] == Person().name


@pytest.mark.full
def test_a_box_around_nothing_is_no_error() -> None:
    box = np.array([[10, 10], [300, 10], [300, 200], [10, 200]], np.float32)
    assert reader().read(page((draw_card(), PLACE)), quad=box).documents == ()


# ---------------------------------------------------------------- what keeps a card from being read


@pytest.mark.full
def test_a_blank_page_is_blank() -> None:
    assert reader().read(scan_of(grainy(plain_desk((240, 240, 240))))).finding is ScanFinding.BLANK


@pytest.mark.full
def test_an_unevenly_lit_empty_desk_is_blank() -> None:
    light = np.linspace(80, 200, PAGE_PX[0])[None, :, None] * np.ones((PAGE_PX[1], 1, 3))
    assert reader().read(scan_of(grainy(light.astype(np.uint8)))).finding is ScanFinding.BLANK


@pytest.mark.full
def test_a_form_alone_is_no_card() -> None:
    assert reader().read(scan_of(grainy(form()))).finding is ScanFinding.NO_DOCUMENT


@pytest.mark.full
def test_a_form_that_can_be_read_is_another_document() -> None:
    rows = text_lines([Item("个人银行结算账户申请书", 200, 80, 40), Item("客户填写", 100, 200, 30)])
    assert reader(engine(page_lines=rows)).read(scan_of(grainy(form()))).finding is ScanFinding.OTHER_DOCUMENT


@pytest.mark.full
def test_a_bank_card_is_another_document() -> None:
    assert reader().read(page((draw_card(tag=RED), PLACE))).finding is ScanFinding.OTHER_DOCUMENT


@pytest.mark.full
def test_a_card_of_which_most_is_covered_is_covered() -> None:
    rows = tuple(line for line in FRONT_LINES if line.text == "住址")
    reading = reader(engine(cards=((TAG_BGR, rows),))).read(page((draw_card(), PLACE)))
    assert reading.finding is ScanFinding.COVERED


@pytest.mark.full
def test_a_blurred_card_is_not_sharp() -> None:
    scan = page((draw_card(), PLACE))
    blurred = scan_of(np.asarray(cv2.GaussianBlur(scan.pixels, (0, 0), 4.0), np.uint8))
    rows = text_lines([Item("囗囗", 100, 100, 40), Item("口囗", 100, 200, 40)])
    weak = tuple(replace(line, confidence=0.4, character_confidences=(0.4, 0.4)) for line in rows)
    assert reader(engine(cards=((TAG_BGR, weak),))).read(blurred).finding is ScanFinding.NOT_SHARP


@pytest.mark.full
def test_a_card_that_is_too_small_is_said() -> None:
    rows = text_lines([Item("住址", 62, 320, 40), Item("囗", 100, 200, 40)])
    reading = reader(engine(cards=((TAG_BGR, rows),))).read(page((draw_card(), corners_at((800, 560), 260, 20))))
    assert reading.finding is ScanFinding.TOO_SMALL


def portrait_scene() -> Picture:
    scene = plain_desk((150, 160, 170))
    cv2.ellipse(scene, (800, 520), (230, 300), 0, 0, 360, (140, 165, 210), -1)
    cv2.ellipse(scene, (800, 1000), (420, 220), 0, 180, 360, (90, 60, 40), -1)
    return scan_of(grainy(scene))


@pytest.mark.full
def test_a_person_before_the_lens_is_told() -> None:
    assert reader(shows_face=lambda scan: True).read(portrait_scene()).finding is ScanFinding.FACE


@pytest.mark.full
def test_a_person_is_no_document_where_nothing_tells_faces() -> None:
    assert reader().read(portrait_scene()).finding is ScanFinding.NO_DOCUMENT


HOSTILE: dict[str, Callable[[], Pixels]] = {
    "tiny": lambda: np.zeros((8, 8, 3), np.uint8),
    "a strip": lambda: np.full((9, 4000, 3), 120, np.uint8),
    "a long strip": lambda: np.full((9, 9000, 3), 120, np.uint8),
    "a strip of noise": lambda: np.random.default_rng(2).integers(0, 256, (8000, 8, 3), dtype=np.uint8),
    "a very long strip": lambda: np.random.default_rng(2).integers(0, 256, (12, 16000, 3), dtype=np.uint8),
    "one pixel": lambda: np.zeros((1, 1, 3), np.uint8),
    "noise": lambda: np.random.default_rng(2).integers(0, 256, (900, 1200, 3), dtype=np.uint8),
    "checks": lambda: np.asarray((np.indices((900, 1200)).sum(0) // 40 % 2 * 200)[:, :, None].repeat(3, 2), np.uint8),
    "white": lambda: np.full((900, 1200, 3), 255, np.uint8),
    "black": lambda: np.zeros((900, 1200, 3), np.uint8),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_whatever_lies_there_the_answer_says_what(name: str) -> None:
    reading = reader().read(scan_of(HOSTILE[name]()))
    assert reading.documents == ()
    assert reading.finding is not None


# ---------------------------------------------------------------- in time


class Clock:
    """Seconds that pass only where they are told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> Callable[[], None]:
        def passed() -> None:
            self.now_s += seconds

        return passed


@pytest.mark.full
def test_no_recognition_begins_when_the_time_is_over() -> None:
    clock = Clock()
    slow = engine(cards=(), before=clock.pass_s(0.6))
    reader(slow, clock=clock).read(page((draw_card(), PLACE), desk=form()))
    assert clock.now_s <= LAST_RECOGNITION_BEGINS_S + 0.6


@pytest.mark.full
def test_one_card_is_read_however_slow_the_engine() -> None:
    clock = Clock()
    reading = reader(engine(before=clock.pass_s(9.0)), clock=clock).read(page((draw_card(), PLACE)))
    assert reading.finding is None
    assert clock.now_s == pytest.approx(9.0)


@pytest.mark.full
def test_the_first_recognition_begins_even_where_looking_for_a_card_took_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def found_late(pixels: Pixels) -> tuple[CardCandidate, ...]:
        clock.pass_s(5.0)()
        return find_cards(pixels)

    monkeypatch.setattr("teller_assist.documents.reader.find_cards", found_late)
    told = engine()
    assert reader(told, clock=clock).read(page((draw_card(), PLACE))).finding is None
    assert len(told.sizes) == 1


@pytest.mark.full
def test_a_card_that_was_seen_on_the_page_when_the_time_was_over_is_read_by_the_page_s_lines() -> None:
    clock = Clock()
    told = engine(page_lines=in_scan(FRONT_LINES, PLACE), before=clock.pass_s(1.5))
    reading = reader(told, clock=clock).read(without_outline(draw_card(), PLACE))
    assert values(reading) == Person().values
    fields = reading.documents[0].fields
    assert fields[FieldName.ID_NUMBER].accepted
    for name in (FieldName.NAME, FieldName.ADDRESS):
        assert not fields[name].accepted, "small print that nothing confirms"
        assert fields[name].doubtful == tuple(range(len(fields[name].value.reveal())))
    assert len(told.sizes) == 1


@pytest.mark.full
def test_a_card_on_a_form_that_was_taken_for_it_is_read_by_its_own_lines_when_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = corners_at((800, 560), 860, 20)
    monkeypatch.setattr("teller_assist.documents.reader.find_cards", lambda _pixels: (CardCandidate(sheet, 0.9),))
    beside = replace(FRONT_LINES[0], text="业务种类", corners=FRONT_LINES[1].corners + np.array([560, 0], np.float32))
    clock = Clock()
    seen = in_scan((*FRONT_LINES, beside), PLACE)
    lines = tuple(replace(line, corners=to_card(line.corners, sheet)) for line in seen)
    told = engine(cards=((TAG_BGR, lines),), before=clock.pass_s(2.0))
    monkeypatch.setattr("tests.stand_ins.pretending_engine.mark_of", lambda _card: (TAG_BGR, False))
    (document,) = reader(told, clock=clock).read(page((draw_card(), PLACE), desk=form())).documents
    assert {name.value: field.value.reveal() for name, field in document.fields.items()} == Person().values
    assert not document.fields[FieldName.NAME].accepted
    assert overlap(document.location.quad, PLACE) > 0.85


@pytest.mark.full
def test_both_sides_copied_onto_one_page_without_outlines_are_read() -> None:
    quads = corners_at((420, 350), 430, 0), corners_at((1150, 800), 440, 0)
    paper = (232, 236, 226)
    printed = np.full_like(plain_desk(paper), 232)
    printed[:] = paper
    lines = (*in_scan(FRONT_LINES, quads[0]), *in_scan(BACK_LINES, quads[1]))
    for line in lines:
        low, high = line.corners.min(0).astype(int), line.corners.max(0).astype(int)
        printed[low[1] : high[1] : 3, low[0] : high[0]] = 60
    clock = Clock()
    reading = reader(engine(page_lines=lines, before=clock.pass_s(1.0)), clock=clock).read(scan_of(grainy(printed)))
    assert {document.kind for document in reading.documents} == {DocumentKind.FRONT, DocumentKind.BACK}


@pytest.mark.full
def test_nothing_more_is_read_once_nobody_waits() -> None:
    told = engine()
    nobody_waits = threading.Event()
    nobody_waits.set()
    reader(told).read(page((draw_card(), PLACE)), cancel=nobody_waits)
    assert told.sizes == []


@pytest.mark.full
def test_the_time_is_told_by_stage() -> None:
    latency = reader().read(page((draw_card(), PLACE))).latency_ms
    assert set(latency) == {"locate", "rectify", "orient", "recognise", "fields", "total"}
    assert latency["total"] >= sum(spent for name, spent in latency.items() if name != "total")


@pytest.mark.full
def test_an_engine_that_fails_is_no_finding() -> None:
    def fail() -> None:
        raise DocumentEngineError("document_engine_failed", why="stand_in")

    with pytest.raises(DocumentEngineError):
        reader(engine(before=fail)).read(page((draw_card(), PLACE)))


@pytest.mark.full
def test_nothing_personal_shows_in_what_is_logged() -> None:
    reading = reader().read(page((draw_card(), PLACE)))
    assert Person().number not in repr(reading)
    assert Person().name not in repr(reading.documents[0].fields[FieldName.NAME].value)
