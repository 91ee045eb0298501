"""What watches over the record, as the words that its pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from teller_assist.review.audit import Link
from teller_assist.review.case_words import moment
from teller_assist.review.heads import HeadsState
from teller_assist.review.running_check import CheckState
from teller_assist.review.station_alerts import StationAlert
from teller_assist.review.station_health import StationHealthListed
from teller_assist.review.words import Told, word
from teller_assist.wording import codes


@dataclass(frozen=True)
class AlertTold:
    """One alert's row."""

    alert_id: str
    raised: str
    station: Told
    told: Told
    asks: Told
    state: Told
    seen: str
    note: str
    may_be_seen: bool


@dataclass(frozen=True)
class StationTold:
    """One station's row."""

    name: str
    last_seen: str
    heartbeat: Told
    version: str
    numbers: Told
    devices: tuple[Told, ...]
    clock: Told


def alert_told(one: StationAlert) -> AlertTold:
    """Return an alert in words."""
    numbers = str(one.first_sequence) if one.first_sequence == one.last_sequence else f"{one.first_sequence}–{one.last_sequence}"
    told = word("station_why", one.why, numbers=numbers)
    state = "ended" if one.ended else "acknowledged" if one.seen_at else "open"
    tone = "info" if state != "open" else "stop" if one.kind == "sequence_gap" or not one.station_id else "review"
    return AlertTold(
        one.alert_id,
        moment(one.raised),
        Told(one.station_name) if one.station_id else word("proof", "server"),
        Told(told.zh, told.en, tone, {"info": "ⓘ", "review": "▲", "stop": "■"}[tone]),
        word("station_why_asks", one.why),
        word("proof", f"alert_{state}", at=moment(one.ended or one.seen_at or one.raised)),
        "" if not one.seen_at else f"{one.seen_by} {moment(one.seen_at)}",
        one.note,
        may_be_seen=not one.seen_at,
    )


def station_told(one: StationHealthListed) -> StationTold:
    """Return a station and its last heartbeat in words."""
    nothing = Told("—")
    if one.revoked:
        return StationTold(one.station_name, moment(one.last_seen), word("proof", "revoked"), "—", nothing, (), nothing)
    if not one.received:
        return StationTold(one.station_name, moment(one.last_seen), word("proof", "no_heartbeat"), "—", nothing, (), nothing)
    facts = {"highest": one.highest_sequence, "waiting": one.waiting, "refused": one.refused, "unsaved": one.unsaved}
    return StationTold(
        one.station_name,
        moment(one.last_seen),
        Told(moment(one.received)),
        one.product_version,
        word("proof", "numbers", **facts),
        tuple(_device(device) for device in one.devices),
        word("proof", "clock_wrong", seconds=one.clock_ahead_s) if one.clock_is_wrong else nothing,
    )


def check_told(state: CheckState) -> Told:
    """Return what the running check found."""
    if state.fault is not None:
        told = word("audit", state.fault.kind.value, index=state.fault.index)
        return Told(told.zh, told.en, "stop", "■")
    if not state.complete_at:
        told = word("proof", "check_goes_on", until=state.until)
        return Told(told.zh, told.en, "info", "ⓘ")
    told = word("proof", "check_whole", entries=state.complete_entries, at=moment(state.complete_at))
    return Told(told.zh, told.en, "info", "ⓘ")


def second_place_told(state: HeadsState) -> tuple[Told, ...]:
    """Return how the second place fares; the first one is the headline."""
    if not state.is_set:
        return (_toned("place_none", "review", "▲"),)
    told = [
        _toned("place_differs", "stop", "■") if state.differs else None,
        _toned("place_unwritable", "stop", "■", behind=state.behind) if not state.writable else None,
        _toned("place_same_disk", "review", "▲") if state.same_disk else None,
        _toned("place_well", "info", "ⓘ", index=state.index, at=moment(state.at)) if state.index else None,
    ]
    return tuple(one for one in told if one is not None)


def facts_told(link: Link) -> str:
    """Return an entry's facts: codes and counts, as they were written."""
    return " · ".join(f"{name}={value}" for name, value in sorted(link.facts.items()))


def _device(device: Mapping[str, str]) -> Told:
    kind, state = device["kind"], device["state"]
    told, fares = word("device", kind), word("device_state", state) if state in codes("device_state") else Told(state)
    return Told(
        f"{told.zh}：{fares.zh}",
        f"{told.en or told.zh}: {fares.en or fares.zh}",
        "" if state in ("ready", "not_available") else "attention",
    )


def _toned(code: str, tone: str, mark: str, **facts: str | int) -> Told:
    told = word("proof", code, **facts)
    return Told(told.zh, told.en, tone, mark)
