"""Made-up cases of a whole branch, sealed or in clear, for long runs: nobody in them exists and no picture shows anybody."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image

from teller_assist import __version__
from teller_assist.evidence.id_number import check_character

PICTURE_SIDE_PX = 141  # of noise: about 60 kB as PNG, as much as a camera's picture of a face
_ROLES = ("live", "chip", "netcheck")
_AREA = "190001"  # no area's code begins with 19
_DAYS_A_MONTH, _PERSONS_A_DAY = 28, 1000


def made_up_number(person: int) -> str:
    """Return an ID number that nobody has; another one for each of the first 20 million persons."""
    day, serial = divmod(person, _PERSONS_A_DAY)
    month, day = divmod(day, _DAYS_A_MONTH)
    year, month = divmod(month, 12)
    first_17 = f"{_AREA}{1930 + year % 90:04d}{month + 1:02d}{day + 1:02d}{serial:03d}"
    return first_17 + check_character(first_17)


def made_up_case(
    station: str,
    sequence: int,
    moment: str,
    *,
    case_id: str = "",
    person: int = 1,
    teller: str = "柜员一",
    business_kind: str = "loss_report",
    alerts: Sequence[tuple[str, str, str]] = (),
    pictures: bool = True,
) -> dict[str, Any]:
    """Return a case/1 document.

    Parameters
    ----------
    alerts
        (kind, severity, why) of each.
    """
    case_id = case_id or uuid.uuid4().hex
    consent = {"basis": "separate_consent", "face_refused": False, "face_path_left": False}
    return {
        "schema": "case/1",
        "product_version": __version__,
        "case_id": case_id,
        "station": {"id": station, "counter": "1号柜台"},
        "station_sequence": sequence,
        "created": moment,
        "transaction": {
            "business_kind": business_kind,
            "teller": teller,
            "started": moment,
            "ended": moment,
            "ending": "settled",
            "consent": consent,
            "attempts": 1,
        },
        "persons": [
            {"role": "holder", "name": "林晓样", "number": made_up_number(person), "sex": "male", "valid_until": "long_term"}
        ],
        "evidence": [_picture(role) if pictures else {"role": role, "kept": False, "why": "policy"} for role in _ROLES],
        "netcheck": "MATCH_PHOTO_SAME",
        "pad": {"state": "not_available", "why": ["passive_model_missing"]},
        "kinship": {"state": "no", "possible_twin": False, "look_alike": False, "why": "no_relative_in_register"},
        "comparisons": [{"edge": f"live_{role}", "compared": True, "answer": _answer()} for role in _ROLES[1:]],
        "judgement": {"made": True, "outcome": "MATCH", "face": "match", "rule": "clear_match"},
        "next_step": "proceed",
        "reasons": ["live_chip_agrees"],
        "alerts": [{"id": uuid.uuid4().hex, "kind": kind, "severity": severity, "why": why} for kind, severity, why in alerts],
        "decision": {"taken": "pass", "reason": "", "second_teller": "", "documents": []},
        "devices": [{"kind": "camera", "state": "ready"}],
        "models": [{"id": "sface-2021dec", "sha256": "0" * 64, "state": "ready"}],
        "policy": {"date": "2026-11-27", "keep_pictures": "alerts"},
        "latency_ms": {"card_to_gauge": 260.0},
    }


def _answer() -> dict[str, Any]:
    rate = {"stated": True, "value": 3e-5, "bound": "upper", "errors": 11, "comparisons": 358_800, "ci95": [1e-5, 5e-5]}
    return {
        "schema": "compare/1",
        "outcome": "MATCH",
        "score_raw": 0.61,
        "model_id": "sface-2021dec",
        "model_version": "sha256:" + "0" * 64,
        "calibration_id": "sface-2021dec/live-chip/2026-11-25",
        "fmr_at_score": rate,
        "fnmr_at_score": rate,
        "thresholds": {},
        "quality": {},
        "advice": [],
    }


@cache
def _picture(role: str) -> dict[str, Any]:
    """Return noise: it takes as much room as a photograph and cannot be packed smaller."""
    noise = random.Random(role).randbytes(3 * PICTURE_SIDE_PX**2)  # noqa: S311 (no secret)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (PICTURE_SIDE_PX, PICTURE_SIDE_PX), noise).save(buffer, "PNG")
    data = buffer.getvalue()
    return {
        "role": role,
        "kept": True,
        "media_type": "image/png",
        "width_px": PICTURE_SIDE_PX,
        "height_px": PICTURE_SIDE_PX,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": base64.b64encode(data).decode("ascii"),
    }
