"""Everything known of the customer at the counter; every stage adds to it and none edits what another one found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from teller_assist.alerts.states import SignOnWay
from teller_assist.decision.challenge import Answers
from teller_assist.decision.judgement import AlertKind, EdgeName, Judgement
from teller_assist.decision.kinship import NOT_LOOKED_UP, KinshipFinding
from teller_assist.decision.policy import QUIET_NETCHECK
from teller_assist.decision.second_identity import NOT_SEARCHED, SecondIdentityFinding
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.identity import IdentityCard, StatedIdentity
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, PersonRole, TellerDecision, TellerJudgement
from teller_assist.evidence.travel_document import TravelDocument
from teller_assist.settings.personal import Personal
from teller_assist.wording import Sentences
from teller_assist.workflow.asked_cards import NOTHING_ASKED, AskedBankCard, AskedChip
from teller_assist.workflow.scanned import NOTHING_SCANNED, Scanned
from teller_assist.workflow.triangle import Edge, MeasuredPhoto

ASKED_AGAIN_MOST = 5  # the authority counts what it is asked, and every answer is kept
_PHOTOS_COMPARED = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT})  # by the authority


# Without consent nothing that was measured stays.
WITHDRAWN: Mapping[str, object] = MappingProxyType(dict.fromkeys(("consent", "chip", "netcheck_photo", "printed_photo")))


@dataclass(frozen=True)
class TakenDecision:
    """What the teller decided.

    Attributes
    ----------
    reason
        Code of the wording group ``refer_reason`` or ``reject_reason``; "" where none was asked for.
    second_teller
        The second signature; "" where none was asked for.
    documents
        Ticked documents of the non-face path.
    undo_until_s
        Monotonic clock, seconds.
    second_login, second_sign_on
        By which login the second teller signed, and who checked it; "" where only a name was given.
    """

    decision: TellerDecision
    reason: str
    second_teller: str
    documents: tuple[str, ...]
    undo_until_s: float
    second_login: str = ""
    second_sign_on: SignOnWay = SignOnWay.NAME


@dataclass(frozen=True)
class DeviceIdentity:
    """One device at the counter: its kind, its plugin, how it fares (codes)."""

    kind: str
    plugin_id: str
    state: str


@dataclass(frozen=True, eq=False)
class Customer:
    """One customer's transaction so far.

    Attributes
    ----------
    role
        As who this person is checked.
    together
        The numbers of the checks before this one that belong to the same business: an agent's before the holder's.
    reference
        Under which the core banking system began this business; "" where the teller did.
    notice_printed
        The notice was printed for this customer, to be read and signed.
    face_refused, face_path_left
        The customer does not want face recognition; the teller goes on without it although the customer agreed.
    holder_absent
        Somebody acts for this person, whose card alone is here.
    stated
        What the teller typed where no chip could be read; None where there is a card, or nothing yet.
    travel_document
        What the chip of a passport or travel permit says; None where the person has an ID card, or none was read (yet).
    asked_chip, bank_card
        How the reading of such a chip stands, and that of the bank card.
    scanned
        The document's scans, what was read of them, and what the teller made of it.
    authority_asked
        The networked verification was asked about this document.
    netcheck
        None: no answer yet, or not asked.
    netcheck_before
        Earlier answers, where the teller had the authority asked again.
    chip_shown, netcheck_shown
        The photos as the window shows them before they are measured.
    printed_photo
        A scanned card's portrait as it was measured last; see ``printed_portrait``.
    imported
        The capture came from a file, not from the camera.
    attempts
        How many captures were made.
    judged_first
        The teller judges before the reading is shown.
    teller_judgement
        That judgement; None where it was not asked for or not given (yet). It stands, whatever is captured afterwards.
    result_seen
        What tells of a comparison was on the screen before the teller judged: by documents, say, and then back to the face. A
        judgement would not be the teller's own any more, so none is asked for.
    challenge
        Which questions to the customer were answered rightly, as far as they were asked.
    judgement
        None before anything can be concluded.
    problem
        The last thing that went wrong, for the teller.
    teller, teller_login, sign_on
        Who was signed on when it began, by which login ("": by name alone), and who checked it.
    devices
        Which devices stood at the counter and how they fared, as noted at the end.
    card_s, permitted_s, judged_s
        Monotonic clock of the card, of the consent and of the teller's judgement; the gauge's delay counts from the last one.
    latency_ms
        Milliseconds by stage: "card_read", "capture" (consent to chosen frame), "card_to_gauge" once the reading is there.
    """

    transaction: int
    business_kind: BusinessKind
    role: PersonRole = PersonRole.HOLDER
    together: tuple[int, ...] = ()
    reference: str = ""
    consent: ConsentBasis | None = None
    notice_printed: bool = False
    face_refused: bool = False
    face_path_left: bool = False
    holder_absent: bool = False
    card: IdentityCard | None = None
    stated: StatedIdentity | None = None
    travel_document: TravelDocument | None = None
    asked_chip: AskedChip = AskedChip.NOT_ASKED
    bank_card: AskedBankCard = NOTHING_ASKED
    chip_shown: Pixels | None = None
    chip: MeasuredPhoto | None = None
    scanned: Scanned = NOTHING_SCANNED
    authority_asked: bool = False
    netcheck: NetcheckResult | None = None
    netcheck_before: tuple[NetcheckCode, ...] = ()
    netcheck_shown: Pixels | None = None
    netcheck_photo: MeasuredPhoto | None = None
    printed_photo: MeasuredPhoto | None = None
    kinship: KinshipFinding = NOT_LOOKED_UP
    second_identity: SecondIdentityFinding = NOT_SEARCHED
    capture: MeasuredPhoto | None = None
    imported: bool = False
    attempts: int = 0
    edges: Mapping[EdgeName, Edge] = field(default_factory=dict)
    pad: PadReading | None = None
    judged_first: bool = False
    teller_judgement: TellerJudgement | None = None
    result_seen: bool = False
    challenge: Answers = field(default_factory=dict)
    judgement: Judgement | None = None
    decision: TakenDecision | None = None
    problem: Sentences | None = None
    teller: str = ""
    teller_login: str = ""
    sign_on: SignOnWay = SignOnWay.NAME
    devices: tuple[DeviceIdentity, ...] = ()
    card_s: float = 0.0
    permitted_s: float = 0.0
    judged_s: float = 0.0
    latency_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def unseen(self) -> bool:
        """Whether the teller's own judgement is still to come: until then nothing that tells of a comparison is shown."""
        return self.judgement_due and not self.without_face

    @property
    def judgement_due(self) -> bool:
        """Whether the teller would judge first as soon as there is something to judge."""
        return self.judged_first and self.teller_judgement is None and not self.result_seen

    @property
    def tells_of_comparison(self) -> bool:
        """Whether something was compared, here or by the authority."""
        compared_by_authority = self.netcheck is not None and self.netcheck.code in _PHOTOS_COMPARED
        return compared_by_authority or any(edge.answer is not None for edge in self.edges.values())

    @property
    def printed_portrait(self) -> MeasuredPhoto | None:
        """The portrait of the card as it was scanned last, measured; None where there is none, or it was not measured (yet)."""
        photo = self.printed_photo
        return photo if photo is not None and photo.picture is self.scanned.portrait else None

    @property
    def photo_to_compare(self) -> bool:
        """Whether the authority's photograph or the printed portrait came and is still to be compared with the live picture."""
        photo_came = self.netcheck is not None and self.netcheck.photo is not None and self.netcheck_photo is None
        portrait_came = self.scanned.portrait is not None and self.printed_portrait is None
        return (photo_came or portrait_came) and self.capture is not None and self.problem is None

    @property
    def without_face(self) -> bool:
        """Whether the customer is checked without face recognition."""
        return self.face_refused or self.face_path_left or self.holder_absent

    @property
    def identified(self) -> bool:
        """Whether it is known whom the person claims to be."""
        return self.has_chip or self.stated is not None

    @property
    def has_chip(self) -> bool:
        """Whether a chip was read, an ID card's or a travel document's."""
        return self.card is not None or self.travel_document is not None

    @property
    def number(self) -> Personal[IdNumber] | None:
        """The citizen's number, from the chip or as typed; None where there is none (yet)."""
        if self.card is not None:
            return self.card.number
        return None if self.stated is None else self.stated.number

    @property
    def name(self) -> Personal[str] | None:
        """The name, from the chip or as typed; None where there is none (yet)."""
        if self.card is not None:
            return self.card.name
        if self.travel_document is not None:
            return self.travel_document.name
        return None if self.stated is None else self.stated.name

    @property
    def live_picture(self) -> Picture | None:
        """The captured frame; None where there is none (yet), it came from a file, or consent is not on record."""
        if self.capture is None or self.imported or self.consent is None:
            return None
        return self.capture.picture

    @property
    def identity(self) -> object:
        """What says who the person claims to be, to know it again; None where nothing does (yet)."""
        return self.card or self.travel_document or self.stated

    @property
    def may_read_again(self) -> bool:
        """Whether the card may be put aside: nothing was compared, and nothing came of it that a manager would look at."""
        if (
            not self.identified
            or self.attempts
            or self.netcheck_before
            or (self.netcheck is not None and self.netcheck.code not in QUIET_NETCHECK)
        ):
            return False
        alerts = () if self.judgement is None else self.judgement.alerts
        return all(alert.kind is AlertKind.NON_FACE_PATH for alert in alerts)

    @property
    def may_ask_authority_again(self) -> bool:
        """Whether the authority's answer is one to ask about once more: it was down, or it did not confirm the document."""
        if self.netcheck is None or self.netcheck.photo is not None or len(self.netcheck_before) >= ASKED_AGAIN_MOST:
            return False
        if self.netcheck.code in _PHOTOS_COMPARED and self.unseen:  # the offer itself would tell what it said of the photograph
            return False
        return self.netcheck.code not in QUIET_NETCHECK

    def without_netcheck(self) -> dict[str, object]:
        """Return the fields that asking the authority again changes."""
        before = self.netcheck_before if self.netcheck is None else (*self.netcheck_before, self.netcheck.code)
        return {"authority_asked": False, "netcheck": None, "netcheck_shown": None, "netcheck_before": before}

    @property
    def may_keep_face(self) -> bool:
        """Whether a decided customer's face may be searched later: with consent, and not where a living person is in doubt."""
        agreed = self.decision is not None and self.consent is not None and not self.without_face
        return agreed and not self.imported and (self.pad is None or self.pad.state is not PadState.ATTACK)

    def without_identity(self) -> dict[str, object]:
        """Return the fields that putting the card aside clears."""
        return {
            **dict.fromkeys(
                (
                    "card",
                    "stated",
                    "travel_document",
                    "chip",
                    "chip_shown",
                    "netcheck",
                    "netcheck_shown",
                    "netcheck_photo",
                    "printed_photo",
                )
            ),
            "asked_chip": AskedChip.NOT_ASKED,
            "scanned": NOTHING_SCANNED,
            "authority_asked": False,
            "kinship": NOT_LOOKED_UP,
            "second_identity": NOT_SEARCHED,
            "judgement": None,
            "problem": None,
            "result_seen": False,  # it was of another card
        }

    def age_years(self, on: datetime.date) -> int | None:
        """Return the age in whole years on a day; None where no birth date is known."""
        if self.card is not None:
            return self.card.age_years(on)
        if self.travel_document is not None:
            return self.travel_document.age_years(on)
        return None if self.number is None else self.number.reveal().age_years(on)

    def with_time(self, stage: str, took_ms: float) -> Customer:
        """Return the customer with a note of what a stage took."""
        return replace(self, latency_ms={**self.latency_ms, stage: took_ms})

    def without_capture(self) -> dict[str, object]:
        """Return the fields that a new look at the face clears."""
        cleared: dict[str, object] = dict.fromkeys(("capture", "judgement", "pad", "problem"))
        return {**cleared, "imported": False, "edges": {}, "second_identity": NOT_SEARCHED}
