"""What was read of a customer's documents, as it stands in the sealed case beside what the chip said or the teller typed."""

from __future__ import annotations

from typing import Any

from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.printed import FieldName, PrintedField
from teller_assist.workflow.cross_checking import compared_fields, failed_checks
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.scanned import SettledField


def case_printed(customer: Customer) -> dict[str, Any]:
    """Return the field "printed" of a person in a case/1 document; nothing where nothing was read.

    An address stays on the card, as the chip's does, unless the teller changed it or it differs: a review needs it then.
    """
    scanned = customer.scanned
    if not scanned.documents:
        return {}
    compared = {one.field: one for one in compared_fields(customer)}
    failed = failed_checks(customer)
    return {
        "printed": {
            "documents": [{"kind": one.kind.value, "located_by": one.location.by.value} for one in scanned.documents],
            "fields": [
                _field(name, read, scanned.settled.get(name), compared.get(name))
                | {"checks_failed": [one.check for one in failed.get(name, ())]}
                for name, read in scanned.fields.items()
            ],
        }
    }


def _field(name: FieldName, read: PrintedField, settled: SettledField | None, compared: FieldComparison | None) -> dict[str, Any]:
    agreement = Agreement.MISSING if compared is None else compared.agreement
    edited = settled is not None and settled.edited
    told: dict[str, Any] = {
        "field": name.value,
        "confidence": round(read.confidence, 4),
        "accepted": read.accepted,
        "doubtful": len(read.doubtful),
        "agreement": agreement.value,
        "why": "" if compared is None else compared.why,
        "settled": "no" if settled is None else "edited" if edited else "confirmed",
    }
    if name is not FieldName.ADDRESS or edited or agreement is Agreement.DIFFERENT:
        if name is FieldName.ADDRESS and compared is not None and compared.chip is not None:
            told["chip"] = compared.chip.reveal()
        told["value"] = (read.value if settled is None else settled.value).reveal()
    if settled is not None:
        told |= {"teller": settled.teller, "teller_login": settled.teller_login}
        if edited:
            told["read"] = settled.printed.reveal()
    return told
