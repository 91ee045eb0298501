"""Reading the tables of ``config/policy.toml``: every key is asked for by name, and what is left over is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from teller_assist.decision.judgement import AlertKind, FaceFinding, Kinship, NextStep, Severity
from teller_assist.decision.next_step import FILE, PAD_STATES, StepRule
from teller_assist.errors import SettingOutOfRangeError, UnknownSettingError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState

ANY = "any"
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True)
class Table:
    """One table of the file and where it stands; taking a key removes it."""

    where: str
    content: dict[str, object]
    file: str = FILE

    def key(self, name: str) -> str:
        """Return a key's full name, for errors."""
        return f"{self.where}.{name}" if self.where else name

    def take(self, name: str) -> object:
        """Take a value out; None where it is absent, which no value of a TOML file is."""
        return self.content.pop(name, None)

    def finish(self) -> None:
        """Refuse what is left over.

        Raises
        ------
        UnknownSettingError
            A key is unknown.
        """
        for name in self.content:
            raise UnknownSettingError(key=self.key(name), file=self.file)


def take_table(table: Table, name: str) -> Table:
    """Take a table out.

    Raises
    ------
    SettingOutOfRangeError
        It is absent or no table.
    """
    content = table.take(name)
    if not isinstance(content, dict):
        raise SettingOutOfRangeError(key=table.key(name), file=table.file)
    return Table(table.key(name), dict(content), table.file)


def one_of(table: Table, name: str, codes: type[Code]) -> Code:
    """Take one code of a closed list.

    Raises
    ------
    SettingOutOfRangeError
        It is absent or not in the list.
    """
    return _code(table.take(name), table.key(name), codes, table.file)


def set_of(table: Table, name: str, codes: type[Code]) -> frozenset[Code]:
    """Take a list of codes, which may be empty.

    Raises
    ------
    SettingOutOfRangeError
        It is absent or no list, or an entry is not in the closed list or stands twice.
    """
    return frozenset(_codes(table, name, codes))


def whole_number(table: Table, name: str, *, minimum: int, maximum: int) -> int:
    """Take a whole number.

    Raises
    ------
    SettingOutOfRangeError
        It is absent, no whole number or outside the range.
    """
    value = table.take(name)
    if type(value) is not int or not minimum <= value <= maximum:
        raise SettingOutOfRangeError(key=table.key(name), file=table.file, minimum=minimum, maximum=maximum)
    return value


def read_rules(table: Table, *, attempts_max: int, quiet_netcheck: frozenset[NetcheckCode]) -> tuple[StepRule, ...]:
    """Read the rules of the next-step matrix.

    Raises
    ------
    UnknownSettingError
        A key is unknown.
    SettingOutOfRangeError
        A value is absent, of the wrong type or outside its range, or a rule raises an alert that its evidence does not give.
    """
    rules = [_rule(name, take_table(table, name), attempts_max) for name in list(table.content)]
    for rule in rules:
        for kind in rule.alerts:
            if not _evidence_gives(kind, rule, quiet_netcheck):
                raise SettingOutOfRangeError(key=f"rules.{rule.name}.alerts.{kind}", file=FILE, why="no_evidence")
    return tuple(rules)


def _rule(name: str, table: Table, attempts_max: int) -> StepRule:
    step = one_of(table, "next_step", NextStep)
    retakes, afterwards = (0, ()) if step is not NextStep.RETAKE else _retaking(table, attempts_max)
    alerts = take_table(table, "alerts") if "alerts" in table.content else Table("", {})
    rule = StepRule(
        name=name,
        netcheck=_dimension(table, "netcheck", NetcheckCode),
        face=_dimension(table, "face", FaceFinding),
        kinship=_dimension(table, "kinship", Kinship),
        pad=_pad(table),
        next_step=step,
        retakes=retakes,
        afterwards=afterwards,
        alerts={
            _code(kind, alerts.where, AlertKind, alerts.file): one_of(alerts, kind, Severity) for kind in list(alerts.content)
        },
        reasons=_words(table, "reasons"),
    )
    table.finish()
    return rule


def _retaking(table: Table, attempts_max: int) -> tuple[int, tuple[NextStep, ...]]:
    retakes = whole_number(table, "retakes", minimum=1, maximum=attempts_max)
    afterwards = _codes(table, "afterwards", NextStep)
    if not afterwards or NextStep.RETAKE in afterwards:
        raise SettingOutOfRangeError(key=table.key("afterwards"), file=FILE, why="retake_without_end")
    return retakes, afterwards


def _dimension(table: Table, name: str, codes: type[Code]) -> frozenset[Code]:
    if table.content.get(name) == ANY:
        table.take(name)
        return frozenset(codes)
    chosen = set_of(table, name, codes)
    if not chosen:
        raise SettingOutOfRangeError(key=table.key(name), file=FILE, why="empty")
    return chosen


def _pad(table: Table) -> frozenset[PadState]:
    chosen = _dimension(table, "pad", PadState) & frozenset(PAD_STATES)
    if not chosen:
        raise SettingOutOfRangeError(key=table.key("pad"), file=FILE, allowed=", ".join(PAD_STATES))
    return chosen


def _evidence_gives(kind: AlertKind, rule: StepRule, quiet_netcheck: frozenset[NetcheckCode]) -> bool:
    """Return whether all of a rule's combinations give an alert of this kind."""
    return {
        AlertKind.IMPOSTOR: rule.face == {FaceFinding.NON_MATCH},
        AlertKind.KINSHIP: rule.kinship == {Kinship.YES},
        AlertKind.PRESENTATION_ATTACK: rule.pad == {PadState.ATTACK},
        AlertKind.NETCHECK_RESULT: not rule.netcheck & quiet_netcheck,
    }.get(kind, False)


def _words(table: Table, name: str) -> tuple[str, ...]:
    value = table.take(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingOutOfRangeError(key=table.key(name), file=FILE)
    return tuple(value)


def _codes(table: Table, name: str, codes: type[Code]) -> tuple[Code, ...]:
    value = table.take(name)
    if not isinstance(value, list):
        raise SettingOutOfRangeError(key=table.key(name), file=table.file, allowed=", ".join(codes))
    found = tuple(_code(one, table.key(name), codes, table.file) for one in value)
    if len(set(found)) != len(found):
        raise SettingOutOfRangeError(key=table.key(name), file=table.file, why="twice")
    return found


def _code(value: object, key: str, codes: type[Code], file: str) -> Code:
    # A code is asked for by its text: an enumeration would also take a member's number or a table.
    if not isinstance(value, str) or value not in set(codes):
        raise SettingOutOfRangeError(key=key, file=file, allowed=", ".join(codes))
    return codes(value)
