"""What stands printed, held against itself, the chip and the authority's answer, for one customer as known now."""

from __future__ import annotations

import datetime

from teller_assist.documents.checks import checks_of, failed
from teller_assist.documents.cross_check import cross_check
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.printed import DocumentKind, FieldCheck, FieldName
from teller_assist.workflow.customer import Customer


def compared_fields(customer: Customer) -> tuple[FieldComparison, ...]:
    """Return how every field that was read agrees with the other sources; nothing where nothing was read."""
    values = customer.scanned.values
    return cross_check(values, customer.card, customer.netcheck, stated=customer.stated) if values else ()


def to_look_at(customer: Customer, compared: tuple[FieldComparison, ...]) -> frozenset[FieldName]:
    """Return the fields that the teller should look at and has not: read with doubts, or different from another source.

    What was doubtful and is what the chip says was read twice, by two ways that do not err alike.
    """
    different = {one.field for one in compared if one.agreement is Agreement.DIFFERENT}
    confirmed = {one.field for one in compared if one.agreement is Agreement.EQUAL and one.chip is not None}
    return (customer.scanned.doubted - confirmed) | (different - customer.scanned.settled.keys())


def sure_comparisons(customer: Customer) -> tuple[FieldComparison, ...]:
    """Return the comparisons a judgement may rest on: of fields read surely or settled, for a misread one contradicts nothing."""
    return tuple(one for one in compared_fields(customer) if one.field not in customer.scanned.doubted)


def failed_checks(customer: Customer) -> dict[FieldName, tuple[FieldCheck, ...]]:
    """Return the checks that do not hold of the fields as they stand now, both sides together; warnings are none of them."""
    scanned = customer.scanned
    values = {name: value.reveal() for name, value in scanned.values.items()}
    if not values:
        return {}
    temporary = any(one.kind is DocumentKind.TEMPORARY for one in scanned.documents)
    kind = DocumentKind.TEMPORARY if temporary else DocumentKind.FRONT
    found = checks_of(kind, values, today=datetime.datetime.now().astimezone().date())
    return {name: failed(checks) for name, checks in found.items()}
