"""The three portraits as the window shows them, with a word between each pair."""

from __future__ import annotations

from dataclasses import replace

from teller_assist.decision.judgement import EdgeName
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.measurements import ADVICE_BY_LAYOUT
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.pictures import Pixels
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.portraits import smallest_mark_mm
from teller_assist.workflow.triangle import Edge, MeasuredPhoto
from teller_assist.workflow.view_portraits import PairWord, PortraitsView, PortraitView

_WORDS = {Outcome.MATCH: PairWord.AGREE, Outcome.INCONCLUSIVE: PairWord.CANNOT_TELL, Outcome.NON_MATCH: PairWord.DIFFER}
_STILL_TO_COME = ("no_capture", "no_photo")


def no_portraits(why: str) -> PortraitsView:
    """Return three empty frames.

    Parameters
    ----------
    why
        Code of the wording group ``portrait_absent``.
    """
    netcheck, live, chip = (PortraitView(role, None, absent=why) for role in ("netcheck", "live", "chip"))
    return PortraitsView(netcheck, live, chip, dict.fromkeys(EdgeName, PairWord.WAITING))


def portraits_view(customer: Customer, *, authority_answers: bool, veiled: bool = False) -> PortraitsView:
    """Return what there is of one customer's photos.

    Parameters
    ----------
    authority_answers
        An answer of the networked verification can still come.
    veiled
        The teller judges first: no word stands between the pictures.
    """
    live = portrait_view("live", customer.capture, None, _why_no_live_picture(customer))
    why_no_photo = _why_no_netcheck_photo(customer, authority_answers=authority_answers)
    return PortraitsView(
        netcheck=portrait_view("netcheck", customer.netcheck_photo, customer.netcheck_shown, why_no_photo),
        live=replace(live, imported=customer.imported),
        chip=_of_the_card(customer),
        pairs={name: _pair(customer, name, authority_answers=authority_answers, veiled=veiled) for name in EdgeName},
    )


def _of_the_card(customer: Customer) -> PortraitView:
    """Return the chip's portrait; where there is no chip, the printed one."""
    if not customer.has_chip and customer.scanned.portrait is not None:
        return portrait_view("printed", customer.printed_portrait, customer.scanned.portrait_shown)
    if customer.travel_document is not None:
        return portrait_view("travel_document", customer.chip, customer.chip_shown)
    return portrait_view("chip", customer.chip, customer.chip_shown, "not_yet" if customer.stated is None else "no_chip")


def portrait_view(
    role: str, photo: MeasuredPhoto | None, unmeasured: Pixels | None = None, absent: str = "not_yet"
) -> PortraitView:
    """Return one portrait, or its empty frame.

    Parameters
    ----------
    unmeasured
        Shown as long as there is no measured photo.
    absent
        Code of the wording group ``portrait_absent`` for an empty frame.
    """
    if photo is not None:
        restored, restored_original = (None, None) if photo.restored is None else photo.restored
        by_layout = photo.measurement is not None and ADVICE_BY_LAYOUT in photo.measurement.advice
        smallest_mm = None if photo.measurement is None or by_layout else smallest_mark_mm(photo.measurement.face)
        return PortraitView(role, photo.shown, photo.original, "not_yet", restored, restored_original, by_layout, smallest_mm)
    return PortraitView(role, unmeasured, None, absent)


def _why_no_live_picture(customer: Customer) -> str:
    if customer.holder_absent:
        return "absent"
    return "refused" if customer.without_face else "not_yet"


def _why_no_netcheck_photo(customer: Customer, *, authority_answers: bool) -> str:
    if customer.travel_document is not None:
        return "nobody"
    if customer.netcheck is None:
        return "not_yet" if authority_answers else "not_available"
    return "not_available" if customer.netcheck.code is NetcheckCode.SERVICE_DOWN else "no_photo"


def _pair(customer: Customer, name: EdgeName, *, authority_answers: bool, veiled: bool) -> PairWord:
    edge = customer.edges.get(name)
    if edge is not None and veiled:
        return PairWord.UNSEEN
    if edge is not None and edge.answer is not None:
        return _WORDS[edge.answer.outcome]
    if name is EdgeName.LIVE_PRINTED:
        return _printed_to_come(customer, edge)
    nobody_answers = not authority_answers or customer.travel_document is not None
    if name is not EdgeName.LIVE_CHIP and customer.netcheck is None and nobody_answers:
        return PairWord.NOT_COMPARED
    if edge is None:
        return PairWord.NOT_COMPARED if customer.without_face else PairWord.WAITING
    answered = customer.netcheck is not None or name is EdgeName.LIVE_CHIP
    return PairWord.WAITING if edge.absent in _STILL_TO_COME and not answered else PairWord.NOT_COMPARED


def _printed_to_come(customer: Customer, edge: Edge | None) -> PairWord:
    """Return whether the printed portrait may still be compared: without a scan it never is."""
    to_come = customer.scanned.portrait is not None and not customer.without_face
    return PairWord.WAITING if to_come and (edge is None or edge.absent in _STILL_TO_COME) else PairWord.NOT_COMPARED
