"""A pack out of a real server's records: its proof holds against the server's public keys, its entries stand in the record."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import RequestError
from teller_assist.review.audit import AuditKind
from teller_assist.review.audit_check import check_chain
from teller_assist.review.evidence_pack.checking import check_pack, read_pack
from teller_assist.review.evidence_pack.content import PackContent, PackMaking, PackPurpose
from teller_assist.review.evidence_pack.gathering import noted_content
from teller_assist.review.evidence_pack.making import pack_archive
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.review_kinds import Finding, ReviewOutcome, Round
from teller_assist.review.tables import Station
from tests.stand_ins.branch import QUICK
from tests.stand_ins.cases import STATION, made_up_case
from tests.stand_ins.databases import address_of, audit_of
from tests.stand_ins.packs import AT, MAKER
from tests.stand_ins.reviewed import KINSHIP, ReviewedBranch, refusal

KEY = SigningKey(bytes(range(32)))
MAKING = PackMaking(AT, "wang", MAKER, PackPurpose.POLICE)


def content_from(records: BranchRecords, case_id: str) -> PackContent:
    manager = LoggedIn("wang", MAKER, Role.MANAGER, "")
    listed, case = records.cases.one(manager, case_id, pictures=True)
    with records.database.writing() as session:
        return noted_content(session, records.keys.signing, listed, case, findings=(), sign_offs=(), making=MAKING)


@pytest.fixture
def records(tmp_path: Path) -> BranchRecords:
    opened = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK)
    with opened.database.writing() as session:
        session.add(
            Station(
                station_id=STATION,
                name="一号",
                verify_key=KEY.verify_key,
                enrolled=AT,
                last_seen=AT,
                revoked=False,
                branch_id="main",
            )
        )
    return opened


@pytest.mark.full
def test_the_making_is_noted_and_the_pack_agrees_with_the_server_s_record(records: BranchRecords, tmp_path: Path) -> None:
    cases = [made_up_case(sequence, pictures=True) for sequence in (1, 2)]
    for case in cases:
        records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))
    content = content_from(records, cases[0]["case_id"])
    with zipfile.ZipFile(io.BytesIO(pack_archive(content, records.keys))) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    verdict = check_pack(files, records.keys.public)
    assert (verdict.fault, verdict.entries) == (None, 3)
    record = audit_of(tmp_path / "server")
    records.close()
    assert check_chain(record) is None
    last = record.links[-1]
    assert (last.kind, last.actor, last.facts) == (AuditKind.EVIDENCE_PACK_MADE.value, "wang", {"purpose": "police"})
    by_index = {link.index: link.hash for link in record.links}
    for entry in json.loads(files["proof.json"])["entries"]:
        assert by_index[entry["index"]] == entry["hash"], "the same place in the chain"


def test_there_is_no_pack_of_a_case_that_is_not_there(records: BranchRecords) -> None:
    case = made_up_case()
    records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))
    listed, _ = records.cases.one(LoggedIn("wang", MAKER, Role.MANAGER, ""), case["case_id"])
    with records.database.writing() as session, pytest.raises(RequestError):
        noted_content(
            session,
            records.keys.signing,
            replace(listed, case_id="0" * 32),
            case,
            findings=(),
            sign_offs=(),
            making=MAKING,
        )
    records.close()


@pytest.mark.full
def test_a_manager_gets_a_pack_with_what_was_found_and_nobody_gets_one_while_the_second_judgement_is_due(tmp_path: Path) -> None:
    branch = ReviewedBranch(tmp_path / "server")
    one, two = branch.person("one"), branch.person("two")
    case_id = branch.arrive(KINSHIP, pictures=True)
    branch.records.reviewing.record_finding(one, case_id, Round.FIRST, Finding.TWIN, ReviewOutcome.TWO_TELLERS, "左眼下方有痣")
    make = branch.records.evidence_packs.make
    assert [refusal(partial(make, who, case_id, PackPurpose.POLICE)) for who in (one, two)] == ["review_not_now"] * 2
    branch.records.reviewing.record_finding(two, case_id, Round.SECOND, Finding.RELATIVE, ReviewOutcome.TWO_TELLERS)
    pack = branch.records.evidence_packs.make(two, case_id, PackPurpose.POLICE)
    (tmp_path / pack.file_name).write_bytes(pack.data)
    files = read_pack(tmp_path / pack.file_name, pack.passphrase)
    review = json.loads(files["review.json"])
    assert [(found["login"], found["finding"]) for found in review["findings"]] == [("one", "twin"), ("two", "relative")]
    assert check_pack(files, branch.records.keys.public).fault is None
    others = (branch.person("auditor", Role.AUDITOR), branch.person("north", branch_id="north"))
    assert [refusal(partial(make, who, case_id, PackPurpose.POLICE)) for who in others] == ["not_permitted", "not_found"]
    branch.close()
