"""A case as a manager finds it, with drawn portraits: nobody in it exists, nothing in it was photographed."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from teller_assist.alerts.envelope import seal_case
from teller_assist.demonstration.drawn_faces import LOOKS, Look, drawn_person
from teller_assist.evidence.pictures import Pixels
from teller_assist.pictures.encode import encode_png
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import made_up_case, number

# Of the drawing, in shares of its height: the head from the brows to the chin.
_FACE_TOP, _FACE_HEIGHT, _FACE_WIDTH = 40 / 145, 66 / 145, 62 / 145


def deliver_drawn_case(server: RunningServer, station: EnrolledStation, sequence: int = 1, **changed: Any) -> str:
    """Deliver the case of somebody who does not look like the card's holder; return its id."""
    case = drawn_case(sequence, station=station.enrolment.station_id, **changed)
    station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
    return str(case["case_id"])


def drawn_case(sequence: int = 1, *, station: str, **changed: Any) -> dict[str, Any]:
    """Return a case/1 document with four pictures of which one shows another person."""
    holder, other = LOOKS[0], LOOKS[2]
    evidence = [
        {**_picture("live", drawn_person(640, 480, other)), "imported": False},
        _picture("chip", drawn_person(102, 126, holder)),
        _picture("netcheck", drawn_person(178, 220, holder, mesh=True)),
        _picture("netcheck_restored", drawn_person(178, 220, holder)),
    ]
    person = {
        "role": "holder",
        "source": "chip",
        "name": "林晓样",
        "number": number(17),
        "sex": "male",
        "birth_date": "1990-03-15",
        "ethnicity": "汉",
        "issuer": "示例市公安局",
        "valid_from": "2015-01-01",
        "valid_until": "2035-01-01",
    }
    alerts = (("impostor", "stop", "live_chip_differs"), ("kinship", "info", "possible_twin"))
    made = made_up_case(sequence, station=station, alerts=alerts)
    told = {
        "evidence": evidence,
        "persons": [person],
        "comparisons": [
            {"edge": "live_chip", "compared": True, "answer": _answer("NON_MATCH", -3.4, (-4.1, -2.6), None)},
            {"edge": "live_netcheck", "compared": True, "answer": _answer("INCONCLUSIVE", -0.4, (-1.3, 0.6), None)},
            {"edge": "chip_netcheck", "compared": True, "answer": _answer("MATCH", 5.9, (5.2, 6.4), (-0.06, 0.03))},
        ],
        "judgement": {"made": True, "outcome": "NON_MATCH", "face": "non_match", "rule": "clear_non_match"},
        "teller_judgement": {"asked": True, "given": "probably_different"},
        "challenge": [{"question": "own_number", "right": True}, {"question": "valid_from", "right": False}],
        "next_step": "manager_review",
        "reasons": ["live_chip_differs", "live_netcheck_cannot_tell"],
        "decision": {"taken": "refer", "reason": "cannot_tell", "second_teller": "", "documents": []},
    }
    return {**made, **told, **changed}


def _picture(role: str, pixels: Pixels) -> dict[str, Any]:
    data = encode_png(pixels)
    height, width = pixels.shape[:2]
    face = {
        "x_px": round(width / 2 - _FACE_WIDTH * height / 2, 1),
        "y_px": round(_FACE_TOP * height, 1),
        "width_px": round(_FACE_WIDTH * height, 1),
        "height_px": round(_FACE_HEIGHT * height, 1),
        "by_layout": False,
    }
    return {
        "role": role,
        "kept": True,
        "media_type": "image/png",
        "width_px": width,
        "height_px": height,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": base64.b64encode(data).decode("ascii"),
        "face": face,
    }


def plain_picture(role: str, width_px: int, height_px: int, look: Look = LOOKS[0]) -> dict[str, Any]:
    """Return a kept picture on which no face was measured."""
    picture = _picture(role, drawn_person(width_px, height_px, look))
    del picture["face"]
    return picture


def _answer(outcome: str, llr: float, interval: tuple[float, float], band: tuple[float, float] | None) -> dict[str, Any]:
    not_stated = {"stated": False, "why_zh": "只有判断为同一人时才给出", "why_en": "on a pass only", "comparisons": 0}
    stranger = {"stated": True, "value": 1.1e-4, "bound": "upper", "errors": 41, "comparisons": 358_800, "ci95": [8e-5, 1.6e-4]}
    same = {"stated": True, "value": 0.013, "bound": "estimate", "errors": 64, "comparisons": 4_900, "ci95": [0.010, 0.017]}
    return {
        "schema": "compare/1",
        "outcome": outcome,
        "score_raw": 0.31,
        "model_id": "sface-2021dec",
        "model_version": "sha256:" + "0" * 64,
        "calibration_id": "sface-2021dec/live-chip/2026-11-29",
        "fmr_at_score": {**stranger, "group": "first"},
        "fnmr_at_score": {**same, "group": "first"},
        "llr": llr,
        "llr_ci95": list(interval),
        "llr_relative_band": not_stated if band is None else list(band),
        "thresholds": {},
        "quality": {},
        "advice": ["factory_calibration"],
    }
