"""The scan and what was read of it, as finished values for the window."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.settings.personal import Personal
from teller_assist.wording import Sentences

Box = tuple[float, float, float, float]  # x, y of the upper left corner, width, height: shares of the scan's width and height
Outline = tuple[tuple[float, float], ...]  # four corners, (x, y) in the same shares


class ScanState(StrEnum):
    """How the scan stands; codes of the wording group ``scan_state``."""

    NOT_ASKED = "not_asked"
    WATCHING = "watching"  # for a card to lie still; ``told`` says what is seen
    SCANNING = "scanning"
    READING = "reading"
    READ = "read"
    NOTHING_READ = "nothing_read"  # ``told`` says what was seen, or what failed

    @property
    def runs(self) -> bool:
        """Whether an answer is to come."""
        return self in (ScanState.WATCHING, ScanState.SCANNING, ScanState.READING)


@dataclass(frozen=True)
class PrintedFieldView:
    """One field beside the chip's.

    Attributes
    ----------
    value
        As it stands now, whole: for the teller who looks at it or changes it.
    shown
        The same, masked where nobody has to look at it.
    chip
        What the chip says, masked alike; None where there is no chip.
    why
        Why two sources are equivalent, or in what they differ; None where there is nothing to say.
    doubtful, differing
        Places in ``shown`` of characters that were not read surely, and of those that the chip has otherwise.
    failed
        Checks that do not hold.
    to_look_at
        The teller should look at it and has not.
    edited
        The teller changed it.
    crop
        Its place on the card: uint8, shape (height, width, 3), BGR.
    """

    field: FieldName
    value: Personal[str]
    shown: Personal[str]
    chip: Personal[str] | None
    agreement: Agreement
    why: Sentences | None = None
    doubtful: tuple[int, ...] = ()
    differing: tuple[int, ...] = ()
    failed: tuple[Sentences, ...] = ()
    to_look_at: bool = False
    edited: bool = False
    crop: Pixels | None = dataclasses.field(default=None, repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class ScanView:
    """The scan of one customer's document.

    Attributes
    ----------
    may_scan
        A scan can be asked for now.
    may_settle
        What was read can be settled, and a box be drawn.
    small, large
        The newest scan, uint8, shape (height, width, 3), BGR, not writeable; None where there is none, or it is blanked.
    outlines
        Where documents were found on it.
    kinds
        Which sides were read.
    fields
        What was read, in the order of a card; nothing while it is blanked.
    told
        What is to be said of the newest scan.
    has_chip
        There is a chip to compare with.
    portrait_agrees
        The printed portrait was compared with the live picture, and they agree.
    blanked
        Nobody was at work for a while.
    """

    state: ScanState
    may_scan: bool = False
    may_settle: bool = False
    small: Pixels | None = dataclasses.field(default=None, repr=False)
    large: Pixels | None = dataclasses.field(default=None, repr=False)
    outlines: tuple[Outline, ...] = ()
    kinds: tuple[DocumentKind, ...] = ()
    fields: tuple[PrintedFieldView, ...] = ()
    told: Sentences | None = None
    has_chip: bool = True
    portrait_agrees: bool = False
    blanked: bool = False

    @property
    def state_runs(self) -> bool:
        """Whether an answer is to come."""
        return self.state.runs

    @property
    def may_draw_box(self) -> bool:
        """Whether a box can be drawn on the scan: else it would be read on the one that is being taken."""
        return self.may_settle and self.large is not None and (self.state is ScanState.WATCHING or not self.state_runs)

    @property
    def to_look_at(self) -> int:
        """How many fields the teller should look at."""
        return sum(one.to_look_at for one in self.fields)

    def how_many(self, agreement: Agreement) -> int:
        """Return how many fields agree so."""
        return sum(one.agreement is agreement for one in self.fields)

    def field(self, name: FieldName) -> PrintedFieldView | None:
        """Return one field; None where it was not read."""
        return next((one for one in self.fields if one.field is name), None)
