"""The persons that the sandbox's authority knows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.settings.personal import Personal


@dataclass(frozen=True, eq=False)
class SandboxPerson:
    """One made-up person.

    Attributes
    ----------
    name
        As the authority writes it.
    card_name
        As the card writes it; the same where None.
    code
        What is answered when name and validity agree.
    photo
        JPEG with its mesh; empty: the authority has none.
    valid_until
        Of the card that the authority knows; None: for life. Not judged where ``judges_validity`` is False.
    """

    name: Personal[str]
    number: Personal[IdNumber]
    code: NetcheckCode
    photo: bytes = b""
    card_name: Personal[str] | None = None
    valid_until: datetime.date | None = None
    judges_validity: bool = False

    @property
    def on_card(self) -> str:
        """The name as the card writes it."""
        return (self.card_name or self.name).reveal()
