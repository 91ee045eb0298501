"""How what stands printed on a document agrees with its chip and with the authority, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.printed import FieldName
from teller_assist.settings.personal import Personal


class Agreement(StrEnum):
    """How the sources of one field agree."""

    EQUAL = "equal"
    EQUIVALENT = "equivalent"  # written differently, and ``why`` says how
    DIFFERENT = "different"
    MISSING = "missing"  # there is nothing to compare with


@dataclass(frozen=True)
class FieldComparison:
    """One field.

    Attributes
    ----------
    why
        Code of the wording group ``agreement_why``; "" where there is nothing to say.
    """

    field: FieldName
    printed: Personal[str] | None
    chip: Personal[str] | None
    netcheck: Personal[str] | None
    agreement: Agreement
    why: str = ""
