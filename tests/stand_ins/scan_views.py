"""Made-up views of a scan, drawn; one for every state that the scan card can be in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.settings.personal import Personal
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.view_scan import PrintedFieldView, ScanState, ScanView
from tests.stand_ins.drawn_cards import BACK, CORNERS, FRONT, drawn_crop, drawn_scan

MASKED = {
    FieldName.NAME: "林*晓",
    FieldName.BIRTH: "1990-**-**",
    FieldName.ADDRESS: "样本省示例市***",
    FieldName.ID_NUMBER: "190001 19** **** 0027",
}
BOTH = (DocumentKind.FRONT, DocumentKind.BACK)


@cache
def _scan() -> Pixels:
    return drawn_scan()[0]


def field(name: FieldName, *, value: str = "", chip: str = "", **changed: Any) -> PrintedFieldView:
    """One field; it is shown whole where it is to be looked at or differs."""
    printed = value or {**FRONT, **BACK}[name]
    whole = changed.get("to_look_at", False) or changed.get("agreement") is Agreement.DIFFERENT
    beside = chip or printed
    told: dict[str, Any] = {
        "agreement": Agreement.EQUAL,
        "chip": Personal(beside if whole else MASKED.get(name, beside)),
    }
    if changed.get("agreement") is Agreement.MISSING:
        told["chip"] = None
    if changed.get("agreement") in (Agreement.DIFFERENT, Agreement.EQUIVALENT):
        told["why"] = sentence("agreement", changed["agreement"])
    shown = printed if whole else MASKED.get(name, printed)
    return PrintedFieldView(name, Personal(printed), Personal(shown), crop=drawn_crop(name, printed)[0], **{**told, **changed})


def scan(*changed: PrintedFieldView, kinds: tuple[DocumentKind, ...] = BOTH, **more: Any) -> ScanView:
    """A scan that was read; the fields that are not named agree."""
    named = {one.field: one for one in changed}
    names = [*FRONT, *(BACK if DocumentKind.BACK in kinds or DocumentKind.TEMPORARY in kinds else ())]
    missing = {} if more.get("has_chip", True) else {"agreement": Agreement.MISSING}
    usual = {
        "state": ScanState.READ,
        "may_scan": True,
        "may_settle": True,
        "small": _scan(),
        "large": _scan(),
        "outlines": (CORNERS,),
        "kinds": kinds,
        "fields": tuple(named.get(name) or field(name, **missing) for name in names),
    }
    return ScanView(**{**usual, **more})


def nothing(state: ScanState, **more: Any) -> ScanView:
    return scan(kinds=(), fields=(), outlines=(), **{"state": state, **more})


def doubtful() -> PrintedFieldView:
    return field(FieldName.NAME, value="林样晓", doubtful=(1,), to_look_at=True)


def doubtful_address() -> PrintedFieldView:
    value = "样本省示例市演示区海湾路1888弄26号302室"
    return field(FieldName.ADDRESS, value=value, doubtful=(13, 22), to_look_at=True)


def different() -> PrintedFieldView:
    return field(
        FieldName.ID_NUMBER,
        value="190001199003150027",
        chip="190001199003150035",
        agreement=Agreement.DIFFERENT,
        differing=(16, 17),
        to_look_at=True,
    )


def expired(**changed: Any) -> PrintedFieldView:
    """A field that was read surely and fails a check."""
    what = sentence("document_check", "in_force")
    zh, en = (sentence("scan_card", "check_failed", check=one) for one in (what.zh, what.en))
    return field(FieldName.VALID_TO, value="2020-01-01", failed=(Sentences(zh.zh, en.en),), **changed)


SCANS: dict[str, Callable[[], ScanView]] = {
    "unasked": lambda: nothing(ScanState.NOT_ASKED, small=None, large=None),
    "watching": lambda: nothing(ScanState.WATCHING, small=None, large=None, told=sentence("scan_watch", "not_sharp")),
    "watching_again": lambda: nothing(ScanState.WATCHING, told=sentence("scan_watch", "settling")),
    "scanning": lambda: nothing(ScanState.SCANNING, small=None, large=None),
    "reading": lambda: nothing(ScanState.READING),
    "waiting": lambda: nothing(ScanState.SCANNING, told=sentence("scan", "not_sharp")),
    "agrees": scan,
    "one_side": lambda: scan(kinds=(DocumentKind.FRONT,)),
    "doubts": lambda: scan(doubtful(), doubtful_address()),
    "differs": lambda: scan(
        different(),
        doubtful(),
        field(
            FieldName.AUTHORITY,
            chip="示例市公安局演示区分局",
            agreement=Agreement.DIFFERENT,
            to_look_at=True,
        ),
    ),
    "edited": lambda: scan(field(FieldName.NAME, edited=True), field(FieldName.ETHNICITY, agreement=Agreement.EQUIVALENT)),
    "check_failed": lambda: scan(expired()),
    "nothing_found": lambda: nothing(ScanState.NOTHING_READ, told=sentence("scan", "no_document")),
    "several": lambda: scan(told=sentence("scan_state", "several")),
    "temporary": lambda: scan(
        field(FieldName.NAME, doubtful=(1,), to_look_at=True, agreement=Agreement.MISSING),
        kinds=(DocumentKind.TEMPORARY,),
        has_chip=False,
    ),
    "blanked": lambda: scan(fields=(), small=None, large=None, outlines=(), blanked=True, may_settle=False),
}
