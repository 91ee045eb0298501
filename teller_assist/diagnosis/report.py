"""The report of ``teller-assist doctor``: every part becomes lines, also one that fails or hangs, so it always finishes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType

from teller_assist.errors import Fact, KnownError
from teller_assist.wording import error_sentences, sentence

PART_TIMEOUT_S = 30.0


class PartState(StrEnum):
    """How a part of the installation is."""

    READY = "ready"
    ATTENTION = "attention"  # works, with something switched off or unusual
    FAILED = "failed"


@dataclass(frozen=True)
class PartReport:
    """One part of the report.

    Attributes
    ----------
    facts
        What was found, without personal data: no path that could bear a person's name, no host name.
    notes_zh, notes_en
        Sentences for a person.
    """

    part: str
    state: PartState
    facts: Mapping[str, Fact] = field(default_factory=dict)
    notes_zh: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a part's look returns; the report adds the part's name."""

    state: PartState
    facts: Mapping[str, Fact]
    notes: tuple[tuple[str, str], ...] = ()  # (group, code) of the wording


Look = Callable[[], Finding]


def make_report(parts: Mapping[str, Look], *, timeout_s: float = PART_TIMEOUT_S) -> list[PartReport]:
    """Look at every part in turn.

    Parameters
    ----------
    parts
        By name, in the order of the report.
    timeout_s
        A part that has not answered by then is reported as failed, and the report goes on.
    """
    return [_report_on(part, look, timeout_s) for part, look in parts.items()]


class _Attempt(threading.Thread):
    """Runs one look; what it raises is kept, whatever it is: a report that dies on a broken machine is of no use."""

    def __init__(self, look: Look) -> None:
        super().__init__(name="doctor", daemon=True)
        self._look = look
        self.finding: Finding | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        with self:
            self.finding = self._look()

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> bool:
        self.error = error
        return True


def _report_on(part: str, look: Look, timeout_s: float) -> PartReport:
    attempt = _Attempt(look)
    attempt.start()
    attempt.join(timeout_s)
    if attempt.finding is not None:
        words = [sentence(group, code) for group, code in attempt.finding.notes]
        return PartReport(
            part, attempt.finding.state, attempt.finding.facts, tuple(w.zh for w in words), tuple(w.en for w in words)
        )
    if isinstance(attempt.error, KnownError):
        words = [error_sentences(attempt.error)]
        known: dict[str, Fact] = {"reason": attempt.error.reason, **attempt.error.facts}
        return PartReport(part, PartState.FAILED, known, (words[0].zh,), (words[0].en,))
    code = "part_timed_out" if attempt.error is None else "part_failed"
    told = sentence("doctor", code)
    # The type only: the message of a foreign exception may hold a path or a value.
    facts: dict[str, Fact] = {"timeout_s": timeout_s} if attempt.error is None else {"type": type(attempt.error).__name__}
    return PartReport(part, PartState.FAILED, facts, (told.zh,), (told.en,))


def all_ready(reports: Sequence[PartReport]) -> bool:
    """Tell whether no part failed."""
    return all(report.state is not PartState.FAILED for report in reports)
