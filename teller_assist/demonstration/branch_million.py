"""A large branch server's records made directly, row by row: years of cases, of which some have content to open.

The rows are such as ``Intake`` makes. Their audit entries are no chain: nobody verifies these records, they are read.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.decision.judgement import AlertKind
from teller_assist.demonstration.branch_cases import made_up_case
from teller_assist.demonstration.branch_under_test import ACTOR
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.review.branches import FIRST_BRANCH
from teller_assist.review.database import Database
from teller_assist.review.engines import DatabaseKind, holding_engine
from teller_assist.review.records import BranchRecords
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.tables import AlertRow, Announcement, AuditEntry, Base, Case, CasePerson, FindingRow, Station

DAYS = 250
BRANCHES, STATIONS_EACH, TELLERS_EACH = 10, 10, 40
ALERT_EVERY = 100  # cases
CONTENTS = 1000
PERSONS_SHARE = 3  # cases a person
RARE_KIND = AlertKind.SECOND_IDENTITY
# Of 1,000 alerts; what each is about, and how it is called.
_KINDS = {
    AlertKind.KINSHIP: 300,
    AlertKind.NETCHECK_RESULT: 200,
    AlertKind.DOCUMENT_MISMATCH: 150,
    AlertKind.QUALITY: 150,
    AlertKind.IMPOSTOR: 60,
    AlertKind.PRESENTATION_ATTACK: 60,
    AlertKind.JUDGEMENT_DISAGREEMENT: 50,
    AlertKind.LOOK_ALIKE: 28,
    RARE_KIND: 2,
}
_OPEN_DAYS = 1.0
_AT_ONCE = 50_000
_WHY = "possible_twin"
_CAMERAS = 3
_CLOSED_AFTER_S = 300
_STRIDE = 37  # those with content are of every station


@dataclass(frozen=True)
class MadeCase:
    """One case's codes, from which its rows in every table follow."""

    number: int
    case_id: str
    station: int
    sequence: int
    moment: str
    teller: str
    business_kind: str
    alert_kind: AlertKind | None
    state: ReviewState
    person: str

    @property
    def branch_id(self) -> str:
        """The branch of its station."""
        return branch_of(self.station)

    @property
    def station_id(self) -> str:
        """Its station."""
        return station_of(self.station)


def branch_of(station: int) -> str:
    """Return a station's branch."""
    branch = station // STATIONS_EACH
    return f"branch-{branch}" if branch else FIRST_BRANCH


def station_of(station: int) -> str:
    """Return a station's id."""
    return f"{station:032x}"


def teller_of(branch: int, number: int) -> str:
    """Return a teller's name."""
    return f"柜员{branch}-{number:02d}"


def made_cases(count: int, now: datetime.datetime) -> Iterator[MadeCase]:
    """Yield the codes of so many cases, oldest first, the last one now; always the same ones but for the moments."""
    rng = random.Random(20261201)  # noqa: S311 (no secret)
    kinds, shares = list(_KINDS), list(_KINDS.values())
    businesses = [kind.value for kind in BusinessKind]
    stations = BRANCHES * STATIONS_EACH
    step = datetime.timedelta(days=DAYS) / count
    for number in range(count):
        station = number % stations
        before = step * (count - 1 - number)
        alert = rng.choices(kinds, shares)[0] if rng.randrange(ALERT_EVERY) == 0 else None
        yield MadeCase(
            number,
            f"{rng.getrandbits(128):032x}",
            station,
            number // stations + 1,
            utc_text(now - before),
            teller_of(station // STATIONS_EACH, rng.randrange(TELLERS_EACH)),
            rng.choice(businesses),
            alert,
            _state(alert, before, rng),
            f"{rng.randrange(max(1, count // PERSONS_SHARE)):064x}",
        )


def _state(alert: AlertKind | None, before: datetime.timedelta, rng: random.Random) -> ReviewState:
    """Return the state of a review: what is older than a day is closed, all but one of 200."""
    if alert is None:
        return ReviewState.NONE
    if before > datetime.timedelta(days=_OPEN_DAYS) and rng.randrange(200):
        return ReviewState.CLOSED
    return rng.choice((ReviewState.WAITING, ReviewState.WAITING, ReviewState.SECOND_REVIEW, ReviewState.SIGN_OFF))


def fill(records: BranchRecords, count: int, progress: Callable[[str], None]) -> list[tuple[str, str]]:
    """Fill empty records; returns the cases that have content, as (branch, case id)."""
    _add_places(records)
    now = datetime.datetime.now(datetime.UTC)
    every = max(1, count // CONTENTS)
    opened: list[MadeCase] = []
    for cases in _batches(made_cases(count, now)):
        with records.database.writing() as session:
            for table, rows in _rows_of(cases):
                _insert(session, records.database.kind, table, rows)
        opened += [one for one in cases if one.number % every == one.number // every * _STRIDE % every]
        progress(f"{cases[-1].number + 1} cases")
    for one in opened:
        _add_content(records, one)
    _gather_statistics(records.database)
    return [(one.branch_id, one.case_id) for one in opened]


def _add_places(records: BranchRecords) -> None:
    moment = utc_text(datetime.datetime.now(datetime.UTC))
    for branch in range(1, BRANCHES):
        records.branches.add(branch_of(branch * STATIONS_EACH), f"第{branch}支行", actor=ACTOR)
    with records.database.writing() as session:
        session.add_all(
            Station(
                station_id=station_of(station),
                name=f"{station}号柜台",
                verify_key=bytes(32),
                enrolled=moment,
                last_seen=moment,
                revoked=False,
                branch_id=branch_of(station),
            )
            for station in range(BRANCHES * STATIONS_EACH)
        )


def _batches(cases: Iterator[MadeCase]) -> Iterator[list[MadeCase]]:
    batch: list[MadeCase] = []
    for one in cases:
        batch.append(one)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


# What the server itself noted before: people, branches, stations.
_ENTRIES_BEFORE = 1000


def _rows_of(cases: list[MadeCase]) -> Iterator[tuple[type[Base], Iterable[dict[str, Any]]]]:
    yield Case, (_case_row(one) for one in cases)
    yield AlertRow, (_alert_row(one, one.alert_kind) for one in cases if one.alert_kind is not None)
    yield Announcement, (_announcement_row(one) for one in cases)
    yield CasePerson, ({"case_id": one.case_id, "number_hmac": one.person, "face": True} for one in cases)
    yield FindingRow, (_finding_row(one) for one in cases if one.state is ReviewState.CLOSED)
    yield AuditEntry, (_entry_row(one) for one in cases)


def _case_row(one: MadeCase) -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "station_id": one.station_id,
        "sequence": one.sequence,
        "created": one.moment,
        "received": one.moment,
        "business_kind": one.business_kind,
        "ending": "settled",
        "outcome": "MATCH",
        "next_step": "proceed",
        "decision": "pass",
        "with_alerts": one.alert_kind is not None,
        "ciphertext": b"",
        "ciphertext_sha256": one.person,
        "chain_index": one.number + 1 + _ENTRIES_BEFORE,
        "chain_head": one.person,
        "receipt_signature": "A" * 88,
        "branch_id": one.branch_id,
        "teller": one.teller,
        "teller_login": "",
        "state": one.state.value,
        "state_since": one.moment,
        "second_review": False,
        "camera": f"camera-{one.station % _CAMERAS}",
        "teller_judgement": "none",
        "closed_after_s": _CLOSED_AFTER_S + one.number % _CLOSED_AFTER_S if one.state is ReviewState.CLOSED else None,
    }


def _alert_row(one: MadeCase, kind: AlertKind) -> dict[str, Any]:
    return {
        "alert_id": f"{one.number:032x}",
        "case_id": one.case_id,
        "place": 0,
        "kind": kind.value,
        "severity": "review",
        "why": _WHY,
        "branch_id": one.branch_id,
        "received": one.moment,
    }


def _finding_row(one: MadeCase) -> dict[str, Any]:
    found = list(Finding)[one.number // ALERT_EVERY % len(Finding)]
    facts = {"round": Round.FIRST.value, "login": "manager", "finding": found.value, "outcome": ReviewOutcome.PROCEED.value}
    return {"number": one.number + 1, "case_id": one.case_id, "at": one.moment, **facts}


def _announcement_row(one: MadeCase) -> dict[str, Any]:
    return {"station_id": one.station_id, "sequence": one.sequence, "started": one.moment, "announced": one.moment}


def _entry_row(one: MadeCase) -> dict[str, Any]:
    return {
        "number": one.number + 1 + _ENTRIES_BEFORE,
        "at": one.moment,
        "kind": "case_received",
        "actor": one.station_id,
        "subject": one.case_id,
        "facts": '{"sequence": 1}',
        "previous": one.person,
        "hash": one.person,
        "signature": "A" * 88,
    }


def _insert(session: Session, kind: DatabaseKind, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows by the driver's quickest way."""
    driver: Any = session.connection().connection.driver_connection
    columns = [column.name for column in table.__table__.columns]
    values = (tuple(row[name] for name in columns) for row in rows)
    named = f"{table.__tablename__} ({', '.join(columns)})"
    if kind is DatabaseKind.SQLITE:
        driver.executemany(f"INSERT INTO {named} VALUES ({', '.join('?' * len(columns))})", values)  # noqa: S608 (our own names)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {named} FROM STDIN") as copy:
        for one in values:
            copy.write_row(one)


def _add_content(records: BranchRecords, one: MadeCase) -> None:
    alerts = [] if one.alert_kind is None else [(one.alert_kind.value, "review", _WHY)]
    case = made_up_case(
        one.station_id,
        one.sequence,
        one.moment,
        case_id=one.case_id,
        teller=one.teller,
        business_kind=one.business_kind,
        alerts=alerts,
    )
    with records.database.writing() as session:
        records.store.add(session, session.get_one(Case, one.case_id), records.store.parted(case))


def _gather_statistics(database: Database) -> None:
    """Have PostgreSQL do at once what its autovacuum does within a minute."""
    if database.kind is DatabaseKind.SQLITE:
        return
    engine = holding_engine(database.place)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    finally:
        engine.dispose()
