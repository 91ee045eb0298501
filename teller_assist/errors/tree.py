"""The root of the tree."""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | float | bool


class TellerAssistError(Exception):
    """Everything this product raises on purpose."""


class BugError(TellerAssistError):
    """Our own invariant broke. The teller is told to verify by hand; the report carries no locals."""


class KnownError(TellerAssistError):
    """Something outside the program went wrong and a person can act on it.

    Parameters
    ----------
    reason
        One of the class's ``reasons``; may be left out where the class has exactly one.
    facts
        What happened in values that may be shown and logged: never a name, number, address or picture.

    Raises
    ------
    BugError
        The reason is not one of this class's.
    """

    reasons: ClassVar[tuple[str, ...]] = ()

    def __init__(self, reason: str | None = None, /, **facts: Fact) -> None:
        if reason is None and len(self.reasons) == 1:
            reason = self.reasons[0]
        if reason not in self.reasons:
            raise BugError(f"{type(self).__name__} does not know the reason {reason!r}")
        super().__init__(reason)
        self.reason: str = reason
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.reason} ({facts})" if facts else self.reason
