"""What stands printed, held against the chip and the authority's answer, for one customer as known now."""

from __future__ import annotations

from teller_assist.documents.cross_check import cross_check
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.printed import LONG_TERM, FieldName
from teller_assist.workflow.customer import Customer

SEX_PRINTED = {Sex.MALE: "男", Sex.FEMALE: "女"}


def compared_fields(customer: Customer) -> tuple[FieldComparison, ...]:
    """Return how every field that was read agrees with the other sources; nothing where nothing was read."""
    values = customer.scanned.values
    return cross_check(values, customer.card, customer.netcheck) if values else ()


def to_look_at(customer: Customer, compared: tuple[FieldComparison, ...]) -> frozenset[FieldName]:
    """Return the fields that the teller should look at and has not: read with doubts, or different from another source."""
    different = {one.field for one in compared if one.agreement is Agreement.DIFFERENT}
    return customer.scanned.doubted | (different - customer.scanned.settled.keys())


def chip_text(card: IdentityCard, name: FieldName) -> str:
    """Return what the chip says of a field, written as it is printed."""
    until = LONG_TERM if card.valid_until is None else card.valid_until.isoformat()
    return {
        FieldName.NAME: card.name.reveal(),
        FieldName.SEX: SEX_PRINTED[card.sex],
        FieldName.ETHNICITY: card.ethnicity,
        FieldName.BIRTH: card.birth_date.reveal().isoformat(),
        FieldName.ADDRESS: card.address.reveal(),
        FieldName.ID_NUMBER: card.number.reveal().text,
        FieldName.AUTHORITY: card.issuer,
        FieldName.VALID_FROM: card.valid_from.isoformat(),
        FieldName.VALID_TO: until,
    }[name]
