"""One reading of a scan against its truth: which document is meant, which fields are right."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from teller_assist.documents.locating.search import overlap
from teller_assist.evaluation.documents.truth import TruthRow
from teller_assist.evidence.printed import FieldName, LocatedBy, PrintedDocument, PrintedField, ScanReading

# A document is located where its quad and the truth's share at least half of what they cover together: a form under the card
# or one half of it is not the card, a rough outline of it is.
OVERLAP_MIN = 0.5

NOT_LOCATED = "not_located"
WRONG_KIND = "wrong_kind"
NOT_READ = "not_read"
WRONG_VALUE = "wrong_value"


@dataclass(frozen=True, eq=False)
class FieldOutcome:
    """One field of one document of the set.

    Attributes
    ----------
    truth
        As printed.
    read
        Empty where nothing was read.
    accepted
        Whether the reading says that nobody needs to look at it.
    printed
        What was read, with its crop; None where nothing was.
    """

    name: FieldName
    truth: str
    read: str
    accepted: bool
    printed: PrintedField | None

    @property
    def exact(self) -> bool:
        """Whether it is right: equal in Unicode NFKC, nothing else."""
        return normalised(self.read) == normalised(self.truth)

    @property
    def edits(self) -> int:
        """Edit distance of what was read from what is printed."""
        return edit_distance(normalised(self.read), normalised(self.truth))


@dataclass(frozen=True, eq=False)
class DocumentOutcome:
    """One document of the set, read or not.

    Attributes
    ----------
    document
        What was read of it; None where it was not located.
    why
        Code of what kept it from being located: a scan finding, "not_located", or an error's reason; empty where it was.
    total_ms
        How long the scan took, in milliseconds; None where reading failed.
    unexpected
        Further documents of the reading that the set does not know.
    """

    row: TruthRow
    document: PrintedDocument | None
    fields: tuple[FieldOutcome, ...]
    why: str = ""
    total_ms: float | None = None
    unexpected: int = 0

    @property
    def by_fallback(self) -> bool:
        """Whether it was found by a line of its text instead of its edges."""
        return self.document is not None and self.document.location.by is not LocatedBy.CONTOUR

    @property
    def kind_is_right(self) -> bool:
        """Whether it was taken for what it is."""
        return self.document is not None and self.document.kind.value == self.row.kind

    @property
    def all_exact(self) -> bool:
        """Whether kind and all fields are right."""
        return self.kind_is_right and all(field.exact for field in self.fields)


def judge(row: TruthRow, reading: ScanReading, total_ms: float) -> DocumentOutcome:
    """Hold one reading against one row."""
    document = meant_document(row, reading.documents)
    known = [quad for quad in (row.quad, *row.others) if quad is not None]
    unexpected = sum(all(overlap(one.location.quad, quad) < OVERLAP_MIN for quad in known) for one in reading.documents if known)
    if document is None:
        why = reading.finding.value if reading.finding is not None else NOT_LOCATED
        return not_located(row, why, total_ms, unexpected)
    fields = tuple(_field(name, truth, document.fields.get(name)) for name, truth in row.fields.items())
    return DocumentOutcome(row, document, fields, "", total_ms, unexpected)


def not_located(row: TruthRow, why: str, total_ms: float | None = None, unexpected: int = 0) -> DocumentOutcome:
    """Return the outcome of a document that was not found, or whose picture could not be read: wrong in every field."""
    fields = tuple(_field(name, truth, None) for name, truth in row.fields.items())
    return DocumentOutcome(row, None, fields, why, total_ms, unexpected)


def meant_document(row: TruthRow, documents: Sequence[PrintedDocument]) -> PrintedDocument | None:
    """Return the document of a reading that a row is about.

    With a quad: the one that lies there, of the row's kind if several do. Without one: the largest of its kind, or the largest.
    """
    if row.quad is None:
        return next((one for one in documents if one.kind.value == row.kind), documents[0] if documents else None)
    there = [(one.kind.value == row.kind, overlap(one.location.quad, row.quad), one) for one in documents]
    there = [entry for entry in there if entry[1] >= OVERLAP_MIN]
    return max(there, key=lambda entry: entry[:2])[2] if there else None


def normalised(text: str) -> str:
    """Return the form in which two values are equal or not: Unicode NFKC."""
    return unicodedata.normalize("NFKC", text)


def edit_distance(one: str, other: str) -> int:
    """Return how many characters must be put in, taken out or replaced to make one text the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, start=1):
        before, row[0] = row[0], place
        for at, wanted in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (character != wanted))
    return row[-1]


def _field(name: FieldName, truth: str, printed: PrintedField | None) -> FieldOutcome:
    if printed is None:
        return FieldOutcome(name, truth, "", accepted=False, printed=None)
    return FieldOutcome(name, truth, printed.value.reveal(), printed.accepted, printed)
