"""The part of the report on this counter's devices: which plugin the site chose for each, and whether it may be started so."""

from __future__ import annotations

from teller_assist.app import open_installation
from teller_assist.devices.chosen import judge_chosen
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import PluginShelf
from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.errors import Fact, KnownError
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import DevicesSettings
from teller_assist.workflow.equipment import FURTHER_DEVICES

_NOT_CHOSEN = "-"
_REFUSED = "refused"


def look_at_counter() -> Finding:
    """Judge each device's plugin with what is set for it; none is started. Values of settings are not told, only their names."""
    installation = open_installation()
    devices, shelf = installation.settings.devices, installation.plugin_shelf()
    chosen = {DeviceKind(kind): choice for kind, choice in devices.choices.items()}
    told = {kind: choice for kind, choice in chosen.items() if choice.is_made or kind not in FURTHER_DEVICES}
    words = {kind.value: _word(shelf, kind, choice, devices) for kind, choice in told.items()}
    facts: dict[str, Fact] = dict(words)
    if any(word.startswith(_REFUSED) for word in words.values()):
        return Finding(PartState.ATTENTION, facts, (("doctor", "counter_plugin_unusable"),))
    if set(words.values()) == {_NOT_CHOSEN}:
        return Finding(PartState.ATTENTION, facts, (("doctor", "no_counter_plugin"),))
    return Finding(PartState.READY, facts)


def _word(shelf: PluginShelf, kind: DeviceKind, choice: PluginChoice, devices: DevicesSettings) -> str:
    if not choice.is_made:
        return _NOT_CHOSEN
    try:
        manifest = judge_chosen(shelf, kind, choice, devices)
    except KnownError as error:
        why = error.facts.get("why", error.facts.get("key", ""))
        return f"{_REFUSED}: {choice.plugin or _NOT_CHOSEN}, {error.reason} {why}".rstrip()
    return f"ready: {manifest.plugin_id} {manifest.version}"
