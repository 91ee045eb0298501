"""One picture of a set: a person made up, a card drawn, worn, laid on a desk and photographed; and its truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teller_assist.evaluation.documents.chance import Chance, chance_for, happens
from teller_assist.evaluation.documents.desks import draw_desk
from teller_assist.evaluation.documents.drawing.back import draw_back
from teller_assist.evaluation.documents.drawing.front import FrontText, draw_front
from teller_assist.evaluation.documents.drawing.paper import to_bgr
from teller_assist.evaluation.documents.drawing.portrait import draw_portrait
from teller_assist.evaluation.documents.drawing.second_script import script_of
from teller_assist.evaluation.documents.drawing.style import chosen_style
from teller_assist.evaluation.documents.drawing.temporary import draw_temporary
from teller_assist.evaluation.documents.exposure import compression, expose
from teller_assist.evaluation.documents.fonts import FontUse, fonts_for
from teller_assist.evaluation.documents.persons import REFERENCE_DAY, MadeUpPerson, make_up_person
from teller_assist.evaluation.documents.placing import CARD_MM, Frame, Placement, choose_frame, clear_of, place_card
from teller_assist.evaluation.documents.scene import beside, hold, lay
from teller_assist.evaluation.documents.severity import MODES, SEVERITIES, Mode, Severity
from teller_assist.evaluation.documents.things import draw_thing
from teller_assist.evaluation.documents.wear import wear_card
from teller_assist.evaluation.photo_kinds.encoding import camera_jpeg
from teller_assist.evidence.id_number import whole_years
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX, DocumentKind

_BILINGUAL_SHARE = 0.75  # of cards from a region that has a second script
_SECOND_DOCUMENT_SHARE = 0.15  # both sides of a card on one scan, as branches keep them
_THING_SHARE = {Mode.A4: 0.15, Mode.FLAT: 0.0, Mode.CAMERA: 0.25}
_FINGER_SHARE = {Severity.MILD: 0.05, Severity.MODERATE: 0.15, Severity.HARD: 0.25}
_THING_MM = (85.6, 54.0)
_THING_TRIES = 8
_PERSON_TRIES = 20  # with Noto Sans CJK the first one will do


@dataclass(frozen=True, eq=False)
class MadeUpCard:
    """One drawn and worn card.

    Attributes
    ----------
    pixels
        uint8, shape (638, 1011, 3), BGR, flat and upright.
    truth
        ``kind`` and ``fields`` of the set's row, and how it was drawn: ``fonts``, ``script``, ``wear``.
    """

    pixels: Pixels
    truth: dict[str, Any]


@dataclass(frozen=True, eq=False)
class MadeUpPicture:
    """A JPEG file and its row of ``truth.json``, the file's name left out."""

    data: bytes
    row: dict[str, Any]


def make_picture(seed: int, number: int, kind: DocumentKind) -> MadeUpPicture:
    """Return one picture: the same bytes for the same seed, number, kind, fonts and versions of the libraries.

    Parameters
    ----------
    number
        Of the picture in its set, from 0; decides severity and mode in turn.
    kind
        Of ``truth.READ_KINDS``.

    Raises
    ------
    PhotographsMissingError
        "no_chinese_font".
    """
    severity, mode = turn_of(number)
    name = f"{kind}-{number}"
    person = _drawable_person(seed, name, temporary=kind is DocumentKind.TEMPORARY)
    card = draw_card(person, kind, severity, chance_for(seed, name, "card"))
    chance = chance_for(seed, name, "scene")
    frame = choose_frame(mode, severity, chance)
    placement = place_card(frame, mode, severity, chance)
    while placement is None:  # a card wider than the frame's height allows at this turn: a smaller one
        frame = Frame(frame.width_px, frame.height_px, frame.px_per_mm * 0.95)
        placement = place_card(frame, mode, severity, chance)
    desk, background = draw_desk(mode, frame.width_px, frame.height_px, chance)
    scene_row = _lay_things(desk, frame, mode, placement, chance)
    others = _lay_second(desk, person, kind, frame, mode, severity, placement, chance)
    _lay_card(desk, card.pixels, placement, frame, mode)
    if mode is Mode.CAMERA and happens(chance, _FINGER_SHARE[severity]):
        scene_row["fingers"] = hold(desk, placement.quad, chance)
    picture, effects = expose(desk, placement.quad, mode, severity, chance_for(seed, name, "exposure"))
    quality = compression(severity, chance)
    row = card.truth | {
        "severity": severity.value, "background": background, "quad": _rounded(placement.quad), "mode": mode.value,
        "size": [frame.width_px, frame.height_px], "angle": placement.angle_deg, "card_px": round(placement.card_px),
        "jpeg": quality, "degrade": effects, "scene": scene_row, "others": others,
    }  # fmt: skip
    return MadeUpPicture(camera_jpeg(picture, quality), row)


def turn_of(number: int) -> tuple[Severity, Mode]:
    """Return how hard the picture of a number is, and what takes it: every pair comes up in twenty pictures."""
    return SEVERITIES[number % len(SEVERITIES)], MODES[number // len(SEVERITIES) % len(MODES)]


def draw_card(person: MadeUpPerson, kind: DocumentKind, severity: Severity, chance: Chance) -> MadeUpCard:
    """Return one side of a person's card, worn as far as the severity goes.

    Raises
    ------
    PhotographsMissingError
        "no_chinese_font".
    """
    text = FrontText(person.name, person.sex, person.ethnicity, person.birth, person.address, person.id_number)
    printed = text.printed + person.place.authority + "-."
    style = chosen_style(chance, printed, reddish=kind is DocumentKind.BACK)
    portrait = draw_portrait(chance, person.sex, whole_years(person.birth, REFERENCE_DAY))
    truth: dict[str, Any] = {"kind": kind.value, "fields": _fields(person, kind)}
    if kind is DocumentKind.BACK:
        card = draw_back(person.place.authority, person.valid_from, person.valid_to, style)
    elif kind is DocumentKind.TEMPORARY:
        valid_to = person.valid_to or person.valid_from
        card = draw_temporary(text, person.place.authority, person.valid_from, valid_to, portrait, style)
    else:
        script = script_of(person.address) if happens(chance, _BILINGUAL_SHARE) else None
        card = draw_front(text, portrait, style, script)
        truth["script"] = script.name if script is not None else ""
    pixels, wear = wear_card(to_bgr(card), severity, chance)
    return MadeUpCard(pixels, truth | {"fonts": list(style.fonts), "wear": wear})


def _drawable_person(seed: int, name: str, *, temporary: bool) -> MadeUpPerson:
    """Return the first person whose characters all stand in one font of this machine; where none has any, the last one."""
    for attempt in range(_PERSON_TRIES):
        person = make_up_person(chance_for(seed, name, "person", attempt), temporary=temporary)
        if fonts_for(FontUse.TEXT, person.name + person.address + person.place.authority):
            break
    return person


def _fields(person: MadeUpPerson, kind: DocumentKind) -> dict[str, str]:
    if kind is DocumentKind.FRONT:
        return person.front_fields
    return person.back_fields if kind is DocumentKind.BACK else person.front_fields | person.back_fields


def _lay_card(desk: Pixels, card: Pixels, placement: Placement, frame: Frame, mode: Mode) -> None:
    scale = frame.px_per_mm * CARD_MM[0] / CARD_SIZE_PX[0]
    lay(desk, card, placement.quad, rounded=True, shadow=0.3 if mode is Mode.CAMERA else 0.18, scale=scale)


def _lay_things(desk: Pixels, frame: Frame, mode: Mode, placement: Placement, chance: Chance) -> dict[str, Any]:
    """Lay another card or a slip beside the document's place, clear of it."""
    if not happens(chance, _THING_SHARE[mode]):
        return {}
    thing = draw_thing(chance)
    size_mm = (_THING_MM[0], _THING_MM[0] * thing.shape[0] / thing.shape[1])
    for _ in range(_THING_TRIES):
        quad = beside(placement.quad, size_mm, frame.px_per_mm, chance)
        if clear_of(quad, placement.quad):
            lay(desk, thing, quad, rounded=False, shadow=0.25, scale=frame.px_per_mm * size_mm[0] / thing.shape[1])
            return {"beside": _rounded(quad)}
    return {}


def _lay_second(
    desk: Pixels, person: MadeUpPerson, kind: DocumentKind, frame: Frame, mode: Mode, severity: Severity,
    placement: Placement, chance: Chance,
) -> list[dict[str, Any]]:  # fmt: skip
    """Lay the card's other side, from a copy or another card of the kind, where there is room for it."""
    if kind is DocumentKind.TEMPORARY or mode is not Mode.A4 or not happens(chance, _SECOND_DOCUMENT_SHARE):
        return []
    other_kind = DocumentKind.BACK if kind is DocumentKind.FRONT else DocumentKind.FRONT
    second = place_card(frame, mode, severity, chance, (placement.quad,))
    if second is None:
        return []
    card = draw_card(person, other_kind, severity, chance)
    _lay_card(desk, card.pixels, second, frame, mode)
    return [card.truth | {"quad": _rounded(second.quad)}]


def _rounded(quad: Points) -> list[list[float]]:
    return [[round(float(value), 1) for value in corner] for corner in np.asarray(quad)]
