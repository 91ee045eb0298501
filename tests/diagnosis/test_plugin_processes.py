"""IT is told what this machine does not keep from plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.diagnosis import plugin_processes
from teller_assist.diagnosis.plugin_processes import look_at_plugin_processes
from teller_assist.diagnosis.report import PartState
from teller_assist.processes.children import network_denied_here
from teller_assist.wording import sentence


def look(
    monkeypatch: pytest.MonkeyPatch, denied_by: tuple[str, ...], folder: Path | None
) -> tuple[PartState, list[str], dict[str, object]]:
    monkeypatch.setattr(plugin_processes, "network_denied_here", lambda: denied_by)
    monkeypatch.setattr(plugin_processes, "memory_folder", lambda: folder)
    finding = look_at_plugin_processes()
    return finding.state, [sentence(*note).zh for note in finding.notes], dict(finding.facts)


def test_a_machine_that_keeps_them_apart_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    state, notes, facts = look(monkeypatch, ("namespace", "guard"), Path("/dev/shm"))
    assert (state, notes) == (PartState.READY, [])
    assert facts == {"network_denied_by": "namespace, guard", "working_folders": "memory"}


def test_without_a_namespace_it_says_that_native_code_reaches_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    state, notes, _ = look(monkeypatch, ("guard",), Path("/dev/shm"))
    assert state is PartState.ATTENTION
    assert "网络" in notes[0]


def test_without_memory_it_says_that_the_folders_lie_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    state, notes, facts = look(monkeypatch, ("namespace", "guard"), None)
    assert (state, facts["working_folders"]) == (PartState.ATTENTION, "disk")
    assert "磁盘" in notes[0]


def test_what_is_denied_is_tried_and_not_supposed() -> None:
    assert network_denied_here() in (("namespace", "guard"), ("guard",))
