"""How long a case takes: to be safe on the station's disk, and from there to the branch server's receipt, over loopback."""

from __future__ import annotations

import datetime
import time

from teller_assist.alerts.states import Begun, Kept
from teller_assist.alerts.station_records import StationRecords
from teller_assist.app import Installation
from teller_assist.decision.policy import KeepPictures
from teller_assist.demonstration.branch import DemonstrationBranch
from teller_assist.errors import BranchUnreachableError
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis
from teller_assist.processes.working_folder import WorkingFolder
from teller_assist.settings.personal import Personal
from teller_assist.workflow.case_evidence import case_evidence
from teller_assist.workflow.case_record import CaseOrigin, Ending, case_document
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.triangle import MeasuredPhoto

_LIMIT_S = 10.0
_NUMBER = "190001199003150176"  # made up: no area's code begins with 19


def time_cases(installation: Installation, live: Picture, portrait: Picture, runs: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of sealing and writing, and those from the disk to the receipt, for each of many cases.

    Parameters
    ----------
    live, portrait
        Pictures that every case holds; the portrait stands for the chip's and the authority's.

    Raises
    ------
    BranchUnreachableError
        The server did not start, or a case did not arrive.
    """
    customer = _customer(live, portrait)
    folder = WorkingFolder()
    try:
        branch = DemonstrationBranch(folder.path, [], installation.settings)
        records = branch.open_records()
        try:
            origin = CaseOrigin(records.station_id, "", (), installation.policy)
            taken = [_one(records, customer, origin) for _ in range(runs)]
        finally:
            records.close()
            branch.stop()
    finally:
        folder.remove()
    return [seal_ms for seal_ms, _ in taken], [delivered_ms for _, delivered_ms in taken]


def _one(records: StationRecords, customer: Customer, origin: CaseOrigin) -> tuple[float, float]:
    def document(begun: Begun, ending: Ending) -> dict[str, object]:
        made = case_document(customer, begun, origin, ending=ending, ended=datetime.datetime.now(datetime.UTC))
        return {**made, "evidence": case_evidence(customer, KeepPictures.ALWAYS)}

    begun = records.begin(lambda taken: document(taken, Ending.INTERRUPTED))
    seal_ms = records.keep(document(begun, Ending.SETTLED))
    end_s = time.monotonic() + _LIMIT_S
    while records.kept(begun.case_id) is not Kept.DELIVERED:
        if time.monotonic() > end_s:
            raise BranchUnreachableError(why="timeout")
        time.sleep(0.001)
    return seal_ms, records.delivered_ms(begun.case_id) or 0.0


def _customer(live: Picture, portrait: Picture) -> Customer:
    number = IdNumber(_NUMBER)
    card = IdentityCard(
        name=Personal("林晓样"),
        sex=Sex.MALE,
        ethnicity="汉",
        birth_date=Personal(number.birth_date),
        address=Personal("样本省示例市"),
        number=Personal(number),
        issuer="示例市公安局",
        valid_from=datetime.date(2015, 1, 1),
        valid_until=None,
        portrait=portrait,
    )
    return Customer(
        1,
        BusinessKind.LOSS_REPORT,
        consent=ConsentBasis.SEPARATE_CONSENT,
        card=card,
        netcheck=NetcheckResult(NetcheckCode.MATCH_PHOTO_SAME, portrait),
        capture=MeasuredPhoto(live, None, live.pixels, live.pixels),
    )
