"""The list of cases: filters, pages without a gap, branches."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.canonical import utc_text
from teller_assist.review.cases import CaseFilter
from teller_assist.review.people import LoggedIn, Role
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.reviewed import INFO, KINSHIP, STOP, ReviewedBranch

LI = {**made_up_case()["transaction"], "teller": "李柜员"}


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


def listed(branch: ReviewedBranch, person: LoggedIn, **wanted: object) -> list[str]:
    page = branch.records.cases.page(person, size=50, wanted=CaseFilter(**wanted))  # type: ignore[arg-type]
    return [one.case_id for one in page.cases]


@pytest.mark.full
def test_every_filter_restricts_the_list_to_what_it_says(branch: ReviewedBranch) -> None:
    manager = branch.person("manager")
    plain = branch.arrive()
    branch.move(datetime.timedelta(minutes=1))
    kin = branch.arrive(KINSHIP, transaction=LI)
    branch.move(datetime.timedelta(minutes=1))
    between = utc_text(branch.clock())
    both = branch.arrive(INFO, STOP)
    assert listed(branch, manager) == [both, kin, plain]
    assert listed(branch, manager, only_alerts=True) == [both, kin]
    assert listed(branch, manager, alert_kind="kinship") == [kin]
    assert listed(branch, manager, alert_kind="quality") == [both]
    assert listed(branch, manager, states=("waiting",)) == [both, kin]
    assert listed(branch, manager, teller="李柜员") == [kin]
    assert listed(branch, manager, begin=between) == [both]
    assert listed(branch, manager, end=between) == [kin, plain]
    assert listed(branch, manager, alert_kind="kinship", teller="柜员一") == []
    assert listed(branch, manager, alert_kind="kinship", teller="李柜员", end=between, states=("waiting",)) == [kin]
    assert listed(branch, manager, business_kind="account_opening") == []
    assert listed(branch, manager, teller="' OR 1=1 --") == []
    assert branch.records.cases.tellers(manager) == ("李柜员", "柜员一")


@pytest.mark.parametrize("kind", ["", "kinship"])
def test_pages_follow_each_other_without_a_gap_also_within_one_moment(branch: ReviewedBranch, kind: str) -> None:
    manager = branch.person("manager")
    ids = {branch.arrive(KINSHIP) for _ in range(7)}
    branch.arrive(INFO) if kind else None
    seen: list[str] = []
    after = None
    while True:
        page = branch.records.cases.page(manager, size=3, after=after, wanted=CaseFilter(alert_kind=kind))
        seen += [one.case_id for one in page.cases]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(ids)


def test_who_sees_all_branches_may_choose_one_and_a_manager_only_has_the_own(branch: ReviewedBranch) -> None:
    here, there = branch.arrive(KINSHIP), branch.arrive(KINSHIP, station=branch.other_station)
    auditor = branch.person("auditor", Role.AUDITOR, branch_id="")
    manager = branch.person("manager")
    assert set(listed(branch, auditor)) == {here, there}
    for kind in ("", "kinship"):
        assert listed(branch, auditor, branch_id="north", alert_kind=kind) == [there]
        assert listed(branch, manager, branch_id="north", alert_kind=kind) == [here]
        assert listed(branch, manager, branch_id="", alert_kind=kind) == [here]
