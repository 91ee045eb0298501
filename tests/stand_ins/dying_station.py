"""A station's records in a process of its own, which may be told to kill itself.

    python -m tests.stand_ins.dying_station FOLDER CASES SECONDS [POINT NUMBER before|after]

Begins and keeps CASES made-up cases, prints "begun ID" and "kept ID" as they happen, then delivers for up to SECONDS or until
nothing waits. With a point the process is killed at the n-th call of it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import requests

from teller_assist.alerts import station_records
from teller_assist.alerts.receipts import ReceiptFile
from teller_assist.alerts.states import Begun
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.dying import dying_at

POINTS = {
    "seal": (station_records, "seal_case"),
    "fsync": (os, "fsync"),
    "rename": (Path, "replace"),
    "post": (requests.Session, "send"),
    "acknowledge": (ReceiptFile, "add"),
    "delete": (Path, "unlink"),
}


def main() -> None:
    folder, cases, seconds, *point = sys.argv[1:]
    settings = BranchSettings(data_folder=folder, retry_first_s=0.1, retry_most_s=0.3, timeout_s=3.0)
    if point:
        owner, name = POINTS[point[0]]
        setattr(owner, name, dying_at(getattr(owner, name), int(point[1]), after=point[2] == "after"))
    records = station_records.open_station_records(settings)
    assert records is not None
    for _ in range(int(cases)):
        one(records)
    end_s = time.monotonic() + float(seconds)
    while records.state().waiting and time.monotonic() < end_s:
        time.sleep(0.01)
    records.close()


def one(records: station_records.StationRecords) -> None:
    def draft(begun: Begun) -> dict[str, object]:
        case = made_up_case(begun.sequence, station=records.station_id, case_id=begun.case_id)
        return {**case, "transaction": {**case["transaction"], "ending": "interrupted"}}

    begun = records.begin(draft)
    tell(f"begun {begun.case_id}")
    records.renew_draft(draft(begun))
    records.keep(made_up_case(begun.sequence, station=records.station_id, case_id=begun.case_id))
    tell(f"kept {begun.case_id}")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
