"""The latest moment on record: a server that is started with its clock behind it must not live through it again."""

from __future__ import annotations

import datetime

from sqlalchemy import func, select

from teller_assist.review.database import Database
from teller_assist.review.tables import Case, LoginSession, Nonce

_NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def last_known(database: Database) -> datetime.datetime:
    """Return the latest moment at which a request, a case or a login was taken; long ago where there is none."""
    with database.reading() as session:
        told = [session.scalar(select(func.max(column))) for column in (Nonce.seen, Case.received, LoginSession.used)]
    return max((datetime.datetime.fromisoformat(one) for one in told if one), default=_NEVER)
