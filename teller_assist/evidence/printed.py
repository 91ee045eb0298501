"""What stands printed on a document, as it was read from a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.settings.personal import Personal

CARD_SIZE_PX = (1011, 638)  # (width, height) of a rectified ID-1 card: 85.6 x 54.0 mm (ISO/IEC 7810) at 300 dpi


class DocumentKind(StrEnum):
    """What lies in a scan; the codes of evaluate-documents/1 and ocr/1."""

    FRONT = "front"  # 居民身份证, the side with the portrait
    BACK = "back"  # 居民身份证, the side with the emblem
    TEMPORARY = "temporary"  # 临时居民身份证: printed, without a chip
    UNKNOWN = "unknown"  # a card, none of those


class LocatedBy(StrEnum):
    """How a document was found in its scan."""

    CONTOUR = "contour"  # its edges
    NUMBER_LINE = "number_line"  # a printed line that was recognised
    MANUAL = "manual"  # the teller drew a box


class FieldName(StrEnum):
    """The printed fields of a resident identity card; the codes of ocr/1 and of a set's truth."""

    NAME = "name"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    BIRTH = "birth"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    AUTHORITY = "authority"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"


LONG_TERM = "长期"  # the value of VALID_TO on a card without an end


@dataclass(frozen=True)
class FieldCheck:
    """One rule that a field's value was held against.

    Attributes
    ----------
    check
        Code of the wording group ``document_check``.
    passed
        Whether it holds. A check that could not be made is not listed.
    """

    check: str
    passed: bool


@dataclass(frozen=True, eq=False)
class PrintedField:
    """One field.

    Attributes
    ----------
    value
        As printed, Unicode NFKC, without blanks; dates "YYYY-MM-DD", or "长期"; sex "男" or "女"; ethnicity without 族.
    confidence
        0 to 1, higher is surer: the recognition's lowest of what the value was joined from.
    box_px
        (x, y, width, height) in the rectified card of ``PrintedDocument.card``.
    crop
        The same piece of the card: uint8, shape (height, width, 3), BGR.
    checks
        What it was held against.
    doubtful
        Places in ``value`` of characters that a person must look at, ascending.
    accepted
        Nobody needs to look at it: sure enough, nothing doubtful, no check failed.
    """

    value: Personal[str]
    confidence: float
    box_px: tuple[int, int, int, int]
    crop: Pixels = field(repr=False)
    checks: tuple[FieldCheck, ...]
    doubtful: tuple[int, ...]
    accepted: bool


@dataclass(frozen=True, eq=False)
class Location:
    """Where a document lies.

    Attributes
    ----------
    quad
        float32, shape (4, 2), (x, y) in pixels of the scan: the document's own upper left corner as its text is read, then
        clockwise.
    """

    quad: Points
    by: LocatedBy


@dataclass(frozen=True, eq=False)
class PrintedDocument:
    """One document of a scan and what was read of it.

    Attributes
    ----------
    fields
        Those that were found; one that is missing was not read.
    card
        The rectified card, text upright: uint8, shape (638, 1011, 3), BGR.
    portrait
        The printed portrait, a photograph of kind ``recapture``; None where the kind has none.
    """

    kind: DocumentKind
    location: Location
    fields: Mapping[FieldName, PrintedField]
    card: Pixels = field(repr=False)
    portrait: Picture | None


class ScanFinding(StrEnum):
    """What a scan without a readable document shows; code of the wording group ``scan``."""

    BLANK = "blank"  # nothing on it
    NO_DOCUMENT = "no_document"  # something, but no card
    TOO_SMALL = "too_small"  # a card, its print too small to read
    NOT_SHARP = "not_sharp"  # a card, blurred or moved
    COVERED = "covered"  # cards on top of each other, or something on the card
    OTHER_DOCUMENT = "other_document"  # a document of a kind that is not read here
    FACE = "face"  # a person instead of a document


@dataclass(frozen=True, eq=False)
class ScanReading:
    """Everything read from one scan.

    Attributes
    ----------
    documents
        From the largest to the smallest.
    finding
        Why there is none; None where there is one.
    latency_ms
        Milliseconds by stage: "locate", "rectify", "orient", "recognise", "fields", "total".
    """

    documents: tuple[PrintedDocument, ...]
    finding: ScanFinding | None
    latency_ms: Mapping[str, float]
