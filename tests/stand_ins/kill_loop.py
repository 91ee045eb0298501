"""Killing station, server and database in mid-post, and what must hold afterwards: for tests and `scripts/stress.py kills`."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from tests.stand_ins.postgres import PostgresCluster

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


def kill_both_sides(loop: Loop, kills: int) -> dict[str, Any]:
    """Kill station and server in turn; returns what ``check`` tells."""
    identity, verify_key = begun(loop)
    opened = 0
    while loop.kills.total() < kills:
        if loop.kills.total() % 2 == 0:
            kill_station(loop)
        else:
            kill_server(loop)
        opened += loop.check_outbox(identity, verify_key)
    loop.end_server()
    loop.start_server()
    assert loop.run_station(1, 60.0) == 0
    return check(loop, opened)


def kill_all_three(loop: Loop, kills: int, cluster: PostgresCluster, name: str) -> dict[str, Any]:
    """Kill station, server and database in turn; returns what ``check`` tells."""
    identity, verify_key = begun(loop)
    opened = 0
    while loop.kills.total() < kills:
        turn = loop.kills.total() % 3
        if turn == 2:
            loop.start_server()
            kill_database(loop, cluster, name)
        else:
            (kill_station, kill_server)[turn](loop)
        opened += loop.check_outbox(identity, verify_key)
    loop.end_server()
    loop.start_server()
    assert loop.run_station(1, 60.0) == 0
    return check(loop, opened)


def kill_database(loop: Loop, cluster: PostgresCluster, name: str) -> None:
    """Kill the database's server in mid-post, or every third time only the processes that serve our database."""
    station = loop.start_station(3 * CASES, 10.0)
    loop.hear_first(station)
    time.sleep(loop.rng.uniform(0.0, 0.4))
    if loop.rng.randrange(3) == 0:
        assert cluster.kill_backends(name), "somebody is served"
        loop.kills["database's processes"] += 1
    else:
        cluster.kill()
        loop.kills["database"] += 1
        time.sleep(loop.rng.uniform(0.0, 0.5))
        cluster.start()
    assert loop.finish_station(station) == 0


def begun(loop: Loop) -> tuple[str, bytes]:
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


def kill_station(loop: Loop) -> None:
    loop.start_server()
    point = loop.rng.choice(sorted(POINTS))
    most = {"seal": 6, "fsync": 24, "rename": 9, "post": 5, "acknowledge": 2, "delete": 5}[point]
    returned = loop.run_station(CASES, 3.0, point, str(loop.rng.randint(1, most)), loop.rng.choice(("before", "after")))
    if returned == -9:
        loop.kills[f"station {point}"] += 1
    else:
        assert returned == 0


def kill_server(loop: Loop) -> None:
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


def check(loop: Loop, opened: int) -> dict[str, Any]:
    """See that nothing is lost, doubled or unreadable; returns the figures."""
    records = loop.records()
    with records.database.reading() as session:
        rows = session.execute(select(Case.case_id, Case.sequence, Case.ending).order_by(Case.sequence)).all()
        # With its keys, which lie in a file of their own: each part of each case, whole.
        unopened = [row[0] for row in rows if records.store.opened(session, row[0], pictures=True)["case_id"] != row[0]]
    records.close()
    assert not unopened
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
    figures = {
        "kills": dict(sorted(loop.kills.items())),
        "kills_in_all": loop.kills.total(),
        "acknowledged": len(loop.kept),
        "on_the_server": len(arrived),
        "interrupted": sum(one == "interrupted" for one in endings.values()),
        "safe_before_anybody_was_told": len(untold),
        "waiting_files_opened": opened,
        "cases_opened": len(arrived),
        "audit_entries": len(record.links),
        "acknowledged_and_lost": 0,
    }
    sys.stdout.write(f"\n{figures}\n")
    return figures


def new_loop(folder: Path, database: str = "") -> Loop:
    """Return a loop at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Loop(folder, port, random.Random(20261127), database)  # noqa: S311 (no secret: the points to die at)
