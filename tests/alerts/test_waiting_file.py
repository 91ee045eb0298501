from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from teller_assist.alerts.waiting_file import FILE, WaitingCase, WaitingFile
from teller_assist.errors import OutboxError
from teller_assist.evidence.transaction import BusinessKind, PersonRole

MOMENT = datetime.datetime(2026, 11, 30, 9, 30, tzinfo=datetime.UTC)
CASES = tuple(
    WaitingCase(f"{place:032x}", place, MOMENT, BusinessKind.LOSS_REPORT, PersonRole.AGENT, reference)
    for place, reference in ((1, ""), (2, "CBS-17"))
)


def test_what_waits_is_found_again_in_its_order(tmp_path: Path) -> None:
    assert WaitingFile(tmp_path).found == ()
    WaitingFile(tmp_path).write(CASES)
    assert WaitingFile(tmp_path).found == CASES


def test_nothing_but_ids_moments_and_codes_is_written(tmp_path: Path) -> None:
    WaitingFile(tmp_path).write(CASES)
    [first, _second] = json.loads((tmp_path / FILE).read_bytes())["cases"]
    assert set(first) == {"case_id", "sequence", "referred", "business_kind", "role", "reference"}
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"schema":"waiting_reviews/2","cases":[]}',
        b'{"schema":"waiting_reviews/1"}',
        b'{"schema":"waiting_reviews/1","cases":[{"case_id":"x"}]}',
        b'{"schema":"waiting_reviews/1","cases":[{"case_id":"x","sequence":1,"referred":"2026-11-30T09:30:00",'
        b'"business_kind":"loss_report","role":"holder","reference":""}]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_list_is_said_to_be_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(OutboxError) as caught:
        WaitingFile(tmp_path)
    assert (caught.value.reason, caught.value.facts["file"]) == ("outbox_damaged", FILE)
