"""What keeps a plugin's process apart on this machine, and what does not."""

from __future__ import annotations

from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.errors import Fact
from teller_assist.processes.children import network_denied_here
from teller_assist.processes.working_folder import memory_folder


def look_at_plugin_processes() -> Finding:
    """Try whether the system cuts a process off from the network, and look where working folders lie."""
    denied_by, in_memory = network_denied_here(), memory_folder() is not None
    facts: dict[str, Fact] = {"network_denied_by": ", ".join(denied_by), "working_folders": "memory" if in_memory else "disk"}
    notes = []
    if "namespace" not in denied_by:
        notes.append(("doctor", "plugin_network_not_denied"))
    if not in_memory:
        notes.append(("doctor", "plugin_folders_on_disk"))
    return Finding(PartState.ATTENTION if notes else PartState.READY, facts, tuple(notes))
