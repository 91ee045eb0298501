"""Made-up cases in the form that stations seal; nobody in them exists, no picture shows anybody."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from typing import Any

from PIL import Image

from teller_assist.evidence.id_number import check_character

NAME = "林晓样"
NUMBER = "19000119900315017" + check_character("19000119900315017")  # no area's code begins with 19
STATION = "0" * 32
MOMENT = "2026-11-27T09:30:00.000Z"


def number(sequence: int, family: str = "19000119900315") -> str:
    first_17 = f"{family}{sequence:03d}"
    return first_17 + check_character(first_17)


def made_up_case(
    sequence: int = 1,
    *,
    station: str = STATION,
    case_id: str = "",
    alerts: tuple[tuple[str, str, str], ...] = (),
    pictures: bool = False,
    holder: str = NUMBER,
    **changed: Any,
) -> dict[str, Any]:
    """Return a case/1 document; alerts are (kind, severity, why)."""
    case_id = case_id or uuid.uuid4().hex
    roles = ("live", "chip", "netcheck")
    case = {
        "schema": "case/1",
        "product_version": "0.1.0",
        "case_id": case_id,
        "station": {"id": station, "counter": "3号柜台"},
        "station_sequence": sequence,
        "created": MOMENT,
        "transaction": {
            "business_kind": "loss_report",
            "teller": "柜员一",
            "started": MOMENT,
            "ended": MOMENT,
            "ending": "settled",
            "consent": {"basis": "separate_consent", "face_refused": False, "face_path_left": False},
            "attempts": 1,
        },
        "persons": [{"role": "holder", "name": NAME, "number": holder, "sex": "male", "valid_until": "long_term"}],
        "evidence": [_picture(role) if pictures else {"role": role, "kept": False, "why": "policy"} for role in roles],
        "netcheck": "MATCH_PHOTO_SAME",
        "pad": {"state": "not_available", "why": ["passive_model_missing"]},
        "kinship": {"state": "no", "possible_twin": False, "look_alike": False, "why": "no_relative_in_register"},
        "comparisons": [
            {"edge": "live_chip", "compared": True, "answer": _answer("MATCH")},
            {"edge": "live_netcheck", "compared": True, "answer": _answer("INCONCLUSIVE", stated=False)},
            {"edge": "chip_netcheck", "compared": False, "why": "no_photo"},
        ],
        "judgement": {"made": True, "outcome": "MATCH", "face": "match", "rule": "clear_match"},
        "next_step": "proceed",
        "reasons": ["live_chip_agrees", "no_relative_in_register"],
        "alerts": [
            {"id": uuid.uuid5(uuid.UUID(case_id), kind).hex, "kind": kind, "severity": severity, "why": why}
            for kind, severity, why in alerts
        ],
        "decision": {"taken": "pass", "reason": "", "second_teller": "", "documents": []},
        "devices": [{"kind": "camera", "state": "ready"}],
        "models": [{"id": "sface-2021dec", "sha256": "0" * 64, "state": "ready"}],
        "policy": {"date": "2026-11-27", "keep_pictures": "alerts"},
        "latency_ms": {"card_to_gauge": 260.0},
    }
    return {**case, **changed}


def _answer(outcome: str, *, stated: bool = True) -> dict[str, Any]:
    rate = (
        {"stated": True, "value": 3e-5, "bound": "upper", "errors": 11, "comparisons": 358_800, "ci95": [1e-5, 5e-5]}
        if stated
        else {"stated": False, "why_zh": "比对次数不足", "why_en": "too few comparisons", "comparisons": 100}
    )
    return {
        "schema": "compare/1",
        "outcome": outcome,
        "score_raw": 0.61,
        "model_id": "sface-2021dec",
        "model_version": "sha256:" + "0" * 64,
        "calibration_id": "sface-2021dec/live-chip/2026-11-21",
        "fmr_at_score": rate,
        "fnmr_at_score": rate,
        "thresholds": {},
        "quality": {},
        "advice": [],
    }


def _picture(role: str) -> dict[str, Any]:
    """A plain coloured picture: it shows nobody."""
    colours = {"live": (120, 90, 60), "chip": (60, 90, 120), "netcheck": (90, 120, 60)}
    buffer = io.BytesIO()
    Image.new("RGB", (102, 126), colours[role]).save(buffer, "PNG")
    data = buffer.getvalue()
    return {
        "role": role,
        "kept": True,
        "media_type": "image/png",
        "width_px": 102,
        "height_px": 126,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": base64.b64encode(data).decode("ascii"),
    }
