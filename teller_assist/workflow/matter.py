"""One piece of business and the persons checked for it, one after another: an agent or a guardian first, then the holder."""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import dataclass

from teller_assist.alerts.states import SignedOn
from teller_assist.decision.persons import PersonsPolicy
from teller_assist.errors import CardUnreadableError, SessionError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.identity import NoChip, StatedIdentity
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, PersonRole
from teller_assist.settings.personal import Personal
from teller_assist.workflow.customer import Customer

PERSONS_MOST = 4
_NAME_MOST = 100
_NO_LETTERS = frozenset({"Cc", "Cf", "Cs", "Cn"})  # private-use ones are how some systems write rare characters


@dataclass(frozen=True)
class Checked:
    """One person's check of this business that ended with a decision."""

    transaction: int
    role: PersonRole


class Matter:
    """What the next person comes for, and who was checked for it before. Called under the station's lock.

    Attributes
    ----------
    kind, role
        Of the next person.
    asked_under
        The core banking system's reference for the next customer; "" where the teller begins.
    """

    def __init__(self) -> None:
        self.kind = BusinessKind.ACCOUNT_OPENING
        self.role = PersonRole.HOLDER
        self.asked_under = ""
        self._reference = ""
        self._checked: tuple[Checked, ...] = ()
        self._goes_on = False  # the next person belongs to it

    @property
    def may_go_on(self) -> bool:
        """Whether a further person of the same business can be checked."""
        return 0 < len(self._checked) < PERSONS_MOST

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the checks so far."""
        return tuple(one.transaction for one in self._checked)

    def choose(self, kind: BusinessKind) -> None:
        """Choose what the next customer comes for."""
        if kind is not self.kind:
            self._checked = ()
        self.kind = kind

    def go_on(self) -> None:
        """Have the next person belong to the same business.

        Raises
        ------
        SessionError
            Nobody was checked for it, or as many as may be.
        """
        if not self.may_go_on:
            raise SessionError(why="no_business_to_go_on_with")
        self._goes_on = True

    def forget(self) -> None:
        """Forget who was checked: another teller sits here now."""
        self._checked, self.role = (), PersonRole.HOLDER

    def open(self, transaction: int, *, judged_first: bool, teller: SignedOn) -> Customer:
        """Return the next person, of whom nothing is known yet."""
        if not self._goes_on:
            self._checked, self._reference = (), self.asked_under
        self._goes_on, self.asked_under = False, ""
        return Customer(
            transaction,
            self.kind,
            self.role,
            self.numbers,
            self._reference,
            judged_first=judged_first,
            teller=teller.name,
            teller_login=teller.login,
            sign_on=teller.way,
        )

    def end(self, customer: Customer) -> None:
        """Note that a person's check ended; one without a decision does not count."""
        if customer.decision is not None:
            self._checked = (*self._checked, Checked(customer.transaction, customer.role))
        self.role = PersonRole.HOLDER

    def somebody_acts(self, customer: Customer) -> bool:
        """Return whether somebody who acts for this customer was checked before."""
        return any(one.role is not PersonRole.HOLDER for one in self._checked if one.transaction in customer.together)


def basis_for(customer: Customer, policy: PersonsPolicy) -> ConsentBasis:
    """Return whose consent is recorded: a young holder's guardian's, or the person's own."""
    return ConsentBasis.GUARDIAN_CONSENT if _too_young(customer, policy) else ConsentBasis.SEPARATE_CONSENT


def consent_lapses(customer: Customer, policy: PersonsPolicy) -> bool:
    """Return whether the consent on record was given by somebody who is too young to give it."""
    return customer.consent is ConsentBasis.SEPARATE_CONSENT and _too_young(customer, policy)


def _too_young(customer: Customer, policy: PersonsPolicy) -> bool:
    age_years = customer.age_years(datetime.datetime.now().astimezone().date())
    return age_years is not None and age_years < policy.guardian_consents_below_years


def stated_identity(why: NoChip, *, name: str, number: str) -> StatedIdentity:
    """Return what a teller typed where no chip could be read.

    Raises
    ------
    SessionError
        The number is none (form, birth date, check character), or the name is missing or too long. A foreign document has no
        citizen's number: nothing is taken then.
    """
    if why is NoChip.FOREIGN_DOCUMENT:
        return StatedIdentity(why)
    try:
        checked = IdNumber.typed(number)
    except CardUnreadableError as error:
        raise SessionError(why="number_invalid") from error
    written = " ".join(name.split())
    if not 0 < len(written) <= _NAME_MOST or any(unicodedata.category(one) in _NO_LETTERS for one in written):
        raise SessionError(why="name_missing")
    return StatedIdentity(why, Personal(checked), Personal(written))
