"""The next-step matrix: every combination of evidence has exactly one rule, whatever the order of the rules in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from teller_assist.decision.judgement import AlertKind, FaceFinding, Kinship, NextStep, Severity
from teller_assist.errors import SettingOutOfRangeError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState

FILE = "policy.toml"
# NOT_APPLICABLE counts as NOT_AVAILABLE.
PAD_STATES = tuple(state for state in PadState if state is not PadState.NOT_APPLICABLE)


@dataclass(frozen=True)
class Situation:
    """One combination of the matrix.

    Attributes
    ----------
    pad
        One of ``PAD_STATES``.
    """

    netcheck: NetcheckCode
    face: FaceFinding
    kinship: Kinship
    pad: PadState

    @classmethod
    def of(cls, netcheck: NetcheckCode, face: FaceFinding, kinship: Kinship, pad: PadState) -> Situation:
        """Return the situation; documents only counts as a detector that is not available."""
        return cls(netcheck, face, kinship, PadState.NOT_AVAILABLE if pad is PadState.NOT_APPLICABLE else pad)


@dataclass(frozen=True)
class StepRule:
    """One rule of the bank.

    Attributes
    ----------
    netcheck, face, kinship, pad
        The combinations it stands for: all of their product.
    retakes
        RETAKE only: how many captures may be followed by another one.
    afterwards
        RETAKE only: the steps after that, one a capture; the last one stays.
    alerts
        Alerts that the evidence of this rule always gives, and how severe they are together. An alert is never less severe than
        on its own.
    reasons
        Codes of the wording group ``reason``, beside those of the evidence.
    """

    name: str
    netcheck: frozenset[NetcheckCode]
    face: frozenset[FaceFinding]
    kinship: frozenset[Kinship]
    pad: frozenset[PadState]
    next_step: NextStep
    retakes: int
    afterwards: tuple[NextStep, ...]
    alerts: Mapping[AlertKind, Severity]
    reasons: tuple[str, ...]

    def situations(self) -> Iterator[Situation]:
        """Return every combination it stands for."""
        for netcheck, face, kinship, pad in product(self.netcheck, self.face, self.kinship, self.pad):
            yield Situation(netcheck, face, kinship, pad)

    def step_at(self, attempts: int) -> NextStep:
        """Return the step after so many captures."""
        if self.next_step is not NextStep.RETAKE or attempts <= self.retakes:
            return self.next_step
        return self.afterwards[min(attempts - self.retakes, len(self.afterwards)) - 1]


class NextStepMatrix:
    """Exactly one rule for each combination.

    Raises
    ------
    SettingOutOfRangeError
        A combination has two rules or none; the facts name it.
    """

    def __init__(self, rules: Iterable[StepRule]) -> None:
        self._rules: dict[Situation, StepRule] = {}
        for rule in rules:
            for situation in rule.situations():
                if situation in self._rules:
                    names = f"{self._rules[situation].name}, {rule.name}"
                    raise SettingOutOfRangeError(key="rules", file=FILE, why="overlap", rules=names, combination=_told(situation))
                self._rules[situation] = rule
        for situation in every_situation():
            if situation not in self._rules:
                raise SettingOutOfRangeError(key="rules", file=FILE, why="missing", combination=_told(situation))

    def rule_for(self, situation: Situation) -> StepRule:
        """Return the one rule."""
        return self._rules[situation]


def every_situation() -> Iterator[Situation]:
    """Return all combinations of the matrix."""
    for netcheck, face, kinship, pad in product(NetcheckCode, FaceFinding, Kinship, PAD_STATES):
        yield Situation(netcheck, face, kinship, pad)


def _told(situation: Situation) -> str:
    return f"{situation.netcheck} {situation.face} {situation.kinship} {situation.pad}"
