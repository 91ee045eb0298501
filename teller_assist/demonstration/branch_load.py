"""How many stations a branch server carries: steps of more and more of them, each delivering a sealed case every second.

client processes, each with its share of the stations --announce, deliver--> the real server's process --> its database

The cases are sealed before the clock runs: at a bank every station does that itself, here two cores do everything.
"""

from __future__ import annotations

import datetime
import json
import multiprocessing
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from teller_assist.alerts.branch_client import BranchClient, ask_to_enrol
from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.enrolment import Enrolment, parse_code
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.demonstration.bench import load1, machine_body
from teller_assist.demonstration.branch_cases import made_up_case
from teller_assist.demonstration.branch_under_test import ACTOR, BranchUnderTest, cpu_seconds, spread_ms
from teller_assist.errors import BranchRefusedError, BranchUnreachableError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.tables import Case

P95_MOST_MS = 1000.0
CLIENTS = 2  # processes
_TIMEOUT_S = 30.0
_READY_WITHIN_S = 900.0  # until everything is sealed
_BEHIND_MOST_S = 1.0  # so long after the last second everything is acknowledged, or the server does not keep up


@dataclass(frozen=True)
class LoadStation:
    """An enrolled station in a form that goes to another process."""

    station_id: str
    url: str
    server: dict[str, str]
    seed: bytes
    offset_s: float

    @property
    def key(self) -> SigningKey:
        """What it signs with."""
        return SigningKey(self.seed)

    def client(self) -> BranchClient:
        """Return the station's own client."""
        enrolment = Enrolment(self.station_id, self.station_id, self.url, ServerKeys.from_body(self.server), True)
        return BranchClient(enrolment, self.key, _TIMEOUT_S)


@dataclass
class Delivered:
    """What stations found: receipts, times, and what went wrong how often."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    posts_s: list[float] = field(default_factory=list)
    announcements_s: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    ended_s: float = 0.0

    def add(self, other: Delivered) -> None:
        """Add what others found."""
        self.receipts += other.receipts
        self.posts_s += other.posts_s
        self.announcements_s += other.announcements_s
        self.errors += other.errors
        self.ended_s = max(self.ended_s, other.ended_s)


def run_load(steps: Sequence[int], seconds: int, database: str, progress: Callable[[str], None]) -> dict[str, Any]:
    """Let more and more stations deliver, up to the first step that is too much; returns the body of a branch_load/1 document.

    Parameters
    ----------
    steps
        How many stations, rising.
    seconds
        Of each step.
    database
        ``postgresql://...``, empty; "": a SQLite file.

    Raises
    ------
    BranchUnreachableError
        The server did not start.
    """
    machine, found = machine_body(load1()), []
    with tempfile.TemporaryDirectory() as temporary:
        branch = BranchUnderTest(Path(temporary), database)
        receipts = Path(temporary) / "receipts.jsonl"
        try:
            branch.server.start()
            for stations in steps:
                found.append(_step(branch, receipts, stations, seconds))
                progress(json.dumps(found[-1]))
                if not found[-1]["carried"]:
                    break
        finally:
            branch.close()
    carried = [step["stations"] for step in found if step["carried"]]
    return {
        "machine": machine,
        "database": branch.kind,
        "seconds": seconds,
        "client_processes": CLIENTS,
        "carried_stations": max(carried, default=0),
        "steps": found,
    }


def _step(branch: BranchUnderTest, receipts: Path, stations: int, seconds: int) -> dict[str, Any]:
    enrolled = _enrolled(branch, stations)
    busy = load1()
    found, took_s, cpu_s = _delivered(branch, enrolled, seconds)
    with receipts.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in found.receipts)
    lost, fault = _checked(branch, receipts, found)
    posts = spread_ms(found.posts_s)
    wanted = stations * seconds
    body = {
        "stations": stations,
        "load1_before": round(busy, 2),
        "cases_due": wanted,
        "cases_acknowledged": len(found.receipts),
        "post_cases": posts,
        "announcements": spread_ms(found.announcements_s),
        "errors": dict(sorted(found.errors.items())),
        "behind_s": round(max(0.0, found.ended_s - seconds), 2),
        "server_cpu_share_of_a_core": round(cpu_s / took_s, 2),
        "acknowledged_and_not_there": lost,
        "chain_and_receipts": "whole" if fault is None else fault,
    }
    return {**body, "carried": is_carried(body)}


def is_carried(step: dict[str, Any]) -> bool:
    """Return whether the server kept up: quick enough, nothing refused, lost or late."""
    return (
        step["post_cases"].get("p95_ms", P95_MOST_MS + 1) <= P95_MOST_MS
        and not step["errors"]
        and step["cases_acknowledged"] == step["cases_due"]
        and step["acknowledged_and_not_there"] == 0
        and step["chain_and_receipts"] == "whole"
        and step["behind_s"] <= _BEHIND_MOST_S
    )


def _enrolled(branch: BranchUnderTest, stations: int) -> list[LoadStation]:
    found = []
    with branch.records() as records:
        for number in range(stations):
            name = f"{number}号柜台"
            code = parse_code(records.stations.make_code(name, actor=ACTOR).text)
            station_id, server, key = ask_to_enrol(branch.url, code, name, timeout_s=_TIMEOUT_S)
            found.append(LoadStation(station_id, branch.url, server.to_body(), key.seed, number / stations))
    return found


def _delivered(branch: BranchUnderTest, stations: Sequence[LoadStation], seconds: int) -> tuple[Delivered, float, float]:
    """Let stations deliver; returns what they found, how long it took and the server's processor time meanwhile."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(CLIENTS + 1)
    found = Delivered()
    with ProcessPoolExecutor(CLIENTS, context, _begin_client, (ready,)) as pool:
        futures = [pool.submit(deliver, stations[client::CLIENTS], seconds) for client in range(CLIENTS)]
        for one in futures:
            one.add_done_callback(lambda done: _give_up(done, ready))
        ready.wait(_READY_WITHIN_S)
        begun_s, cpu_begun_s = time.perf_counter(), cpu_seconds(branch.server.pid)
        for one in futures:
            found.add(one.result())
        took_s, cpu_s = time.perf_counter() - begun_s, cpu_seconds(branch.server.pid) - cpu_begun_s
    return found, took_s, cpu_s


def _give_up(done: Future[Delivered], ready: Any) -> None:
    """Have nobody wait for a client that failed before it was ready."""
    if done.exception() is not None:
        ready.abort()


_READY: list[Any] = []  # the barrier of this process: one is handed over at its start only


def _begin_client(ready: Any) -> None:
    _READY[:] = [ready]


def deliver(stations: Sequence[LoadStation], seconds: int) -> Delivered:
    """Be some stations, each on a thread of its own; begins when all client processes are ready."""
    sealed = {one.station_id: _sealed(one, seconds) for one in stations}
    clients = {one.station_id: one.client() for one in stations}
    found = {one.station_id: Delivered() for one in stations}
    if _READY:
        _READY[0].wait(_READY_WITHIN_S)
    begun_s = time.perf_counter()
    threads = [
        threading.Thread(
            target=_station,
            args=(clients[one.station_id], sealed[one.station_id], begun_s, one.offset_s, found[one.station_id]),
        )
        for one in stations
    ]
    for thread in threads:
        thread.start()
    whole = Delivered()
    for thread, one in zip(threads, stations, strict=True):
        thread.join()
        clients[one.station_id].close()
        whole.add(found[one.station_id])
    return whole


def _sealed(station: LoadStation, seconds: int) -> list[dict[str, Any]]:
    recipient, moment = ServerKeys.from_body(station.server).recipient, utc_text(datetime.datetime.now(datetime.UTC))
    return [
        seal_case(made_up_case(station.station_id, sequence, moment, person=sequence), recipient=recipient, key=station.key)
        for sequence in range(1, seconds + 1)
    ]


def _station(client: BranchClient, sealed: Sequence[dict[str, Any]], begun_s: float, offset_s: float, found: Delivered) -> None:
    """Announce and deliver a case every second; one that took longer is followed by the next at once."""
    for number, envelope in enumerate(sealed):
        time.sleep(max(0.0, begun_s + offset_s + number - time.perf_counter()))
        try:
            sent_s = time.perf_counter()
            client.announce(envelope["sequence"], envelope["created"])
            announced_s = time.perf_counter()
            receipt = client.deliver(envelope)
        except BranchRefusedError as error:
            found.errors[f"{error.facts.get('status')} {error.facts.get('why')}"] += 1
        except BranchUnreachableError as error:
            found.errors[str(error.facts.get("why"))] += 1
        else:
            found.announcements_s.append(announced_s - sent_s)
            found.posts_s.append(time.perf_counter() - announced_s)
            found.receipts.append(dict(receipt))
    found.ended_s = time.perf_counter() - begun_s


def _checked(branch: BranchUnderTest, receipts: Path, found: Delivered) -> tuple[int, str | None]:
    """Return how many acknowledged cases are not in the database, and the first fault of chain and receipts."""
    with branch.records() as records, records.database.reading() as session:
        there = set(session.scalars(select(Case.case_id)))
    fault = check_chain(branch.audit(receipts))
    told = None if fault is None else f"{fault.kind} {fault.index}"
    return sum(one["case_id"] not in there for one in found.receipts), told
