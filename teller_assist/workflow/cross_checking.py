"""What stands printed, held against the chip and the authority's answer, for one customer as known now."""

from __future__ import annotations

from teller_assist.documents.cross_check import cross_check
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.printed import FieldName
from teller_assist.workflow.customer import Customer


def compared_fields(customer: Customer) -> tuple[FieldComparison, ...]:
    """Return how every field that was read agrees with the other sources; nothing where nothing was read."""
    values = customer.scanned.values
    return cross_check(values, customer.card, customer.netcheck, stated=customer.stated) if values else ()


def to_look_at(customer: Customer, compared: tuple[FieldComparison, ...]) -> frozenset[FieldName]:
    """Return the fields that the teller should look at and has not: read with doubts, or different from another source."""
    different = {one.field for one in compared if one.agreement is Agreement.DIFFERENT}
    return customer.scanned.doubted | (different - customer.scanned.settled.keys())
