"""Kills of station, server and database: whatever was acknowledged is on the server, once, and nothing is missing between."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.envelope import open_envelope, verify_envelope
from teller_assist.alerts.receipts import FILE as RECEIPTS
from teller_assist.alerts.receipts import read_receipts
from teller_assist.review.audit_check import AuditRecord, check_chain, read_audit
from teller_assist.review.database import FILE
from teller_assist.review.records import BranchRecords
from teller_assist.review.server_keys import PUBLIC_FILE
from teller_assist.review.tables import Case, Station
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import QUICK
from tests.stand_ins.dying_station import POINTS
from tests.stand_ins.postgres import PostgresCluster, running_cluster

KILLS = 100
KILLS_AT_POSTGRESQL, KILLS_OF_POSTGRESQL = 30, 15
CASES = 2
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Loop:
    """Both sides' folders, the server's process, and what the station was told is safe."""

    folder: Path
    port: int
    rng: random.Random
    database: str = ""
    server: subprocess.Popen[str] | None = None
    begun: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def data(self) -> Path:
        return self.folder / "server"

    @property
    def station(self) -> Path:
        return self.folder / "station"

    def start_station(self, cases: int, seconds: float, *point: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.stand_ins.dying_station", str(self.station), str(cases), str(seconds), *point]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def hear_first(self, process: subprocess.Popen[str]) -> None:
        """Wait until a station has begun its first case."""
        assert process.stdout is not None
        what, case_id = process.stdout.readline().split()
        assert what == "begun"
        self.begun.append(case_id)

    def finish_station(self, process: subprocess.Popen[str]) -> int:
        told, _ = process.communicate(timeout=120)
        for line in told.splitlines():
            what, case_id = line.split()
            {"begun": self.begun, "kept": self.kept}[what].append(case_id)
        return process.returncode

    def run_station(self, cases: int, seconds: float, *point: str) -> int:
        return self.finish_station(self.start_station(cases, seconds, *point))

    def start_server(self, number: int = 10**6, when: str = "after") -> None:
        if self.server is not None and self.server.poll() is None:
            return
        self.end_server()
        command = [sys.executable, "-m", "tests.stand_ins.dying_server", str(self.data), str(self.port), str(number), when]
        command += [self.database] if self.database else []
        self.server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        assert self.server.stdout.readline().startswith("listening on")

    def end_server(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            assert self.server.stdout is not None
            self.server.stdout.close()
            self.server = None

    def check_outbox(self, identity: str, verify_key: bytes) -> int:
        """Every file that waits opens with the server's key."""
        found = [path for part in ("open", "outbox") for path in (self.station / part).glob("[0-9]*.json")]
        for path in found:
            open_envelope(verify_envelope(json.loads(path.read_bytes()), verify_key), identity)
        return len(found)

    def records(self) -> BranchRecords:
        return BranchRecords(self.data, database=self.database, hasher=QUICK)

    def audit(self) -> AuditRecord:
        return read_audit(self.database or self.data / FILE, self.station / RECEIPTS, public_keys=self.data / PUBLIC_FILE)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Loop(tmp_path, port, random.Random(20261127))  # noqa: S311 (no secret: the points to die at)
    yield made
    made.end_server()


@pytest.fixture
def durable() -> Iterator[PostgresCluster]:
    """A PostgreSQL server that syncs its commits, as in a branch; for a test that kills it."""
    with running_cluster(durable=True) as cluster:
        yield cluster


@pytest.mark.full
def test_a_hundred_kills_on_alternating_sides_lose_nothing_and_double_nothing(loop: Loop) -> None:
    _kill_both_sides(loop, KILLS)


@pytest.mark.full
def test_kills_on_alternating_sides_lose_nothing_at_a_postgresql_database(loop: Loop, durable: PostgresCluster) -> None:
    loop.database = durable.url(durable.make())
    _kill_both_sides(loop, KILLS_AT_POSTGRESQL)


@pytest.mark.full
def test_a_database_that_is_killed_loses_nothing_that_was_acknowledged(loop: Loop, durable: PostgresCluster) -> None:
    """The server stays up meanwhile and needs no restart; every third time only the processes that serve it are killed."""
    name = durable.make()
    loop.database = durable.url(name)
    identity, verify_key = _begun(loop)
    opened = 0
    while loop.kills.total() < KILLS_OF_POSTGRESQL:
        station = loop.start_station(3 * CASES, 10.0)
        loop.hear_first(station)
        time.sleep(loop.rng.uniform(0.0, 0.4))
        if loop.kills.total() % 3 == 2:
            assert durable.kill_backends(name), "somebody is served"
            loop.kills["its processes"] += 1
        else:
            durable.kill()
            loop.kills["postmaster"] += 1
            time.sleep(loop.rng.uniform(0.0, 0.5))
            durable.start()
        assert loop.finish_station(station) == 0
        opened += loop.check_outbox(identity, verify_key)
    assert loop.server is not None
    assert loop.server.poll() is None, "the server never ended"
    figures = requests.get(f"http://127.0.0.1:{loop.port}/metrics", timeout=10).text
    assert 'route="/api/v1/cases",status="503"' in figures, "cases came while it was gone"
    assert loop.run_station(1, 60.0) == 0
    _check(loop, opened)


def _kill_both_sides(loop: Loop, kills: int) -> None:
    identity, verify_key = _begun(loop)
    opened = 0
    while loop.kills.total() < kills:
        if loop.kills.total() % 2 == 0:
            _kill_station(loop)
        else:
            _kill_server(loop)
        opened += loop.check_outbox(identity, verify_key)
    loop.end_server()
    loop.start_server()
    assert loop.run_station(1, 60.0) == 0
    _check(loop, opened)


def _begun(loop: Loop) -> tuple[str, bytes]:
    """Start the server and enrol the station; returns what opens envelopes, and what verifies them."""
    records = loop.records()
    code = records.stations.make_code("一号", actor="test")
    identity = records.keys.identity
    records.close()
    loop.start_server()
    enrol_station(
        BranchSettings(data_folder=str(loop.station)), code.text, f"http://127.0.0.1:{loop.port}", "一号", key_in_file=True
    )
    records = loop.records()
    with records.database.reading() as session:
        (verify_key,) = session.scalars(select(Station.verify_key)).all()
    records.close()
    return identity, verify_key


def _kill_station(loop: Loop) -> None:
    loop.start_server()
    point = loop.rng.choice(sorted(POINTS))
    most = {"seal": 6, "fsync": 24, "rename": 9, "post": 5, "acknowledge": 2, "delete": 5}[point]
    returned = loop.run_station(CASES, 3.0, point, str(loop.rng.randint(1, most)), loop.rng.choice(("before", "after")))
    if returned == -9:
        loop.kills[f"station {point}"] += 1
    else:
        assert returned == 0


def _kill_server(loop: Loop) -> None:
    """Every fifth time at a commit of its choice, else at any moment from outside."""
    if loop.rng.randrange(5) == 0:
        when = loop.rng.choice(("before", "after"))
        loop.end_server()
        loop.start_server(loop.rng.randint(1, 4), when)
        assert loop.run_station(CASES, 1.0) == 0
        assert loop.server is not None
        if loop.server.poll() == -9:
            loop.kills[f"server {when} commit"] += 1
        return
    loop.start_server()
    station = loop.start_station(CASES, 0.3)
    time.sleep(loop.rng.uniform(0.6, 1.6))
    loop.end_server()
    assert loop.finish_station(station) == 0
    loop.kills["server any moment"] += 1


def _check(loop: Loop, opened: int) -> None:
    records = loop.records()
    with records.database.reading() as session:
        rows = session.execute(select(Case.case_id, Case.sequence, Case.ending).order_by(Case.sequence)).all()
    records.close()
    arrived = [row[0] for row in rows]
    endings = {row[0]: row[2] for row in rows}
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1)), "numbers without a gap"
    assert len(set(arrived)) == len(arrived)
    assert set(loop.kept) <= set(arrived), "what was acknowledged is there"
    assert {endings[case_id] for case_id in loop.kept} == {"settled"}, "and is the final case, not its draft"
    assert set(loop.begun) <= set(arrived), "what was begun is told of"
    # Killed between the disk and the line that says so: the case is there, although nobody was told.
    untold = [case_id for case_id in arrived if endings[case_id] == "settled" and case_id not in loop.kept]
    record = loop.audit()
    assert check_chain(record) is None
    assert sum(link.kind == "case_received" for link in record.links) == len(arrived), "each was taken once"
    assert {one["case_id"] for one in read_receipts(loop.station / RECEIPTS)} == set(arrived)
    assert not list((loop.station / "outbox").glob("*.json"))
    assert not list((loop.station / "refused").glob("*.json"))
    figures = (
        f"{sum(loop.kills.values())} kills ({dict(sorted(loop.kills.items()))}): {len(loop.kept)} acknowledged, "
        f"{len(arrived)} on the server, {sum(one == 'interrupted' for one in endings.values())} interrupted, "
        f"{len(untold)} safe before anybody was told; {opened} waiting files opened; {len(record.links)} audit entries"
    )
    sys.stdout.write(f"\n{figures}\n")
