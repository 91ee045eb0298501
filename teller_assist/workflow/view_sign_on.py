"""What the window shows of signing on."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    referred_case
        The referred customer's about whom the second teller signed last, or signs; "": about the one at the counter.
    """

    by_password: bool
    checking: bool = False
    refused: Sentences | None = None
    login: str = ""
    way: SignOnWay = SignOnWay.NAME
    referred_case: str = ""

    def about(self, case_id: str) -> SignOnView:
        """Return what to show beside a referred customer: how a signature about another one fared is not shown there."""
        return self if self.referred_case == case_id else replace(self, refused=None)


NO_PASSWORD = SignOnView(by_password=False)
