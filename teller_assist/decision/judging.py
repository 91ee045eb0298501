"""One customer's evidence -> one judgement. The product advises; the teller decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from teller_assist.decision.challenge import ALL_RIGHT, SOME_WRONG, Answers, outcome_of
from teller_assist.decision.edges import (
    DOCUMENT_REASONS,
    PERSON_REASONS,
    WITHOUT_CHIP,
    Edges,
    FaceConclusion,
    NotCompared,
    NotComparedWhy,
    conclude,
    portrait_contradicts,
)
from teller_assist.decision.judgement import Alert, AlertKind, FaceFinding, Judgement, Kinship, NextStep, Severity
from teller_assist.decision.kinship import LOOK_ALIKE, KinshipFinding
from teller_assist.decision.next_step import Situation, StepRule
from teller_assist.decision.persons import HOLDER_MUST_COME
from teller_assist.decision.policy import QUIET_NETCHECK, Policy
from teller_assist.decision.printed_card import CONTRADICTIONS, PrintedReason, printed_reasons
from teller_assist.decision.second_identity import NOT_SEARCHED, SecondIdentityFinding
from teller_assist.decision.second_identity import WHY as SECOND_IDENTITY
from teller_assist.decision.teller_judgement import disagreement
from teller_assist.decision.travel_document import FAILED, TravelDocumentFinding, TravelDocumentReason
from teller_assist.evidence.document_agreement import FieldComparison
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerJudgement

_PICTURE_PROBLEMS = frozenset({NotComparedWhy.NO_FACE, NotComparedWhy.SEVERAL_FACES, NotComparedWhy.QUALITY_TOO_LOW})
_NON_FACE_PATH = frozenset({NotComparedWhy.CONSENT_REFUSED, NotComparedWhy.FACE_PATH_LEFT, NotComparedWhy.HOLDER_ABSENT})
_SEVERITY_ORDER = (Severity.STOP, Severity.REVIEW, Severity.INFO)
ATTEMPTS_EXCEEDED = "attempts_exceeded"
NAME_ENCODING = "netcheck_name_encoding"
PICTURE_IMPORTED = "picture_imported"
ANSWERED_OTHERWISE = "netcheck_answered_otherwise"
_NO_ANSWER = frozenset({NetcheckCode.SERVICE_DOWN, NetcheckCode.FORMAT_ERROR})


class DocumentProblem(StrEnum):
    """What checks of the card's own text found; codes of the wording groups ``reason``, ``alert_headline`` and ``alert_text``."""

    CARD_EXPIRED = "card_expired"
    CARD_NOT_YET_VALID = "card_not_yet_valid"


class DeviceProblem(StrEnum):
    """A device that was not there when the customer needed it; codes of the same groups."""

    CAMERA_DOWN = "camera_down"
    READER_DOWN = "reader_down"


@dataclass(frozen=True)
class CustomerEvidence:
    """Everything a judgement is made from.

    Attributes
    ----------
    attempts
        Captures of this customer so far, the present one included; 0 where no face was captured.
    document_problems
        Empty where the checks found none.
    name_agreement
        On NAME_MISMATCH: how the card's name and the one on record agree; None where the record's is not known.
    teller_judgement
        Given before the reading was shown; None where it was not asked for.
    challenge
        Which questions were answered rightly, as far as they were asked.
    role
        As who the person is checked.
    without_chip
        Why no chip was read; None where one was, or was not tried yet.
    imported
        The picture of the customer came from a file, not from the camera.
    netcheck_before
        What the authority answered before it was asked again.
    device_problems
        Devices whose place something else took: documents or a file for the camera, typing for the reader.
    second_identity
        Whether the face was seen lately under another number.
    printed
        How the printed card agrees with its chip: of fields that were read surely or that the teller settled, and of no others,
        because a misread field contradicts nothing.
    travel_document
        The passport or travel permit whose chip was read in place of an ID card's; None where there is none.
    """

    edges: Edges
    netcheck: NetcheckCode
    kinship: KinshipFinding
    pad: PadReading
    business_kind: BusinessKind
    attempts: int
    document_problems: tuple[DocumentProblem, ...] = ()
    name_agreement: NameAgreement | None = None
    teller_judgement: TellerJudgement | None = None
    challenge: Answers = field(default_factory=dict)
    role: PersonRole = PersonRole.HOLDER
    without_chip: NoChip | None = None
    imported: bool = False
    netcheck_before: tuple[NetcheckCode, ...] = ()
    device_problems: tuple[DeviceProblem, ...] = ()
    second_identity: SecondIdentityFinding = NOT_SEARCHED
    printed: tuple[FieldComparison, ...] = ()
    travel_document: TravelDocumentFinding | None = None

    @property
    def netcheck_why(self) -> str:
        """Code of what the authority said; names that differ in their encoding only are no mismatch of persons."""
        if self.netcheck is NetcheckCode.NAME_MISMATCH and self.name_agreement is NameAgreement.ENCODING:
            return NAME_ENCODING
        return f"netcheck_{self.netcheck.value.lower()}"

    @property
    def printed_differs(self) -> tuple[PrintedReason, ...]:
        """What is printed on the card otherwise than its chip has it."""
        return printed_reasons(self.printed, portrait_differs=portrait_contradicts(self.edges))

    @property
    def printed_contradicts(self) -> tuple[PrintedReason, ...]:
        """The same, of what says who the card's holder is."""
        return tuple(reason for reason in self.printed_differs if reason in CONTRADICTIONS)

    @property
    def of_travel_document(self) -> tuple[TravelDocumentReason, ...]:
        """What is to be told of a travel document, the weightiest first."""
        return () if self.travel_document is None else self.travel_document.reasons

    @property
    def travel_document_problems(self) -> tuple[TravelDocumentReason, ...]:
        """What of it is a matter of the document itself."""
        return () if self.travel_document is None else self.travel_document.problems

    @property
    def contradicted(self) -> tuple[NetcheckCode, ...]:
        """What the authority said before and does not say now; that it was out of reach contradicts nothing."""
        return tuple(code for code in self.netcheck_before if code not in {self.netcheck, *_NO_ANSWER})


def judge(evidence: CustomerEvidence, policy: Policy) -> Judgement:
    """Return what follows from one customer's evidence."""
    concluded = conclude(evidence.edges, of_travel_document=evidence.travel_document is not None)
    situation = Situation.of(evidence.netcheck, concluded.finding, evidence.kinship.kinship, evidence.pad.state)
    rule = policy.next_steps.rule_for(situation)
    # Without the chip portrait no live picture, however good, leads to an outcome.
    chip_missing = bool(WITHOUT_CHIP.intersection(concluded.reasons))
    doubtful = bool(_document_codes(evidence, concluded) or evidence.contradicted)
    document_problem = chip_missing or evidence.without_chip is not None or doubtful
    return Judgement(
        outcome=concluded.outcome,
        face=concluded.finding,
        netcheck=evidence.netcheck,
        kinship=evidence.kinship.kinship,
        pad=evidence.pad.state,
        next_step=_next_step(evidence, concluded, rule, policy, document_problem=document_problem),
        reasons=_reasons(evidence, concluded, rule, policy),
        alerts=_alerts(evidence, concluded, rule, policy),
        rule=rule.name,
    )


def _next_step(
    evidence: CustomerEvidence, concluded: FaceConclusion, rule: StepRule, policy: Policy, *, document_problem: bool
) -> NextStep:
    step = _step_of_evidence(evidence, concluded, rule, policy, document_problem=document_problem)
    if policy.persons.must_come(evidence.role, evidence.business_kind) and step in policy.persons.instead_of:
        return policy.persons.next_step
    if evidence.imported and step in policy.imported_picture.instead_of:
        return policy.imported_picture.next_step
    return step


def _step_of_evidence(
    evidence: CustomerEvidence, concluded: FaceConclusion, rule: StepRule, policy: Policy, *, document_problem: bool
) -> NextStep:
    step = rule.step_at(evidence.attempts)
    attack = evidence.pad.state is PadState.ATTACK
    if evidence.printed_contradicts and not attack and step in policy.printed_differs.instead_of:
        return policy.printed_differs.next_step
    failed = FAILED.intersection(evidence.of_travel_document)
    if failed and not attack and step in policy.travel_document_failed.instead_of:
        return policy.travel_document_failed.next_step
    if document_problem and not attack and step in policy.document_problem.instead_of:
        return policy.document_problem.next_step
    if evidence.travel_document is not None and step in policy.travel_document.instead_of:
        return policy.travel_document.next_step
    if evidence.second_identity.seen and step in policy.second_identity.instead_of:
        step = policy.second_identity.next_step
    answered = outcome_of(evidence.challenge) if step is NextStep.CHALLENGE_QUESTIONS else ""
    if answered:
        step = _after_questions(evidence.netcheck, answered, policy)
    if disagreement(evidence.teller_judgement, concluded.finding) and step in policy.judgement_first.instead_of:
        return policy.judgement_first.next_step
    return step


def alternatives(situation: Situation, steps: Iterable[NextStep], policy: Policy) -> dict[str, NextStep]:
    """Return what the steps of a situation may become, by code (wording group ``policy``) of what has to happen for it."""
    reached = set(steps)
    found: dict[str, NextStep] = {}
    if reached & policy.printed_differs.instead_of and situation.pad is not PadState.ATTACK:
        found["printed_differs"] = policy.printed_differs.next_step
    if reached & policy.travel_document_failed.instead_of and situation.pad is not PadState.ATTACK:
        found["travel_document_failed"] = policy.travel_document_failed.next_step
    if reached & policy.travel_document.instead_of and situation.netcheck is NetcheckCode.NOT_ASKED:
        found["travel_document"] = policy.travel_document.next_step
    if reached & policy.document_problem.instead_of and situation.pad is not PadState.ATTACK:
        found["document_problem"] = policy.document_problem.next_step
    if reached & policy.second_identity.instead_of:
        found["second_identity"] = policy.second_identity.next_step
        reached.add(policy.second_identity.next_step)
    if NextStep.CHALLENGE_QUESTIONS in reached:
        found |= {answered: _after_questions(situation.netcheck, answered, policy) for answered in (ALL_RIGHT, SOME_WRONG)}
    reached |= set(found.values())
    if situation.face in (FaceFinding.MATCH, FaceFinding.NON_MATCH) and reached & policy.judgement_first.instead_of:
        found["teller_disagrees"] = policy.judgement_first.next_step
    if reached & policy.imported_picture.instead_of and situation.face is not FaceFinding.NOT_DONE:
        found["imported_picture"] = policy.imported_picture.next_step
    if reached & policy.persons.instead_of:
        found[HOLDER_MUST_COME] = policy.persons.next_step
    return found


def _after_questions(netcheck: NetcheckCode, answered: str, policy: Policy) -> NextStep:
    if answered != ALL_RIGHT:
        return policy.challenge.any_wrong
    agrees = netcheck in (NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_NO_PHOTO)
    return policy.challenge.all_right if agrees else policy.challenge.all_right_without_authority


def _reasons(evidence: CustomerEvidence, concluded: FaceConclusion, rule: StepRule, policy: Policy) -> tuple[str, ...]:
    """Return the reasons, the weightiest first: document and authority, attack, face, relatives, then what limits the claim."""
    netcheck = evidence.netcheck_why
    pad = f"pad_{evidence.pad.state.value}"
    attack = evidence.pad.state is PadState.ATTACK
    problems = (*evidence.document_problems, *evidence.travel_document_problems)
    reasons: list[str] = [problem.value for problem in problems]
    reasons += [reason.value for reason in evidence.printed_differs]
    reasons += [netcheck] if evidence.netcheck not in QUIET_NETCHECK else []
    reasons += [ANSWERED_OTHERWISE] if evidence.contradicted else []
    reasons += [pad] if attack else []
    reasons += [PICTURE_IMPORTED] if evidence.imported else []
    no_chip = "" if evidence.without_chip is None else f"no_chip_{evidence.without_chip}"
    said_better = {NotComparedWhy.NO_CARD} if no_chip else set()
    reasons += [problem.value for problem in evidence.device_problems]
    reasons += [no_chip] if no_chip else []
    reasons += [str(reason) for reason in concluded.reasons if reason not in said_better]
    disagrees = disagreement(evidence.teller_judgement, concluded.finding)
    reasons += [disagrees] if disagrees else []
    answered = outcome_of(evidence.challenge) if evidence.challenge else ""
    reasons += [answered] if answered else []
    reasons += [reason.value for reason in evidence.of_travel_document]  # what is told already stands once
    nobody = TravelDocumentReason.NOBODY_TO_LOOK_UP in evidence.of_travel_document
    reasons += [] if nobody else [evidence.kinship.why]
    reasons += [LOOK_ALIKE.why] if evidence.kinship.look_alike else []
    reasons += [SECOND_IDENTITY] if evidence.second_identity.seen else []
    reasons += policy.persons.reasons(evidence.role, evidence.business_kind)
    reasons += rule.reasons
    reasons += [ATTEMPTS_EXCEEDED] if evidence.attempts > policy.attempts_max else []
    reasons += [netcheck] if evidence.netcheck in QUIET_NETCHECK and not nobody else []
    reasons += [] if attack else [pad]
    return tuple(dict.fromkeys(reasons))


def _alerts(evidence: CustomerEvidence, concluded: FaceConclusion, rule: StepRule, policy: Policy) -> tuple[Alert, ...]:
    """Return the alerts, the most severe first; of one kind the first found stands."""
    found: dict[AlertKind, Alert] = {}
    for alert in _evidence_alerts(evidence, concluded, policy):
        raised = rule.alerts.get(alert.kind, alert.severity)
        severity = min(alert.severity, raised, key=_SEVERITY_ORDER.index)
        first = found.setdefault(alert.kind, Alert(alert.kind, severity, alert.why))
        found[alert.kind] = replace(first, severity=min(first.severity, severity, key=_SEVERITY_ORDER.index))
    return tuple(sorted(found.values(), key=lambda alert: _SEVERITY_ORDER.index(alert.severity)))


def _evidence_alerts(evidence: CustomerEvidence, concluded: FaceConclusion, policy: Policy) -> Iterable[Alert]:
    """Return the alerts that the evidence gives by itself, the weightier kinds first."""
    of = policy.severities
    if evidence.pad.state is PadState.ATTACK:
        yield Alert(AlertKind.PRESENTATION_ATTACK, of[AlertKind.PRESENTATION_ATTACK], evidence.pad.why[0])
    for why in _person_codes(evidence, concluded):
        yield Alert(AlertKind.IMPOSTOR, of[AlertKind.IMPOSTOR], why)
    for why in (*(reason.value for reason in evidence.printed_contradicts), *_document_codes(evidence, concluded)):
        yield Alert(AlertKind.DOCUMENT_MISMATCH, of[AlertKind.DOCUMENT_MISMATCH], why)
    yield from _netcheck_alerts(evidence, policy)
    yield from _register_alerts(evidence, policy)
    disagrees = disagreement(evidence.teller_judgement, concluded.finding)
    if disagrees:
        yield Alert(AlertKind.JUDGEMENT_DISAGREEMENT, of[AlertKind.JUDGEMENT_DISAGREEMENT], disagrees)
    if evidence.attempts > policy.attempts_max:
        yield Alert(AlertKind.ATTEMPTS_EXCEEDED, of[AlertKind.ATTEMPTS_EXCEEDED], ATTEMPTS_EXCEEDED)
    yield from (Alert(AlertKind.DEVICE, of[AlertKind.DEVICE], problem.value) for problem in evidence.device_problems)
    missing = evidence.edges.live_chip
    if isinstance(missing, NotCompared) and missing.why in _PICTURE_PROBLEMS:
        yield Alert(AlertKind.QUALITY, of[AlertKind.QUALITY], missing.why.value)
    if isinstance(missing, NotCompared) and missing.why in _NON_FACE_PATH:
        yield Alert(AlertKind.NON_FACE_PATH, of[AlertKind.NON_FACE_PATH], missing.why.value)


def _netcheck_alerts(evidence: CustomerEvidence, policy: Policy) -> Iterable[Alert]:
    """Return what the authority's answers give: asking again makes no alert disappear."""
    if evidence.netcheck not in QUIET_NETCHECK:
        yield Alert(AlertKind.NETCHECK_RESULT, policy.netcheck_severities[evidence.netcheck], evidence.netcheck_why)
    for code in evidence.contradicted:
        yield Alert(AlertKind.NETCHECK_RESULT, policy.netcheck_severities[code], ANSWERED_OTHERWISE)


def _register_alerts(evidence: CustomerEvidence, policy: Policy) -> Iterable[Alert]:
    """Return what the branch server knows of other persons: one seen lately with this face, relatives, look-alikes."""
    if evidence.second_identity.seen:
        yield Alert(AlertKind.SECOND_IDENTITY, policy.severities[AlertKind.SECOND_IDENTITY], SECOND_IDENTITY)
    if evidence.kinship.kinship is Kinship.YES and evidence.kinship.why != LOOK_ALIKE.why:
        yield Alert(AlertKind.KINSHIP, _kinship_severity(evidence, policy), evidence.kinship.why)
    if evidence.kinship.look_alike:
        yield Alert(AlertKind.LOOK_ALIKE, policy.severities[AlertKind.LOOK_ALIKE], LOOK_ALIKE.why)


def _person_codes(evidence: CustomerEvidence, concluded: FaceConclusion) -> tuple[str, ...]:
    """Return what says that the live face is another one; the authority's photograph alone carries no such statement."""
    if isinstance(evidence.edges.live_chip, NotCompared):
        return ()
    return tuple(str(reason) for reason in concluded.reasons if reason in PERSON_REASONS)


def _document_codes(evidence: CustomerEvidence, concluded: FaceConclusion) -> tuple[str, ...]:
    codes = [str(reason) for reason in concluded.reasons if reason in DOCUMENT_REASONS]
    return (*codes, *(problem.value for problem in (*evidence.document_problems, *evidence.travel_document_problems)))


def _kinship_severity(evidence: CustomerEvidence, policy: Policy) -> Severity:
    strict = evidence.kinship.possible_twin or evidence.business_kind in policy.kinship.strict_kinds
    return policy.kinship.strict_severity if strict else policy.kinship.severity
