from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.receipts import FILE, ReceiptFile, check_receipt, read_receipts, receipt_signed_bytes
from teller_assist.errors import EnrolmentError, OutboxError, ShapeError

KEY = SigningKey(bytes(range(32)))


def receipt(number: int, key: SigningKey = KEY) -> dict[str, object]:
    case_id, head = f"{number:032x}", f"{number:064x}"
    signature = to_base64(key.sign(receipt_signed_bytes(case_id, number, head)))
    return {"schema": "receipt/1", "case_id": case_id, "index": number, "head": head, "signature": signature}


def test_a_receipt_of_the_pinned_server_counts() -> None:
    assert check_receipt(receipt(5), f"{5:032x}", KEY.verify_key)["index"] == 5


def test_another_servers_receipt_or_another_cases_does_not() -> None:
    with pytest.raises(EnrolmentError):
        check_receipt(receipt(5, SigningKey(b"\x01" * 32)), f"{5:032x}", KEY.verify_key)
    with pytest.raises(EnrolmentError):
        check_receipt(receipt(5), f"{6:032x}", KEY.verify_key)
    with pytest.raises(ShapeError):
        check_receipt({"ok": True}, f"{6:032x}", KEY.verify_key)


def test_receipts_survive_and_the_oldest_go(tmp_path: Path) -> None:
    kept = ReceiptFile(tmp_path, 10)
    for number in range(1, 230):
        kept.add(receipt(number), number)
    again = ReceiptFile(tmp_path, 10)
    assert again.last_sequence == 229
    assert again.has(f"{229:032x}")
    assert not again.has(f"{1:032x}")
    assert len(read_receipts(tmp_path / FILE)) == 10


@given(cut=st.integers(1, 200))
def test_a_torn_last_line_is_no_receipt_and_the_next_one_is_not_glued_to_it(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("receipts")
    kept = ReceiptFile(folder, 10)
    for number in (1, 2):
        kept.add(receipt(number), number)
    path = folder / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: -min(cut, len(whole.splitlines()[-1]))])
    again = ReceiptFile(folder, 10)
    assert again.last_sequence in (1, 2)
    again.add(receipt(3), 3)
    assert [one["index"] for one in read_receipts(path)] in ([1, 3], [1, 2, 3])


def test_a_damaged_line_in_the_middle_stops(tmp_path: Path) -> None:
    lines = [json.dumps(receipt(1)), "damaged", json.dumps(receipt(2))]
    (tmp_path / FILE).write_text("\n".join(lines) + "\n")
    with pytest.raises(OutboxError):
        ReceiptFile(tmp_path, 10)
