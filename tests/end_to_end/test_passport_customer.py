"""A foreigner opens an account: passport and bank card through real plugin processes, the case at a running branch server."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from teller_assist.app import Installation
from teller_assist.decision.judgement import NextStep
from teller_assist.demonstration.branch import DemonstrationBranch
from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.documents.typed_access import typed_access
from teller_assist.evidence.transaction import TellerDecision, TellerJudgement
from teller_assist.workflow.asked_cards import AskedChip
from teller_assist.workflow.view import Screen
from tests.stand_ins.card_readers import CARD_NUMBER, DOCUMENT_NUMBER
from tests.stand_ins.equipment import wait_until

PASSPORT = f"""
document_type = "P"
issuing_state = "UTO"
nationality = "UTO"
number = "{DOCUMENT_NUMBER}"
primary_identifier = "SAMPLE"
secondary_identifier = "MARTA"
sex = "female"
birth_date = 1988-03-14
valid_until = 2033-05-01
"""


@pytest.fixture
def foreigners(customer_folder: Path, tmp_path: Path) -> Path:
    """The folder of one customer who has a passport and a bank card, and no ID card."""
    folder = tmp_path / "foreigners" / "01"
    usual = next(one for one in sorted(customer_folder.iterdir()) if one.is_dir())
    shutil.copytree(usual, folder)
    (folder / "chip.jpg").rename(folder / "passport.jpg")
    for name in ("card_front.jpg", "card_back.jpg", "netcheck.jpg"):
        (folder / name).unlink(missing_ok=True)
    (folder / "passport.toml").write_text(PASSPORT, encoding="utf-8")
    (folder / "bank_card.toml").write_text(f'number = "{CARD_NUMBER}"\nvalid_until = "2030-11"\n', encoding="utf-8")
    (folder / "customer.toml").write_text('name = "SAMPLE MARTA"\nbusiness_kind = "account_opening"\n', encoding="utf-8")
    return folder.parent


@pytest.mark.full
def test_a_foreigner_opens_an_account(
    tmp_path: Path, installation: Installation, foreigners: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    today = datetime.datetime.now().astimezone().date()
    branch = DemonstrationBranch(tmp_path / "branch", [], installation.settings)
    source = SimulatedCounter(
        installation.root,
        lambda: read_customers(foreigners),
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
        plugin_settings={"read_s": 0.1},
    )
    kept: list[dict[str, Any]] = []
    station = installation.open_station(source, records=branch.open_records(), on_case=lambda case: kept.append(dict(case)))
    try:
        station.sign_on_with(branch.teller.login, branch.teller.password)
        wait_until(lambda: station.view().screen is Screen.READY and station.view().simulated is not None, limit_s=60)
        station.begin()
        station.record_consent()
        station.read_travel_document(typed_access("XA0000013", "19880314", "20330501", today))  # a slip
        wait_until(lambda: station.view().travel_document.state is AskedChip.REFUSED, limit_s=60)
        station.read_travel_document(typed_access(DOCUMENT_NUMBER, "19880314", "20330501", today))
        wait_until(lambda: station.view().identity is not None, limit_s=60)
        station.read_bank_card()
        wait_until(lambda: station.view().judgement_asked or station.view().gauge is not None, limit_s=60)
        if station.view().judgement_asked:
            station.judge_first(TellerJudgement.CANNOT_SAY)
        wait_until(lambda: bool(station.view().bank_card and station.view().bank_card.masked_number), limit_s=60)  # type: ignore[union-attr]
        view = station.view()
        assert view.bank_card is not None
        assert view.bank_card.masked_number == "990000******0010"
        assert view.decision.next_step is not NextStep.PROCEED
        station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
        wait_until(lambda: len(kept) == 1 and station.view().today.waiting == 0, limit_s=60)
        [arrived] = branch.cases()
        assert arrived["case_id"] == kept[0]["case_id"]
    finally:
        station.close()
        branch.stop()
    [person] = kept[0]["persons"]
    assert (person["source"], person["name"], person["number"], person["issuer"]) == (
        "chip", "SAMPLE MARTA", DOCUMENT_NUMBER, "UTO",
    )  # fmt: skip
    assert person["travel_document"]["issuer"] == "not_checked"
    assert CARD_NUMBER not in json.dumps(kept)
    for secret in (CARD_NUMBER, DOCUMENT_NUMBER, "SAMPLE"):
        assert secret not in caplog.text
