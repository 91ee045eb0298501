"""Values that belong to a person and never print: names, ID numbers, addresses, account numbers."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

HIDDEN = "***"


class Personal(Generic[T]):
    """Holds one personal value; the only way out is ``reveal``.

    repr, str, format and pickle give "***", also inside a dataclass, a list, a log record or a crash report.
    Two are equal when their values are. Copying a record keeps the value; pickling it does not, because pickled bytes leave
    the process.

    Parameters
    ----------
    value
        Anything hashable and immutable.
    """

    __slots__ = ("__value",)

    def __init__(self, value: T) -> None:
        object.__setattr__(self, "_Personal__value", value)

    def reveal(self) -> T:
        """Return the value. Every call of this is a place to read in a privacy review."""
        value: T = object.__getattribute__(self, "_Personal__value")
        return value

    def __repr__(self) -> str:
        return HIDDEN

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, format_spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return self.reveal() == other.reveal() if isinstance(other, Personal) else NotImplemented

    def __hash__(self) -> int:
        return hash((Personal, self.reveal()))

    def __copy__(self) -> Personal[T]:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Personal[T]:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (HIDDEN,)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a personal value is not changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a personal value is not changed")
