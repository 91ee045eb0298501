"""The part of the report on reading documents: the worker is started once and says whether it is ready."""

from __future__ import annotations

from teller_assist.app import open_installation
from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.documents.orientation import ORIENTATION_MODEL, CardOrientation
from teller_assist.documents.worker_client import WorkerEngine, documents_interpreter, launch_of
from teller_assist.errors import DocumentEngineError, Fact, ModelError


def look_at_documents() -> Finding:
    """Return whether documents can be read here, by what, and what keeps that process off the network.

    Nothing that is wrong here is a failure: documents are entered by hand then.
    """
    installation = open_installation()
    settings = installation.settings.documents
    installed = documents_interpreter(settings, installation.root).is_file()
    facts: dict[str, Fact] = {"installed": installed, "engine": settings.engine}
    if not installed:
        return Finding(PartState.ATTENTION, facts, (("doctor", "documents_not_installed"),))
    store = installation.model_store
    engine = WorkerEngine(launch_of(settings, installation.root), store)
    try:
        CardOrientation(store, store.manifest.entry(ORIENTATION_MODEL))
        hello = engine.hello()
    except (DocumentEngineError, ModelError) as error:
        facts |= {"reason": error.reason, "why": error.facts.get("why", "")}
        return Finding(PartState.ATTENTION, facts, (("switched_off", "document_reading"),))
    finally:
        engine.close()
    denied_by = ", ".join(hello.network_denied_by)
    facts |= {"engine": hello.engine, "network_denied_by": denied_by, "resident_mb": round(hello.resident_mb)}
    return Finding(PartState.READY, facts)
