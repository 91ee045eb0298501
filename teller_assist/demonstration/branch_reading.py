"""How quickly a branch server with very many cases answers people: every page, filter and the worst of their combinations."""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from sqlalchemy import select

from teller_assist.demonstration.bench import load1, machine_body
from teller_assist.demonstration.branch_million import RARE_KIND, fill, station_of, teller_of
from teller_assist.demonstration.branch_under_test import BranchUnderTest, spread_ms, timed_s
from teller_assist.review.branches import FIRST_BRANCH
from teller_assist.review.people import Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.tables import Case

RUNS = 50
TARGET_P95_MS = 200.0
_WARM_UP_RUNS = 3
_FAR_BACK = 50  # places
_MISSING = "f" * 32


@dataclass(frozen=True)
class Question:
    """One kind of page: who asks for it, its addresses in turn, and whether somebody waits for it."""

    name: str
    role: Role
    paths: Sequence[str]
    is_page: bool = True


def measure_reading(
    cases: int, database: str, progress: Callable[[str], None], *, folder: Path | None = None, runs: int = RUNS
) -> dict[str, Any]:
    """Fill a branch server's records and measure how it answers; returns the body of a branch_million/1 document.

    Parameters
    ----------
    database
        ``postgresql://...``, empty; "": a SQLite file.
    folder
        Where to make the files; the system's temporary folder when left out.

    Raises
    ------
    BranchUnreachableError
        The server did not start.
    """
    machine = machine_body(load1())
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        branch = BranchUnderTest(Path(temporary), database)
        try:
            begun_s = time.perf_counter()
            with branch.records() as records:
                branch.add_people(records, (Role.MANAGER, Role.AUDITOR))
                opened = fill(records, cases, progress)
                asked = questions(records, [case_id for branch_id, case_id in opened if branch_id == FIRST_BRANCH])
            filled_s = time.perf_counter() - begun_s
            begun_s = time.perf_counter()
            branch.server.start()
            started_s = time.perf_counter() - begun_s
            pages = _measured(branch, asked, runs, progress)
        finally:
            branch.close()
    worst = max(pages[question.name].get("p95_ms", 0.0) for question in asked if question.is_page)
    return {
        "machine": machine,
        "database": branch.kind,
        "cases": cases,
        "with_content": len(opened),
        "filled_s": round(filled_s, 1),
        "server_started_s": round(started_s, 1),
        "target_p95_ms": TARGET_P95_MS,
        "worst_p95_ms": worst,
        "met": worst <= TARGET_P95_MS,
        "pages": pages,
    }


def questions(records: BranchRecords, with_content: Sequence[str]) -> list[Question]:
    """Return everything that is asked."""
    both = [
        Question(f"{name}, {role.value}", role, [_address("/", one) for one in asked])
        for role in (Role.MANAGER, Role.AUDITOR)
        for name, asked in _lists(role, _far_back(records, role)).items()
    ]
    api = "/api/v1/cases"
    return [
        *both,
        Question("rows that renew themselves", Role.MANAGER, ["/case-rows"]),
        Question("branch chosen, auditor", Role.AUDITOR, [_address("/", {"show": "all", "branch": "branch-3"})]),
        Question("API, 100 cases", Role.AUDITOR, [f"{api}?size=100"]),
        Question("case page", Role.MANAGER, [f"/cases/{case_id}" for case_id in with_content]),
        Question("picture", Role.MANAGER, [f"/cases/{case_id}/pictures/live" for case_id in with_content]),
        Question("picture's own page", Role.MANAGER, [f"/cases/{case_id}/pictures/live/raw" for case_id in with_content]),
        Question("events of a case, API", Role.AUDITOR, [f"{api}/{case_id}/events" for case_id in with_content]),
        Question("dashboard, manager", Role.MANAGER, ["/dashboard"]),
        Question("dashboard, auditor", Role.AUDITOR, ["/dashboard"]),
        Question("metrics", Role.AUDITOR, ["/metrics"], is_page=False),
    ]


def _lists(role: Role, far_back: Sequence[str]) -> dict[str, list[Mapping[str, str]]]:
    teller = teller_of(0 if role is Role.MANAGER else 3, 7)
    everything = {"show": "all"}
    return {
        "first page: open": [{}],
        "first page: all": [everything],
        "far back by key": [{**everything, "after": one} for one in far_back],
        "with alerts": [{"show": "alerts"}],
        "with alerts, far back": [{"show": "alerts", "after": one} for one in far_back],
        "frequent kind": [{**everything, "kind": "kinship"}],
        "rare kind": [{**everything, "kind": RARE_KIND.value}],
        "kind that never was": [{**everything, "kind": "sequence_gap"}],
        "closed": [{**everything, "state": "closed"}],
        "disagreed: none": [{**everything, "state": "disagreed"}],
        "teller": [{**everything, "teller": teller}],
        "teller that is not there": [{**everything, "teller": "无此人"}],
        "station": [{**everything, "station": station_of(3)}],
        "station that is not there": [{**everything, "station": _MISSING}],
        "business": [{**everything, "business": "account_closing"}],
        "business that is not there": [{**everything, "business": "none"}],
        "yesterday": [{**everything, "days": "yesterday"}],
        "a day long ago": [{**everything, "from": "2026-06-01", "to": "2026-06-01"}],
        "open, a day long ago": [{"from": "2026-06-01", "to": "2026-06-01"}],
        "rare kind + teller + yesterday": [
            {**everything, "kind": RARE_KIND.value, "teller": teller, "days": "yesterday"},
        ],
        "kinship + teller + yesterday": [{**everything, "kind": "kinship", "teller": teller, "days": "yesterday"}],
        "kinship, open": [{"kind": "kinship"}],
        "teller, open": [{"teller": teller}],
        "teller, closed": [{**everything, "teller": teller, "state": "closed"}],
        "teller, with alerts": [{"show": "alerts", "teller": teller}],
        "station, with alerts": [{"show": "alerts", "station": station_of(3)}],
        "station + teller + business": [
            {**everything, "station": station_of(3), "teller": teller, "business": "account_closing"},
        ],
    }


def _far_back(records: BranchRecords, role: Role) -> list[str]:
    """Return places in the list, anywhere in it."""
    query = select(Case.received, Case.case_id).order_by(Case.received, Case.case_id)
    if role is Role.MANAGER:
        query = query.where(Case.branch_id == FIRST_BRANCH)
    with records.database.reading() as session:
        places = session.execute(query).all()
    rng = random.Random(1)  # noqa: S311 (no secret)
    return [",".join(rng.choice(places)) for _ in range(_FAR_BACK)]


def _address(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(asked)}" if asked else path


def _measured(
    branch: BranchUnderTest, asked: Sequence[Question], runs: int, progress: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    found = {}
    with branch.logged_in(Role.MANAGER) as manager, branch.logged_in(Role.AUDITOR) as auditor:
        sessions = {Role.MANAGER: manager, Role.AUDITOR: auditor}
        for question in asked:
            found[question.name] = _timed(branch.url, sessions[question.role], question, runs)
            progress(f"{question.name}: {found[question.name]}")
    return found


def _timed(url: str, session: requests.Session, question: Question, runs: int) -> dict[str, Any]:
    times_s, statuses = [], set()
    paths = itertools.islice(itertools.cycle(question.paths), _WARM_UP_RUNS + runs)
    for path in paths:
        time_s, status = timed_s(session, url + path)
        times_s.append(time_s)
        statuses.add(status)
    return {**spread_ms(times_s[_WARM_UP_RUNS:]), "statuses": sorted(statuses)}
