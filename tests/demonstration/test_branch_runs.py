"""The branch server's long runs by hand: what they make and reckon, and a short one of each."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.shapes import check_shape
from teller_assist.decision.judgement import AlertKind
from teller_assist.demonstration.branch_cases import made_up_case, made_up_number
from teller_assist.demonstration.branch_load import is_carried
from teller_assist.demonstration.branch_million import ALERT_EVERY, BRANCHES, CONTENTS, STATIONS_EACH, fill, made_cases
from teller_assist.demonstration.branch_under_test import BranchUnderTest, spread_ms
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.people import Role
from teller_assist.review.review_kinds import ReviewState
from tests.stand_ins.databases import CURRENT, address_of

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=datetime.UTC)
CARRIED: dict[str, Any] = {
    "post_cases": {"n": 10, "p95_ms": 999.0},
    "errors": {},
    "cases_due": 10,
    "cases_acknowledged": 10,
    "behind_s": 0.2,
    "acknowledged_and_not_there": 0,
    "chain_and_receipts": "whole",
}


def test_made_up_numbers_are_valid_and_nobody_has_one_twice() -> None:
    numbers = [made_up_number(person) for person in (*range(2000), 335_999, 336_000, 19_999_999)]
    assert len({IdNumber(one).text for one in numbers}) == len(numbers)


def test_a_made_up_case_is_one_and_its_pictures_are_as_large_as_photographs() -> None:
    case = made_up_case("0" * 32, 1, "2026-12-01T09:00:00.000Z", alerts=[("kinship", "review", "possible_twin")])
    check_shape(case, "case/1")
    sizes = [len(one["data_base64"]) * 3 / 4 for one in case["evidence"]]
    assert all(55_000 < size < 65_000 for size in sizes)


@pytest.mark.full
def test_made_cases_are_in_the_shares_of_a_branch() -> None:
    made = list(made_cases(100_000, NOW))
    alerts = Counter(one.alert_kind for one in made if one.alert_kind)
    assert 0.8 < alerts.total() * ALERT_EVERY / len(made) < 1.2
    assert alerts[AlertKind.KINSHIP] > alerts[AlertKind.IMPOSTOR] > alerts[AlertKind.SECOND_IDENTITY]
    assert len({one.station_id for one in made}) == BRANCHES * STATIONS_EACH
    assert len({one.branch_id for one in made}) == BRANCHES
    assert len({one.case_id for one in made}) == len(made) == len({(one.station, one.sequence) for one in made})
    assert [one.moment for one in made] == sorted(one.moment for one in made)
    waiting = [one.moment for one in made if one.state is ReviewState.WAITING]
    assert min(waiting) < "2026-11-01" < "2026-11-30" < max(waiting), "most of today, a few that were forgotten"


@pytest.mark.parametrize(
    "changed",
    [
        {"post_cases": {"n": 10, "p95_ms": 1001.0}},
        {"post_cases": {"n": 0}},
        {"errors": {"503 database_busy": 1}},
        {"cases_acknowledged": 9},
        {"behind_s": 1.5},
        {"acknowledged_and_not_there": 1},
        {"chain_and_receipts": "removed 7"},
    ],
)
def test_a_step_is_carried_only_when_everything_arrived_in_time(changed: dict[str, Any]) -> None:
    assert is_carried(CARRIED)
    assert not is_carried({**CARRIED, **changed})


def test_a_spread_is_in_milliseconds_and_tells_how_many() -> None:
    assert spread_ms([]) == {"n": 0}
    assert spread_ms([one / 1000 for one in range(101)]) == {"n": 101, "p50_ms": 50.0, "p95_ms": 95.0, "max_ms": 100.0}


@pytest.mark.full
def test_filled_records_are_listed_and_those_with_content_open(tmp_path: Path, database_kind: str) -> None:
    branch = BranchUnderTest(tmp_path, address_of(tmp_path / "server"))
    assert branch.kind == database_kind
    with branch.records() as records:
        branch.add_people(records, (Role.MANAGER, Role.AUDITOR))
        opened = fill(records, 3000, lambda _told: None)
        assert len(opened) == CONTENTS
    try:
        branch.server.start()
        with branch.logged_in(Role.AUDITOR) as auditor, branch.logged_in(Role.MANAGER) as manager:
            cases = auditor.get(f"{branch.url}/api/v1/cases?size=100").json()["cases"]
            assert len(cases) == 100
            own = [case_id for of_branch, case_id in opened if of_branch == "main"]
            assert 50 < len(own) < 150
            assert manager.get(f"{branch.url}/cases/{own[0]}").status_code == requests.codes.ok
    finally:
        branch.close()
        CURRENT.drop_below(tmp_path)


@pytest.mark.full
def test_a_few_stations_deliver_for_two_seconds(tmp_path: Path) -> None:
    out = tmp_path / "load.json"
    command = [sys.executable, "scripts/stress.py", "load", "--stations", "3", "--seconds", "2", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    told = json.loads(out.read_bytes())
    (step,) = told["steps"]
    assert (told["schema"], step["cases_due"], step["cases_acknowledged"], step["errors"]) == ("branch_load/1", 6, 6, {})
    assert (step["acknowledged_and_not_there"], step["chain_and_receipts"]) == (0, "whole")
