"""A manager asks for the evidence pack of a case."""

from __future__ import annotations

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import ReviewError
from teller_assist.review.cases import Cases
from teller_assist.review.database import Database
from teller_assist.review.evidence_pack.content import PackMaking, PackPurpose
from teller_assist.review.evidence_pack.gathering import noted_content
from teller_assist.review.evidence_pack.making import MadePack, make_pack
from teller_assist.review.people import LoggedIn
from teller_assist.review.review_kinds import ReviewState
from teller_assist.review.reviewing import Reviewing
from teller_assist.review.rights import Action, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now


class EvidencePacks:
    """One server's packs."""

    def __init__(self, database: Database, keys: PrivateKeys, cases: Cases, reviewing: Reviewing, now: Now) -> None:
        self._database, self._keys, self._cases, self._reviewing, self._now = database, keys, cases, reviewing, now

    def make(self, person: LoggedIn, case_id: str, purpose: PackPurpose) -> MadePack:
        """Return a pack of a case with its one-time passphrase; seconds, and nothing of it is kept.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        ReviewError
            "review_not_now": a second judgement is still to come, and must not learn of the first from a pack.
        CaseErasedError, PackError, DatabaseError
        """
        require(person, Action.MAKE_EVIDENCE_PACK)
        listed, case = self._cases.one(person, case_id, pictures=True)
        review = self._reviewing.of(person, case_id)
        if review.state is ReviewState.SECOND_REVIEW:
            raise ReviewError("review_not_now")
        making = PackMaking(utc_text(self._now()), person.login, person.name, purpose)
        with self._database.writing() as session:
            content = noted_content(
                session,
                self._keys.signing,
                listed,
                case,
                findings=review.findings,
                sign_offs=review.sign_offs,
                making=making,
            )
        return make_pack(content, self._keys)
