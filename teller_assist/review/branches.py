"""Branches: stations, cases and most people belong to one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist.errors import UsageError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.database import Database
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.tables import FIRST_BRANCH, Branch

__all__ = ["ALL_BRANCHES", "FIRST_BRANCH", "Branches", "ListedBranch", "require_branch"]
ALL_BRANCHES = ""
_ID = re.compile(r"[a-z0-9._-]{1,64}")
_NAME_LONGEST = 64


@dataclass(frozen=True)
class ListedBranch:
    """One branch."""

    branch_id: str
    name: str


class Branches:
    """The branches of one server."""

    def __init__(self, database: Database, keys: PrivateKeys) -> None:
        self._database, self._keys = database, keys

    def add(self, branch_id: str, name: str, *, actor: str) -> None:
        """Add a branch, or give one another name.

        Raises
        ------
        UsageError
            Id or name are none that can be used.
        """
        if not _ID.fullmatch(branch_id):
            raise UsageError(what="branch")
        if not 0 < len(name.strip()) <= _NAME_LONGEST:
            raise UsageError(what="name")
        with self._database.writing() as session:
            session.merge(Branch(branch_id=branch_id, name=name.strip()))
            append(session, self._keys.signing, AuditKind.BRANCH_ADDED, actor=actor, subject=branch_id)

    def listed(self) -> list[ListedBranch]:
        """Return every branch, by name."""
        with self._database.reading() as session:
            found = session.execute(select(Branch).order_by(Branch.name, Branch.branch_id)).scalars()
            return [ListedBranch(one.branch_id, one.name) for one in found]


def require_branch(session: Session, branch_id: str) -> None:
    """See that there is such a branch.

    Raises
    ------
    UsageError
    """
    if session.get(Branch, branch_id) is None:
        raise UsageError(what="branch")
