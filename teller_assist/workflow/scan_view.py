"""From what was scanned to what the window shows of it: masked as the identity card is, whole where somebody must look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from teller_assist.decision.judgement import EdgeName
from teller_assist.documents.cross_check import chip_text
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.id_number import mask_name, mask_number
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.printed import FieldCheck, FieldName, Location, PrintedField
from teller_assist.settings.personal import Personal
from teller_assist.wording import Sentences, codes, sentence
from teller_assist.workflow.counter_session import SCANNABLE
from teller_assist.workflow.cross_checking import compared_fields, failed_checks, to_look_at
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.scanned import ScannedPicture
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.view import StepState
from teller_assist.workflow.view_scan import Outline, PrintedFieldView, ScanView

_AREA_CHARACTERS = 6  # of an address, about the province and the city: nearly as much as the number's mask shows
_YEAR_CHARACTERS = 4


def scans_here(scene: Scene, *, reads: bool) -> bool:
    """Return whether documents can be scanned and read at this counter.

    Parameters
    ----------
    reads
        There is a reader.
    """
    return reads and scene.equipment is not None and scene.equipment.scanner is not None


def scan_view(scene: Scene, customer: Customer) -> ScanView:
    """Return what the window shows of the scan."""
    scanned, blanked = customer.scanned, scene.desk.presence.blanked
    possible = scene.state in SCANNABLE
    view = ScanView(
        state=scanned.state,
        may_scan=possible,
        kinds=tuple(one.kind for one in scanned.documents),
        told=scanned.told,
        has_chip=customer.card is not None,
        blanked=blanked,
    )
    if blanked:
        return view
    return replace(
        view,
        may_settle=possible,
        small=None if scanned.picture is None else scanned.picture.small,
        large=None if scanned.picture is None else scanned.picture.large,
        outlines=() if scanned.picture is None else tuple(_outline(one, scanned.picture) for one in scanned.located),
        fields=_fields(customer),
        portrait_agrees=not scene.veiled and _portrait_agrees(customer),
    )


def scan_step(customer: Customer) -> StepState:
    """Return how the stepper's scan step stands."""
    scanned = customer.scanned
    if scanned.runs:
        return StepState.NOW
    if scanned.documents:
        return StepState.ATTENTION if to_look_at(customer, compared_fields(customer)) else StepState.DONE
    return StepState.TO_COME if scanned.told is None else StepState.ATTENTION


def masked(name: FieldName, value: str) -> str:
    """Return a value as the window shows it where nobody has to look at it: no more than the identity card tells."""
    if name is FieldName.NAME:
        return mask_name(value)
    if name is FieldName.ID_NUMBER:
        return mask_number(value)
    if name is FieldName.BIRTH:
        return value[:_YEAR_CHARACTERS] + "-**-**"
    return value[:_AREA_CHARACTERS] + "***" if name is FieldName.ADDRESS else value


def _fields(customer: Customer) -> tuple[PrintedFieldView, ...]:
    compared = compared_fields(customer)
    failed = failed_checks(customer)
    by_field, looked_at = {one.field: one for one in compared}, to_look_at(customer, compared)
    return tuple(
        _field(customer, name, read, by_field.get(name), failed.get(name, ()), to_look=name in looked_at)
        for name, read in customer.scanned.fields.items()
    )


def _field(
    customer: Customer,
    name: FieldName,
    read: PrintedField,
    compared: FieldComparison | None,
    failed: tuple[FieldCheck, ...],
    *,
    to_look: bool,
) -> PrintedFieldView:
    settled = customer.scanned.settled.get(name)
    value = (read.value if settled is None else settled.value).reveal()
    chip = "" if customer.card is None else chip_text(customer.card, name)
    agreement = Agreement.MISSING if compared is None else compared.agreement
    whole = to_look or agreement is Agreement.DIFFERENT
    return PrintedFieldView(
        field=name,
        value=Personal(value),
        shown=Personal(value if whole else masked(name, value)),
        chip=Personal(chip if whole else masked(name, chip)) if chip else None,
        agreement=agreement,
        why=_why(compared),
        doubtful=read.doubtful if to_look and settled is None else (),
        differing=_differing(value, chip) if agreement is Agreement.DIFFERENT else (),
        failed=tuple(_check_failed(one) for one in failed),
        to_look_at=to_look,
        edited=settled is not None and settled.edited,
        crop=read.crop,
    )


def _why(compared: FieldComparison | None) -> Sentences | None:
    """Return in what two sources differ, or why they are the same all the same."""
    if compared is None or compared.agreement not in (Agreement.EQUIVALENT, Agreement.DIFFERENT):
        return None
    if compared.why in codes("agreement_why"):
        return sentence("agreement_why", compared.why)
    authority = compared.chip is None and compared.agreement is Agreement.DIFFERENT
    return sentence("agreement", "different_from_authority" if authority else compared.agreement)


def _differing(value: str, chip: str) -> tuple[int, ...]:
    """Return the places that differ; none where the lengths do: then the whole value is to be read anyway."""
    if len(value) != len(chip):
        return ()
    return tuple(place for place, (one, other) in enumerate(zip(value, chip, strict=True)) if one != other)


def _check_failed(check: FieldCheck) -> Sentences:
    """Return in words that a check does not hold."""
    what = sentence("document_check", check.check)
    zh, en = (sentence("scan_card", "check_failed", check=one) for one in (what.zh, what.en))
    return Sentences(zh.zh, en.en)


def _portrait_agrees(customer: Customer) -> bool:
    edge = customer.edges.get(EdgeName.LIVE_PRINTED)
    return edge is not None and edge.answer is not None and edge.answer.outcome is Outcome.MATCH


def _outline(location: Location, picture: ScannedPicture) -> Outline:
    size = np.array([picture.whole.width_px, picture.whole.height_px], np.float64)
    return tuple((float(x), float(y)) for x, y in location.quad.astype(np.float64) / size)
