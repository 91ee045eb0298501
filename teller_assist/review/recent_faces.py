"""The faces of recent cases, kept for some days to be searched: encrypted in the database, clear only in this process' memory.

    station --search--> index (memory, rebuilt at start) --numbers--> rows (the source of truth) --> case, day, business
    station --keep----> row, encrypted ------------------------------> index

A number's earlier face is replaced; what is older than the days is deleted at start and at every use; no days: all of it.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import EnvelopeError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.gallery.face_index import FaceIndex, Vector
from teller_assist.gallery.flat_index import FlatIndex
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.database import Database
from teller_assist.review.register import Register
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import RecentFace

MATCHES_MOST = 5
_PURPOSE = "recent faces"
_Gallery = tuple[str, str, int]  # model, pipeline, dimension: nothing is compared across them


@dataclass(frozen=True, eq=False, repr=False)
class SentFace:
    """A face as a station sent it, opened and checked; it never prints.

    Attributes
    ----------
    vector
        float32, shape (dimension,), Euclidean norm 1, as it is compared.
    """

    number: IdNumber
    vector: Vector
    model_id: str
    pipeline_sha256: str

    def __repr__(self) -> str:
        return "SentFace(***)"

    @property
    def gallery(self) -> _Gallery:
        """Among which faces it can be searched."""
        return self.model_id, self.pipeline_sha256, int(self.vector.size)


@dataclass(frozen=True)
class SeenCase:
    """Where a face that is alike was seen.

    Attributes
    ----------
    day
        In this server's own time.
    """

    case_id: str
    day: datetime.date
    business_kind: str


@dataclass(frozen=True)
class Searched:
    """What a search gave.

    Attributes
    ----------
    searched
        How many faces under other numbers there were.
    seen
        The likest first.
    """

    searched: int
    seen: tuple[SeenCase, ...]


class RecentFaces:
    """One server's recent faces. Safe for several threads.

    Parameters
    ----------
    days
        How long a face is kept; 0: none is.
    """

    def __init__(self, database: Database, keys: PrivateKeys, register: Register, now: Now, days: int) -> None:
        self._database, self._keys, self._register, self._now = database, keys, register, now
        self.days = days
        self._lock = threading.Lock()  # over the index and what is written beside it
        self._indexes: dict[_Gallery, FaceIndex] = {}

    def __repr__(self) -> str:
        return f"RecentFaces({self.days} days, ***)"

    def begin(self) -> None:
        """Delete what is too old, or everything where none is kept, and make the index anew from the rows."""
        with self._lock:
            self._forget_old()
            self._make_anew()

    def forget_old(self) -> None:
        """Delete what is too old; for whoever keeps the time while nobody asks.

        What another program took out of the rows, because a person asked for it, leaves this process' memory as well.
        """
        with self._lock:
            self._forget_old()
            with self._database.reading() as session:
                kept = session.scalar(select(func.count()).select_from(RecentFace)) or 0
            if kept != self._count():
                self._make_anew()

    def search(self, face: SentFace, *, least_score: float, actor: str) -> Searched:
        """Search a face among those of other numbers; nothing of it is kept.

        Parameters
        ----------
        least_score
            Cosine from which on two faces are called alike.
        actor
            The station that asks: a search that finds something is noted.
        """
        own = self._register.face_name(face.number)
        with self._lock:
            self._forget_old()
            index = self._indexes.get(face.gallery)
            if index is None:
                return Searched(0, ())
            # One of them may be the own number's.
            found = index.search(face.vector, most=MATCHES_MOST + 1, least_score=least_score)
            with self._database.reading() as session:
                rows = [session.get(RecentFace, one.number) for one in found]
                has_own = bool(_of_number(session, own, face.model_id, face.pipeline_sha256))
            others = [row for row in rows if row is not None and row.number_hmac != own][:MATCHES_MOST]
            searched = index.count() - has_own
        if others:
            with self._database.writing() as session:
                for row in others:
                    kind = AuditKind.SECOND_IDENTITY_FOUND
                    append(session, self._keys.signing, kind, actor=actor, subject=row.case_id, searched=searched)
        return Searched(searched, tuple(SeenCase(row.case_id, _day(row.seen), row.business_kind) for row in others))

    def keep(self, face: SentFace, *, case_id: str, business_kind: str) -> bool:
        """Keep a face in place of the same number's earlier one; returns whether faces are kept at all."""
        if not self.days:
            return False
        with self._lock:
            self._forget_old()
            row = RecentFace(
                number_hmac=self._register.face_name(face.number),
                model_id=face.model_id,
                pipeline_sha256=face.pipeline_sha256,
                case_id=case_id,
                business_kind=business_kind,
                seen=utc_text(self._now()),
                face_encrypted=b"",
            )
            row.face_encrypted = self._encrypted(row, face.vector)
            with self._database.writing() as session:
                earlier = _of_number(session, row.number_hmac, row.model_id, row.pipeline_sha256)
                session.execute(delete(RecentFace).where(RecentFace.number.in_(earlier)))
                session.add(row)
                session.flush()
                number = row.number
            self._drop(earlier)
            self._index(face.gallery).add(number, face.vector)
        return True

    def forget_number(self, number: IdNumber) -> None:
        """Delete a number's face, because the person asked for it."""
        with self._lock:
            query = select(RecentFace.number).where(RecentFace.number_hmac == self._register.face_name(number))
            with self._database.reading() as session:
                numbers = list(session.scalars(query))
            self._delete(numbers)

    def count(self) -> int:
        """Return how many faces can be searched."""
        with self._lock:
            return self._count()

    def _count(self) -> int:
        return sum(index.count() for index in self._indexes.values())

    def _make_anew(self) -> None:
        self._indexes.clear()
        faces: dict[_Gallery, dict[int, Vector]] = {}
        unreadable = []
        with self._database.reading() as session:
            for row in session.execute(select(RecentFace)).scalars():
                try:
                    vector = self._opened(row)
                except EnvelopeError:  # kept under a key that is gone: nobody can ever read it
                    unreadable.append(row.number)
                else:
                    faces.setdefault((row.model_id, row.pipeline_sha256, int(vector.size)), {})[row.number] = vector
        for gallery, of_gallery in faces.items():
            self._index(gallery).rebuild(of_gallery)
        self._delete(unreadable)

    def _forget_old(self) -> None:
        oldest = utc_text(self._now() - datetime.timedelta(days=self.days))
        old = select(RecentFace.number)
        with self._database.reading() as session:
            numbers = list(session.scalars(old.where(RecentFace.seen < oldest) if self.days else old))
        self._delete(numbers)

    def _delete(self, numbers: list[int]) -> None:
        if not numbers:
            return
        with self._database.writing() as session:
            for number in numbers:
                session.execute(delete(RecentFace).where(RecentFace.number == number))
            append(session, self._keys.signing, AuditKind.RECENT_FACES_DELETED, actor="server", count=len(numbers))
        self._drop(numbers)

    def _drop(self, numbers: Iterable[int]) -> None:
        gone = list(numbers)
        for gallery, index in list(self._indexes.items()):
            index.remove(gone)
            if not index.count():
                del self._indexes[gallery]

    def _index(self, gallery: _Gallery) -> FaceIndex:
        return self._indexes.setdefault(gallery, FlatIndex(gallery[2]))

    def _encrypted(self, row: RecentFace, vector: Vector) -> bytes:
        key = self._keys.field_key(_PURPOSE)
        return self._keys.suite.encrypt_field(key, vector.astype("<f4").tobytes(), _bound_to(row))

    def _opened(self, row: RecentFace) -> Vector:
        clear = self._keys.suite.decrypt_field(self._keys.field_key(_PURPOSE), row.face_encrypted, _bound_to(row))
        return np.frombuffer(clear, "<f4").astype(np.float32)


def _of_number(session: Session, number_hmac: str, model_id: str, pipeline_sha256: str) -> list[int]:
    same = (RecentFace.model_id == model_id, RecentFace.pipeline_sha256 == pipeline_sha256)
    return list(session.scalars(select(RecentFace.number).where(RecentFace.number_hmac == number_hmac, *same)))


def _bound_to(row: RecentFace) -> bytes:
    """Return what the encryption vouches for beside the face: put under another number it does not open."""
    return "\0".join((row.number_hmac, row.model_id, row.pipeline_sha256)).encode("ascii")


def _day(moment: str) -> datetime.date:
    return datetime.datetime.fromisoformat(moment).astimezone().date()
