"""What was scanned of one customer's documents, and what the teller made of what was read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from teller_assist.alerts.states import SignedOn
from teller_assist.documents.cross_check import day_told
from teller_assist.errors import SessionError
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.evidence.printed import DocumentKind, FieldName, Location, PrintedDocument, PrintedField, ScanReading
from teller_assist.pictures.shrink import shrunk
from teller_assist.settings.personal import Personal
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.portraits import whole_portrait
from teller_assist.workflow.view_scan import ScanState

_SMALL_PX, _LARGE_PX = 480, 1600  # longest sides: in the panel at 150 % of its size; over the whole panel, where a box is drawn
_VALUE_MOST = 200  # characters; the longest address of a card has three lines of eleven
_DAYS = frozenset({FieldName.BIRTH, FieldName.VALID_FROM, FieldName.VALID_TO})
_NO_LETTERS = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
# A side is replaced by what says the same: a temporary card has everything on its one side.
_REPLACES = {
    DocumentKind.FRONT: frozenset({DocumentKind.FRONT, DocumentKind.TEMPORARY}),
    DocumentKind.BACK: frozenset({DocumentKind.BACK, DocumentKind.TEMPORARY}),
    DocumentKind.TEMPORARY: frozenset({DocumentKind.FRONT, DocumentKind.BACK, DocumentKind.TEMPORARY}),
}


@dataclass(frozen=True, eq=False, repr=False)
class ScannedPicture:
    """One scan, and two smaller copies for the window.

    Attributes
    ----------
    whole
        As the scanner delivered it.
    small, large
        uint8, shape (height, width, 3), BGR, not writeable: at most 480 and 1600 pixels long.
    """

    whole: Picture
    small: Pixels
    large: Pixels

    @classmethod
    def of(cls, whole: Picture) -> ScannedPicture:
        """Make the copies; takes some milliseconds."""
        large = shrunk(whole, _LARGE_PX)
        return cls(whole, shrunk(large, _SMALL_PX).pixels, large.pixels)


@dataclass(frozen=True)
class SettledField:
    """One field that the teller looked at.

    Attributes
    ----------
    printed
        As it was read.
    value
        As the teller left it.
    teller, teller_login
        Who did.
    """

    printed: Personal[str]
    value: Personal[str]
    teller: str
    teller_login: str

    @property
    def edited(self) -> bool:
        """Whether the teller changed it."""
        return self.value != self.printed


@dataclass(frozen=True, eq=False)
class Scanned:
    """The scans of one customer so far.

    Attributes
    ----------
    picture
        The newest scan.
    located
        Where its documents lie, in pixels of ``picture.whole``.
    documents
        The newest reading of each side.
    settled
        What the teller looked at.
    portrait_shown
        The printed portrait as the window shows it before it is measured.
    told
        What is to be said of the newest scan; None where there is nothing to say.
    """

    state: ScanState = ScanState.NOT_ASKED
    picture: ScannedPicture | None = None
    located: tuple[Location, ...] = ()
    documents: tuple[PrintedDocument, ...] = ()
    settled: Mapping[FieldName, SettledField] = field(default_factory=dict)
    portrait_shown: Pixels | None = None
    told: Sentences | None = None

    def __repr__(self) -> str:
        kinds = ", ".join(one.kind.value for one in self.documents)
        return f"Scanned({self.state.value}: {kinds or 'nothing read'})"

    @property
    def runs(self) -> bool:
        """Whether an answer is to come."""
        return self.state.runs

    @property
    def fields(self) -> dict[FieldName, PrintedField]:
        """Every field that was read, in the order of a card."""
        found = {name: one for document in self.documents for name, one in document.fields.items()}
        return {name: found[name] for name in FieldName if name in found}

    @property
    def values(self) -> dict[FieldName, Personal[str]]:
        """Every field as it stands: as the teller left it, else as it was read."""
        return {name: self.settled[name].value if name in self.settled else one.value for name, one in self.fields.items()}

    @property
    def doubted(self) -> frozenset[FieldName]:
        """Fields that were not read surely enough, as far as the teller has not looked at them."""
        return frozenset(name for name, one in self.fields.items() if not one.accepted and name not in self.settled)

    @property
    def portrait(self) -> Picture | None:
        """The printed portrait."""
        return next((one.portrait for one in self.documents if one.portrait is not None), None)

    def asked(self) -> Scanned:
        """Return it while the scanner works."""
        return replace(self, state=ScanState.SCANNING, told=None)

    def reading(self, picture: ScannedPicture) -> Scanned:
        """Return it while a scan is being read."""
        return replace(self, state=ScanState.READING, picture=picture, located=(), told=None)

    def waiting(self, told: Sentences) -> Scanned:
        """Return it while the scanner looks again, because nothing readable lies there yet."""
        return replace(self, state=ScanState.SCANNING, told=told)

    def watching(self, told: Sentences) -> Scanned:
        """Return it while the scanner's preview is watched for a card that lies still."""
        return replace(self, state=ScanState.WATCHING, told=told)

    def failed(self, told: Sentences) -> Scanned:
        """Return it with what went wrong; what was read before stays."""
        return replace(self, state=ScanState.NOTHING_READ, told=told)

    def stopped(self) -> Scanned:
        """Return it where nobody waits for the answer any more."""
        return replace(self, state=ScanState.READ if self.documents else ScanState.NOT_ASKED, told=None)

    def read(self, reading: ScanReading, number: str) -> Scanned:
        """Return it with what was read.

        Parameters
        ----------
        number
            The customer's citizen's number as known otherwise: of two cards of one kind the customer's is taken. "": not known.
        """
        if reading.finding is not None:
            return self.failed(sentence("scan", reading.finding))
        chosen = _one_of_each(reading.documents, number)
        located = tuple(one.location for one in chosen)
        if not chosen:
            return replace(self.failed(sentence("scan", "other_document")), located=_locations(reading))
        replaced = frozenset(kind for one in chosen for kind in _REPLACES[one.kind])
        documents = (*(one for one in self.documents if one.kind not in replaced), *chosen)
        told = sentence("scan_state", "several") if len(chosen) < len(reading.documents) else None
        read = replace(self, state=ScanState.READ, located=located, documents=documents, told=told)
        shown = None if read.portrait is None else whole_portrait(read.portrait.pixels)
        return replace(read, settled=_still_settled(self.settled, read.fields), portrait_shown=shown)

    def settle(self, name: FieldName, typed: str, by: SignedOn) -> Scanned:
        """Return it with one field as the teller left it.

        Raises
        ------
        SessionError
            The field was not read; or the text is empty, too long or has characters that cannot be seen.
        """
        read = self.fields.get(name)
        if read is None:
            raise SessionError(why="field_not_read")
        value = Personal(_plain(name, typed))
        return replace(self, settled={**self.settled, name: SettledField(read.value, value, by.name, by.login)})


NOTHING_SCANNED = Scanned()


def _one_of_each(documents: tuple[PrintedDocument, ...], number: str) -> tuple[PrintedDocument, ...]:
    """Return one document of each kind that is read here; the customer's own, else the largest."""
    chosen: dict[DocumentKind, PrintedDocument] = {}
    for one in sorted(documents, key=lambda document: not _has_number(document, number)):
        if one.kind in _REPLACES:
            chosen.setdefault(one.kind, one)
    if DocumentKind.TEMPORARY in chosen and DocumentKind.FRONT in chosen:  # the customer's own stands first
        first = next(iter(chosen))
        chosen = {kind: one for kind, one in chosen.items() if kind is first or kind not in _REPLACES[first]}
    return tuple(chosen.values())


def _has_number(document: PrintedDocument, number: str) -> bool:
    printed = document.fields.get(FieldName.ID_NUMBER)
    return bool(number) and printed is not None and printed.value.reveal() == number


def _locations(reading: ScanReading) -> tuple[Location, ...]:
    return tuple(one.location for one in reading.documents)


def _still_settled(
    settled: Mapping[FieldName, SettledField], fields: Mapping[FieldName, PrintedField]
) -> dict[FieldName, SettledField]:
    """Keep what the teller said of a field as long as it reads the same."""
    return {name: one for name, one in settled.items() if name in fields and fields[name].value == one.printed}


def _plain(name: FieldName, typed: str) -> str:
    """Return typed text in the form of ``PrintedField.value``, whatever form the card prints."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    if name is FieldName.ID_NUMBER:
        plain = plain.upper()
    elif name is FieldName.ETHNICITY:
        plain = plain.removesuffix("族")
    elif name in _DAYS:
        day = day_told(plain)
        plain = plain if day is None else day.isoformat()
    if not 0 < len(plain) <= _VALUE_MOST or any(unicodedata.category(one) in _NO_LETTERS for one in plain):
        raise SessionError(why="field_value")
    return plain
