"""What the window shows of signing on."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.alerts.states import SignOnWay
from teller_assist.wording import Sentences


@dataclass(frozen=True)
class SignOnView:
    """Signing on, and signing as the second teller.

    Attributes
    ----------
    by_password
        Login and password are asked for; else a name.
    checking
        They are being checked.
    refused
        Why the last ones were not right.
    login
        Whose desk it is while it is locked, so that only the password is to type; "" where nobody's, or by name.
    way
        How whoever sits here signed on.
    """

    by_password: bool
    checking: bool = False
    refused: Sentences | None = None
    login: str = ""
    way: SignOnWay = SignOnWay.NAME


NO_PASSWORD = SignOnView(by_password=False)
