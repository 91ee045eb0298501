"""The persons that the sandbox's authority knows."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import normalised_name
from teller_assist.settings.personal import Personal


@dataclass(frozen=True, eq=False)
class SandboxPerson:
    """One made-up person.

    Attributes
    ----------
    name
        As the authority writes it.
    code
        What is answered when the name agrees.
    photo
        JPEG with its mesh; empty: the authority has none.
    card_name
        As the card writes it; the same where None.
    """

    name: Personal[str]
    number: Personal[IdNumber]
    code: NetcheckCode
    photo: bytes = b""
    card_name: Personal[str] | None = None

    @property
    def on_card(self) -> str:
        """The name as the card writes it."""
        return (self.card_name or self.name).reveal()

    @property
    def card_is_answered(self) -> NetcheckCode:
        """What is answered about this person's own card."""
        return self.code if self.has_name(normalised_name(self.on_card)) else NetcheckCode.NAME_MISMATCH

    def has_name(self, asked: str) -> bool:
        """Whether a name is this person's: to the character, as an old register compares; rare ones then disagree."""
        return asked == self.name.reveal()
