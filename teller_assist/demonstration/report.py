"""The demonstration's report (demo/1): what the station concluded, what arrived at the server, on which machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from teller_assist.demonstration.customers import SimulatedCustomer
from teller_assist.model_files.store import ModelState, ModelStore
from teller_assist.review.audit_check import ChainFault

_STAGES = ("card_read", "capture", "detect", "features", "compare", "card_to_gauge", "seal")


@dataclass(frozen=True)
class ServerTold:
    """What the server says afterwards.

    Attributes
    ----------
    reachable
        False: it did not answer; ``cases`` is empty then.
    waiting
        Cases that the station still holds.
    """

    reachable: bool
    cases: Sequence[Mapping[str, Any]]
    entries: int
    fault: ChainFault | None
    waiting: int


def customer_body(
    customer: SimulatedCustomer, case: Mapping[str, Any], delivered_ms: float | None, screenshot: str
) -> dict[str, Any]:
    """Return one customer of the report from the case that the station kept."""
    latency_ms = {stage: case["latency_ms"][stage] for stage in _STAGES if stage in case["latency_ms"]}
    return {
        "number": customer.number,
        "scenario": customer.scenario,
        "business_kind": case["transaction"]["business_kind"],
        "netcheck": case["netcheck"],
        "outcome": case["judgement"]["outcome"] if case["judgement"]["made"] else "INCONCLUSIVE",
        "next_step": case["next_step"] if case["next_step"] != "none" else "verify_by_hand",
        "reasons": list(case["reasons"]),
        "alerts": [{"id": one["id"], "kind": one["kind"], "severity": one["severity"]} for one in case["alerts"]],
        "comparisons": [{"edge": one["edge"], **one["answer"]} for one in case["comparisons"] if one["compared"]],
        "pad": {"state": case["pad"]["state"], "why": case["pad"]["why"][0]},
        "decision": case["decision"]["taken"],
        "latency_ms": latency_ms | ({} if delivered_ms is None else {"delivered": round(delivered_ms, 3)}),
        "case_id": case["case_id"],
        "screenshot": screenshot,
    }


def server_body(told: ServerTold) -> dict[str, Any]:
    """Return the report's part about the server."""
    audit: dict[str, Any] = {"intact": told.fault is None, "entries": told.entries}
    if told.fault is not None:
        audit["first_bad"] = {"index": told.fault.index, "kind": told.fault.kind.value}
    cases = [
        {
            "case_id": case["case_id"],
            "station_sequence": case["station_sequence"],
            "alert_ids": [alert["id"] for alert in case["alerts"]],
            "chain_index": case["chain_index"],
        }
        for case in told.cases
    ]
    return {"reachable": told.reachable, "waiting": told.waiting, "cases": cases, "audit": audit}


def models_body(store: ModelStore) -> list[dict[str, Any]]:
    """Return every model, whether it can be used, and what is switched off where it cannot."""
    found = []
    for entry in store.manifest.entries:
        ready = store.state(entry) is ModelState.READY
        off = [] if ready else list(entry.switches_off)
        found.append(
            {"id": entry.model_id, "sha256": entry.sha256, "state": "ready" if ready else "missing", "switches_off": off}
        )
    return found


def report_schema() -> dict[str, Any]:
    """Return the JSON schema of a report."""
    file = resources.files("teller_assist.demonstration").joinpath("schemas", "demo-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema
