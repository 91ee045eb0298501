"""Everything that the plugin's process sends, read raw: no word of a fault or of what is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "device_plugins" / "simulated_counter"
SDK = ROOT / "teller_assist" / "devices" / "sdk" / "teller_assist_sdk.py"
ENCLOSURE = ROOT / "teller_assist" / "processes" / "enclosure.py"
MANIFEST = json.loads((PLUGIN / "manifest.json").read_text(encoding="utf-8"))
CASES = [
    *(
        ("camera", fault)
        for fault in ("none", "frozen_frame", "frame_repeat", "two_faces", "screen_replay", "no_frames", "crash")
    ),
    *(("id_card_reader", fault) for fault in ("none", "card_pulled", "card_unreadable", "reader_busy", "crash")),
    *(("travel_document_reader", fault) for fault in ("none", "document_altered", "document_forged", "issuer_unknown")),
    ("bank_card_reader", "none"),
    ("document_scanner", "none"),
    ("document_scanner", "preview_stalled"),
]
OPERATIONS = {
    "camera": ("open", "status", "selftest", "start_frames", "status"),
    "id_card_reader": ("open", "status", "selftest", "find_card", "read", "find_card", "status"),
    "document_scanner": ("open", "status", "selftest", "preview", "scan", "status"),
    "travel_document_reader": ("open", "status", "selftest", "find_card", "read", "find_card", "status"),
    "bank_card_reader": ("open", "status", "selftest", "find_card", "read", "find_card", "status"),
}
ACCESS = {"document_number": "XA0000012", "birth_date": "880314", "expiry_date": "330501"}
CHIPS_OF_A_FOREIGNER = ("travel_document_reader", "bank_card_reader")
WITH_MEMORY = ("camera", "document_scanner")
TELLING = (
    "fault", "pulled", "altered", "forged", "frozen", "repeat", "two_faces", "replay", "screen", "no_frames", "crash", "hang",
    "attack", "impostor", "spoof", "mated", "kinship", "scenario", "truth", "simulated",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the frames' memory is an anonymous file of Linux here")


def traffic(kind: str, fault: str, customer: Path) -> list[dict[str, Any]]:
    """Make every call once and return every message that came back."""
    settings = {name: one["default"] for name, one in MANIFEST["settings"].items()}
    settings |= {"folder": str(customer), "fault": fault, "width_px": 320, "height_px": 240, "read_s": 0.0, "scan_s": 0.0}
    memory = os.memfd_create("frames")
    slot_bytes = 64 + 800 * 600 * 3
    os.ftruncate(memory, 3 * slot_bytes)
    told = {"slots": 3, "slot_bytes": slot_bytes, "descriptor": memory} if kind in WITH_MEMORY else None
    start = {"folder": str(PLUGIN), "entry": "main.py", "kind": kind, "settings": settings, "frame_memory": told}
    start["time_limits_s"] = {}
    lines = [{"id": 1, "op": "hello", "args": start}]
    lines += [{"id": 2 + place, "op": name, "args": {}} for place, name in enumerate(OPERATIONS[kind])]
    for call in lines:
        if kind == "travel_document_reader" and call["op"] == "read":
            call["args"] = {"access": ACCESS}
    if fault == "preview_stalled":
        called = next(place for place, line in enumerate(lines) if line["op"] == "preview")
        lines.insert(called + 1, {"cancel": lines[called]["id"]})
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", str(ENCLOSURE), "processes", str(SDK)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(memory,),
    )  # fmt: skip
    os.close(memory)
    assert child.stdin is not None
    assert child.stdout is not None
    received: list[dict[str, Any]] = []
    try:
        child.stdin.write("".join(json.dumps(line) + "\n" for line in lines).encode())
        child.stdin.flush()
        for line in child.stdout:
            received.append(json.loads(line))
            if received[-1].get("id") == lines[-1]["id"]:
                break
        received += frames_of(child.stdout) if kind == "camera" and fault in ("none", "two_faces", "screen_replay") else []
        child.stdin.close()
        received += [json.loads(line) for line in child.stdout]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    return received


def frames_of(stream: IO[bytes]) -> list[dict[str, Any]]:
    """Wait for a few frames, so that what shows a face on a screen has been at work."""
    return [json.loads(stream.readline()) for _ in range(4)]


def without_pictures(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_pictures(one) for name, one in value.items() if name != "data"}
    return [without_pictures(one) for one in value] if isinstance(value, list) else value


@pytest.mark.full
@pytest.mark.parametrize(("kind", "fault"), CASES)
def test_no_message_names_a_fault_or_a_scenario(kind: str, fault: str, customer: Path, request: pytest.FixtureRequest) -> None:
    if kind in CHIPS_OF_A_FOREIGNER:
        request.getfixturevalue("foreigner")
    messages = traffic(kind, fault, customer)
    assert messages[0]["ok"] is True, "the process said hello"
    sent = json.dumps(without_pictures(messages), ensure_ascii=False).lower()
    assert [word for word in TELLING if word in sent] == []
    assert str(customer).lower() not in sent


@pytest.mark.full
def test_a_sound_process_answers_every_call(customer: Path, request: pytest.FixtureRequest) -> None:
    for kind, operations in OPERATIONS.items():
        if kind == CHIPS_OF_A_FOREIGNER[0]:  # the others come first
            request.getfixturevalue("foreigner")
        answers = [message for message in traffic(kind, "none", customer) if message.get("id")]  # 0 is the farewell
        assert [one["ok"] for one in answers] == [True] * (1 + len(operations)), kind


def test_every_fault_but_silence_for_ever_is_looked_at() -> None:
    assert {fault for _, fault in CASES} == set(MANIFEST["settings"]["fault"]["choices"]) - {"hang"}
