"""A case on paper: the PDF of an evidence pack, in the words of the case page."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from teller_assist.alerts.keys import ServerKeys
from teller_assist.review import case_words
from teller_assist.review.case_words import moment
from teller_assist.review.evidence_pack import pack_words
from teller_assist.review.evidence_pack.content import PackContent
from teller_assist.review.evidence_pack.fonts import ChineseFonts
from teller_assist.review.evidence_pack.pictures import MAIN_ROLES, PackPicture, all_have_faces, printed
from teller_assist.review.evidence_pack.proof import check_proof, proof_of
from teller_assist.review.evidence_pack.sheet import SMALL_PT, TEXT_PT, Sheet
from teller_assist.review.words import word
from teller_assist.wording import sentence

_FRAME_MM, _WITH_CAPTIONS_MM = 68.8, 80.0
_HASH_GROUP, _FINGERPRINT_GROUP, _SHORT_HASH = 8, 4, 12
_PROOF_MM = 110.0  # stays on one page
_CARD_SIDES = {"card_front": "picture_card_front", "card_back": "picture_card_back"}
_NOTHING = "—"


def pdf_of(
    content: PackContent, pictures: Sequence[PackPicture], content_sha256: str, keys: ServerKeys, fonts: ChineseFonts
) -> bytes:
    """Return the document.

    Parameters
    ----------
    content_sha256
        Hash of the pack's list of contents without this document: printed, so that paper and file can be held together.
    """
    at = datetime.datetime.fromisoformat(content.making.at)
    sheet = Sheet(
        fonts, title=f"evidence {content.listed.case_id[:8]}", at=at, page_words=_label("page", page="{page}", pages="{pages}")
    )
    sheet.foot(_label("foot_made", case=content.listed.case_id[:8], name=content.making.name), _label("foot"))
    sheet.begin()
    _head(sheet, content)
    _conclusions(sheet, content)
    _alerts(sheet, content)
    _pictures(sheet, content, pictures, fonts)
    _comparisons(sheet, content)
    _grounds(sheet, content)
    _findings(sheet, content)
    _sign_offs(sheet, content)
    _timeline(sheet, content)
    _proof(sheet, content, content_sha256, keys)
    return sheet.to_bytes()


def grouped(text: str, size: int = _HASH_GROUP) -> str:
    """Return a hash in groups that an eye can follow."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


def _head(sheet: Sheet, content: PackContent) -> None:
    listed, case, making = content.listed, content.case, content.making
    title = sentence("pack", "title")
    sheet.title(title.zh, title.en, _label("confidential"))
    transaction = case["transaction"]
    station = f"{listed.station_name} · {listed.sequence}"
    sheet.facts([(_label("case_number"), grouped(listed.case_id)), (_label("station"), station)])
    rows = [
        (_label("business"), word("business_kind", listed.business_kind).zh),
        (_label("teller"), transaction["teller"] or _NOTHING),
        (_label("role"), word("person_role", transaction.get("role", "holder")).zh),
        (_label("begun"), moment(transaction["started"])),
        (_label("ended"), moment(transaction["ended"])),
        (_label("received"), moment(listed.received)),
        (_label("made"), moment(making.at)),
        (_label("made_by"), _label("person", name=making.name, login=making.login)),
        (_label("purpose"), word("pack_purpose", making.purpose.value).zh),
    ]
    sheet.facts(rows, columns=3)
    if transaction.get("reference"):
        sheet.facts([(_label("reference"), transaction["reference"])], columns=1)
    zone = datetime.datetime.fromisoformat(making.at).astimezone().strftime("UTC%z")
    sheet.paragraph(_label("times_are", zone=zone), size=SMALL_PT, grey=True)


def _conclusions(sheet: Sheet, content: PackContent) -> None:
    listed, case = content.listed, content.case
    _heading(sheet, "conclusions")
    netcheck = word("netcheck", case["netcheck"]).zh
    before = [word("netcheck", code).zh for code in case.get("netcheck_before", ())]
    step = word("next_step", listed.next_step).zh if listed.next_step != "none" else _NOTHING
    rows = [
        (_label("outcome"), pack_words.outcome_word(listed.outcome).zh),
        (_label("next_step"), step),
        (_label("netcheck"), _label("netcheck_before", now=netcheck, before="、".join(before)) if before else netcheck),
        (_label("pad"), word("pad_state", case["pad"]["state"]).zh),
    ]
    sheet.facts(rows)
    sheet.facts([(_label("decision"), " · ".join(told.zh for told in pack_words.decided_words(case)))], columns=1)


def _alerts(sheet: Sheet, content: PackContent) -> None:
    _heading(sheet, "alerts")
    for alert in content.case["alerts"]:
        told, explained = case_words.alert_words(alert), case_words.alert_explained(alert)
        severity = word("severity", alert["severity"]).zh
        sheet.paragraph(f"{told.mark} {severity} · {told.zh}", bold=True)
        if explained.zh:
            sheet.paragraph(explained.zh, indent=4)
    seen = case_words.seen_before(content.case)
    for told, earlier in seen:
        sheet.paragraph(f"{told.zh}（{earlier}）", indent=4)
    if seen:
        sheet.paragraph(case_words.face_search_told(content.case).zh, size=SMALL_PT, grey=True, indent=4)
    if not content.case["alerts"] and not seen:
        sheet.paragraph(_label("no_alerts"))


def _pictures(sheet: Sheet, content: PackContent, pictures: Sequence[PackPicture], fonts: ChineseFonts) -> None:
    main = tuple(one for one in pictures if one.role in MAIN_ROLES)
    others = tuple(one for one in pictures if one.role not in MAIN_ROLES)
    by_face = all_have_faces(main)
    _heading(sheet, "pictures", keep_mm=_WITH_CAPTIONS_MM)
    mark = sheet.plain(_label("mark", name=content.making.name, at=moment(content.making.at)))

    def frame(one: PackPicture, *, cut: bool) -> tuple[bytes | None, str, tuple[str, ...]]:
        shown = None if one.pixels is None else printed(one, by_face=cut, mark=mark, font=fonts.regular)
        return shown, _absent(one), _below(one)

    for row, cut in [(row, by_face) for row in _threes(main)] + [(row, False) for row in _threes(others)]:
        sheet.frames([frame(one, cut=cut) for one in row], _FRAME_MM)
    if any(one.pixels is not None for one in pictures):
        sheet.paragraph(_label("by_face" if by_face else "whole"), size=SMALL_PT, grey=True)


def _threes(pictures: Sequence[PackPicture]) -> list[Sequence[PackPicture]]:
    return [pictures[at : at + 3] for at in range(0, len(pictures), 3)]


def _absent(picture: PackPicture) -> str:
    if picture.why == "unreadable":
        return _label("picture_unreadable")
    return word("server", f"picture_{picture.why}").zh if picture.why else ""


def _below(picture: PackPicture) -> tuple[str, ...]:
    if picture.role in MAIN_ROLES:
        caption = word("portrait", "imported" if picture.imported else picture.role).zh
    else:
        caption = word("pack", _CARD_SIDES.get(picture.role, picture.role)).zh
    if picture.pixels is None:
        return (caption,)
    width, height = picture.pixels.size
    size = _label("picture_size", width=width, height=height, sha256=picture.sha256[:_SHORT_HASH])
    return (caption, size) if picture.fits else (caption, size, _label("picture_other_hash"))


def _comparisons(sheet: Sheet, content: PackContent) -> None:
    _heading(sheet, "comparisons", keep_mm=45)
    rows = [
        (one.edge.zh, one.outcome.zh, one.strangers.zh, one.same_person.zh, one.calibration or _NOTHING)
        for one in pack_words.comparisons_told(content.case)
    ]
    head = [_label(code) for code in ("edge", "outcome", "strangers", "same_person", "calibration")]
    sheet.table(head, rows, (2.0, 2.5, 3.1, 3.1, 3.3), size=8)
    sheet.gap(1)
    sheet.paragraph(_label("comparisons_note"), size=SMALL_PT, grey=True)


def _grounds(sheet: Sheet, content: PackContent) -> None:
    case = content.case
    _heading(sheet, "reasons")
    for reason in case["reasons"] or ("",):
        sheet.paragraph(f"· {word('reason', reason).zh}" if reason else _NOTHING)
    _heading(sheet, "card")
    for person in case["persons"]:
        sheet.paragraph(" · ".join(told.zh for told in pack_words.person_told(person)))
    if not case["persons"]:
        sheet.paragraph(_label("no_card"))
    if case.get("without_chip", "none") != "none":
        sheet.paragraph(word("server", "no_chip").zh + word("no_chip", case["without_chip"]).zh)


def _findings(sheet: Sheet, content: PackContent) -> None:
    _heading(sheet, "findings", keep_mm=30)
    if not content.findings:
        sheet.paragraph(_label("no_findings"))
        return
    rows = [
        (
            moment(one.at),
            word("review_round", one.round.value).zh,
            _label("person", name=one.name, login=one.login),
            word("finding", one.finding.value).zh,
            word("review_outcome", one.outcome.value).zh,
            one.note or _NOTHING,
        )
        for one in content.findings
    ]
    head = [_label(code) for code in ("at", "round", "reviewer", "finding", "told_counter", "note")]
    sheet.table(head, rows, (2.1, 2.0, 2.2, 1.4, 2.1, 3.6))


def _sign_offs(sheet: Sheet, content: PackContent) -> None:
    _heading(sheet, "sign_offs")
    if not content.sign_offs:
        sheet.paragraph(_label("no_sign_offs"))
        return
    rows = [
        (moment(one.at), _label("person", name=one.name, login=one.login), _label("agreed" if one.agreed else "not_agreed"))
        for one in content.sign_offs
    ]
    sheet.table([_label(code) for code in ("at", "signer", "signature")], rows, (2, 4, 4))


def _timeline(sheet: Sheet, content: PackContent) -> None:
    transaction, listed = content.case["transaction"], content.listed
    _heading(sheet, "timeline")
    rows = [
        (moment(transaction["started"]), word("server", "started").zh, listed.station_name, _NOTHING),
        (moment(transaction["ended"]), word("server", f"ending_{transaction['ending']}").zh, listed.station_name, _NOTHING),
    ]
    for link in content.links:
        at, told, actor = pack_words.event_told(link)
        who = listed.station_name if actor == listed.station_id else actor
        rows.append((moment(at), told.zh, who, str(link.index)))
    sheet.table([_label(code) for code in ("at", "what", "who", "entry")], rows, (2.4, 4, 3, 1.4))


def _proof(sheet: Sheet, content: PackContent, content_sha256: str, keys: ServerKeys) -> None:
    _heading(sheet, "proof", keep_mm=_PROOF_MM)
    entries = (("proof_first", content.links[0]), ("proof_last", content.links[-1]), ("proof_newest", content.newest))
    rows = [(_label(code), str(link.index), moment(link.at), grouped(link.hash)) for code, link in entries]
    head = [_label(code) for code in ("proof_entry", "proof_index", "at", "proof_hash")]
    sheet.table(head, rows, (2.0, 0.9, 2.2, 5.2), size=8)
    sheet.gap(1.5)
    fault = check_proof(proof_of(content), keys)
    if fault is None:
        sheet.paragraph(_label("proof_holds", entries=len(content.links)), bold=True)
    else:
        sheet.paragraph(_label("proof_fails", fault=word("pack_fault", fault.value).zh), bold=True)
    sheet.facts([(_label("content"), grouped(content_sha256))], columns=1)
    sheet.facts([(_label("fingerprint"), grouped(keys.fingerprint, _FINGERPRINT_GROUP))], columns=1)
    for code in ("proves", "proves_not"):
        sheet.gap(1)
        sheet.paragraph(_label(code), size=TEXT_PT - 1)
    sheet.gap(1)
    sheet.paragraph(_label("how"), size=SMALL_PT, grey=True)


def _heading(sheet: Sheet, code: str, keep_mm: float = 16) -> None:
    words = sentence("pack", code)
    sheet.heading(words.zh, words.en, keep_mm)


def _label(code: str, **facts: str | int | float) -> str:
    return sentence("pack", code, **facts).zh
