"""The bank's policy (``config/policy.toml``): target rates, severities and next steps, dated and authored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.comparison.calibration import TARGET_FMRS
from teller_assist.decision.challenge import ChallengePolicy
from teller_assist.decision.judgement import AlertKind, NextStep, Severity
from teller_assist.decision.next_step import FILE, NextStepMatrix
from teller_assist.decision.persons import PersonsPolicy
from teller_assist.decision.policy_tables import Table, one_of, read_rules, set_of, take_table, whole_number
from teller_assist.decision.teller_judgement import JudgementFirst
from teller_assist.errors import SettingOutOfRangeError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.settings.dated_file import read_dated_file

# Alerts that one customer's evidence gives by itself; netcheck_result and kinship have severities of their own below.
EVIDENCE_ALERTS = (
    AlertKind.IMPOSTOR,
    AlertKind.PRESENTATION_ATTACK,
    AlertKind.DOCUMENT_MISMATCH,
    AlertKind.QUALITY,
    AlertKind.ATTEMPTS_EXCEEDED,
    AlertKind.NON_FACE_PATH,
    AlertKind.LOOK_ALIKE,
    AlertKind.SECOND_IDENTITY,
    AlertKind.JUDGEMENT_DISAGREEMENT,
    AlertKind.DEVICE,
)
# Answers that agree, or were never given, alert nobody.
QUIET_NETCHECK = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_NO_PHOTO, NetcheckCode.NOT_ASKED})
_REPLACEABLE_BY_A_HINT = frozenset({NextStep.PROCEED, NextStep.VERIFY_BY_HAND})
_ATTEMPTS_MOST = 10
_ONE_IN_MOST = 1000
_AGE_MOST_YEARS = 21
_ANSWER_MOST_MINUTES = 240
_TABLES = (
    "outcome", "attempts", "kinship", "document_problem", "printed_differs", "imported_picture", "second_identity",
    "travel_document", "travel_document_failed",
    "challenge_questions", "judgement_first", "persons", "manager_review", "alerts", "rules", "storage",
)  # fmt: skip


class KeepPictures(StrEnum):
    """Which sealed cases hold pictures."""

    NEVER = "never"
    ALERTS = "alerts"
    ALWAYS = "always"


@dataclass(frozen=True)
class OutcomePolicy:
    """Where MATCH and NON_MATCH begin.

    Attributes
    ----------
    target_fmr
        A key of ``TARGET_FMRS``.
    non_match_fnmr_max
        0 to 0.5: NON_MATCH needs a score that no more than this share of mated comparisons falls below.
    """

    target_fmr: str
    non_match_fnmr_max: float


@dataclass(frozen=True)
class KinshipPolicy:
    """How severe a relative's number is.

    Attributes
    ----------
    severity
        Usually.
    strict_severity
        For a possible twin, and for the strict kinds of business.
    """

    severity: Severity
    strict_severity: Severity
    strict_kinds: frozenset[BusinessKind]


@dataclass(frozen=True)
class StepInstead:
    """What a circumstance of its own changes.

    Attributes
    ----------
    next_step
        Taken in place of the steps in ``instead_of``.
    """

    next_step: NextStep
    instead_of: frozenset[NextStep]


@dataclass(frozen=True)
class Policy:
    """The whole policy file.

    Attributes
    ----------
    attempts_max
        Captures for one customer; one more is an alert.
    document_problem
        The document itself has one (expired, portrait unlike the authority's photograph or not comparable); not where the reading
        of presentation attacks decides.
    printed_differs
        The printed card says otherwise than its chip who its holder is; not where the reading of presentation attacks decides.
    imported_picture
        The picture of the customer came from a file: nobody saw by it who stands at the counter.
    second_identity
        The face was seen lately under another number: it changes no more than a relative's number would.
    travel_document
        A passport's or travel permit's chip was read: neither the authority nor a register can be asked about it.
    travel_document_failed
        Its content, its signature or its issuer is not what it should be; not where the reading of presentation attacks decides.
    severities
        Of ``EVIDENCE_ALERTS``.
    netcheck_severities
        Of every answer of the authority that is not quiet.
    keep_pictures
        Which cases hold pictures; without consent none does, whatever stands here.
    answer_within_minutes
        So long a referred customer waits for a manager; afterwards two tellers may sign.
    """

    date: datetime.date
    author: str
    outcome: OutcomePolicy
    attempts_max: int
    kinship: KinshipPolicy
    document_problem: StepInstead
    printed_differs: StepInstead
    imported_picture: StepInstead
    second_identity: StepInstead
    travel_document: StepInstead
    travel_document_failed: StepInstead
    challenge: ChallengePolicy
    judgement_first: JudgementFirst
    persons: PersonsPolicy
    severities: Mapping[AlertKind, Severity]
    netcheck_severities: Mapping[NetcheckCode, Severity]
    next_steps: NextStepMatrix
    keep_pictures: KeepPictures
    answer_within_minutes: int


def read_policy(content: bytes) -> Policy:
    """Read the policy file.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    UnknownSettingError
        A key is unknown.
    SettingOutOfRangeError
        A value is absent, of the wrong type or outside its range, or a combination of evidence has two next steps or none.
    """
    dated = read_dated_file(content, file=FILE, schema="policy/1")
    whole = Table("", dated.content)
    tables = {name: take_table(whole, name) for name in _TABLES}
    whole.finish()
    severities, netcheck_severities = _severities(tables["alerts"])
    attempts_max = _attempts(tables["attempts"])
    rules = read_rules(tables["rules"], attempts_max=attempts_max, quiet_netcheck=QUIET_NETCHECK)
    return Policy(
        dated.date,
        dated.author,
        _outcome(tables["outcome"]),
        attempts_max,
        _kinship(tables["kinship"]),
        _step_instead(tables["document_problem"]),
        _never_refusing(tables["printed_differs"]),
        _step_instead(tables["imported_picture"]),
        _second_identity(tables["second_identity"]),
        _never_refusing(tables["travel_document"]),
        _never_refusing(tables["travel_document_failed"]),
        _challenge(tables["challenge_questions"]),
        _judgement_first(tables["judgement_first"]),
        _persons(tables["persons"]),
        severities,
        netcheck_severities,
        NextStepMatrix(rules),
        _keep_pictures(tables["storage"]),
        _answer_within(tables["manager_review"]),
    )


def _answer_within(table: Table) -> int:
    minutes = whole_number(table, "answer_within_minutes", minimum=1, maximum=_ANSWER_MOST_MINUTES)
    table.finish()
    return minutes


def _keep_pictures(table: Table) -> KeepPictures:
    keep = one_of(table, "keep_pictures", KeepPictures)
    table.finish()
    return keep


def _outcome(table: Table) -> OutcomePolicy:
    target, limit = table.take("target_fmr"), table.take("non_match_fnmr_max")
    table.finish()
    if not isinstance(target, str) or target not in TARGET_FMRS:
        raise SettingOutOfRangeError(key="outcome.target_fmr", file=FILE, allowed=", ".join(TARGET_FMRS))
    if not isinstance(limit, float) or not 0 < limit <= 0.5:
        raise SettingOutOfRangeError(key="outcome.non_match_fnmr_max", file=FILE, minimum=0, maximum=0.5)
    return OutcomePolicy(target, limit)


def _attempts(table: Table) -> int:
    most = whole_number(table, "most", minimum=1, maximum=_ATTEMPTS_MOST)
    table.finish()
    return most


def _kinship(table: Table) -> KinshipPolicy:
    policy = KinshipPolicy(
        severity=one_of(table, "severity", Severity),
        strict_severity=one_of(table, "strict_severity", Severity),
        strict_kinds=set_of(table, "strict_kinds", BusinessKind),
    )
    table.finish()
    return policy


def _step_instead(table: Table) -> StepInstead:
    policy = StepInstead(one_of(table, "next_step", NextStep), set_of(table, "instead_of", NextStep))
    table.finish()
    return policy


def _never_refusing(table: Table) -> StepInstead:
    """Read a table whose circumstance is no ground to refuse a card: two writings of a name, a chip that was made badly."""
    policy = StepInstead(one_of(table, "next_step", NextStep), set_of(table, "instead_of", NextStep))
    if policy.next_step is NextStep.REFUSE_CARD:
        raise SettingOutOfRangeError(key=table.key("next_step"), file=FILE, why="no_refusal")
    table.finish()
    return policy


def _second_identity(table: Table) -> StepInstead:
    """Read the table; a hint never refuses a card, nor leads past a step that asks for more than it does."""
    step, instead_of = one_of(table, "next_step", NextStep), set_of(table, "instead_of", NextStep)
    if step is NextStep.REFUSE_CARD:
        raise SettingOutOfRangeError(key=table.key("next_step"), file=FILE, why="no_refusal")
    if instead_of - _REPLACEABLE_BY_A_HINT:
        allowed = ", ".join(sorted(_REPLACEABLE_BY_A_HINT))
        raise SettingOutOfRangeError(key=table.key("instead_of"), file=FILE, allowed=allowed)
    table.finish()
    return StepInstead(step, instead_of)


def _challenge(table: Table) -> ChallengePolicy:
    policy = ChallengePolicy(
        all_right=one_of(table, "all_right", NextStep),
        all_right_without_authority=one_of(table, "all_right_without_authority", NextStep),
        any_wrong=one_of(table, "any_wrong", NextStep),
    )
    table.finish()
    return policy


def _judgement_first(table: Table) -> JudgementFirst:
    shares = take_table(table, "one_in")
    one_in = {
        BusinessKind(name): whole_number(shares, name, minimum=1, maximum=_ONE_IN_MOST)
        for name in list(shares.content)
        if name in set(BusinessKind)
    }
    shares.finish()
    first = JudgementFirst(
        always=set_of(table, "always", BusinessKind),
        one_in=one_in,
        next_step=one_of(table, "disagreement_next_step", NextStep),
        instead_of=set_of(table, "disagreement_instead_of", NextStep),
    )
    table.finish()
    return first


def _persons(table: Table) -> PersonsPolicy:
    policy = PersonsPolicy(
        by_holder_only=set_of(table, "by_holder_only", BusinessKind),
        next_step=one_of(table, "by_holder_only_next_step", NextStep),
        instead_of=set_of(table, "by_holder_only_instead_of", NextStep),
        guardian_consents_below_years=whole_number(table, "guardian_consents_below_years", minimum=14, maximum=_AGE_MOST_YEARS),
    )
    table.finish()
    return policy


def _severities(table: Table) -> tuple[dict[AlertKind, Severity], dict[NetcheckCode, Severity]]:
    answers = take_table(table, AlertKind.NETCHECK_RESULT.value)
    netcheck = {code: one_of(answers, code.value, Severity) for code in NetcheckCode if code not in QUIET_NETCHECK}
    answers.finish()
    alerts = {kind: one_of(table, kind.value, Severity) for kind in EVIDENCE_ALERTS}
    table.finish()
    return alerts, netcheck
