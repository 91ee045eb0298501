"""What happened in a case, in the order of time; who looked at it stands apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.review.audit import AuditKind, Link
from teller_assist.review.cases import ListedCase
from teller_assist.review.words import Told, word

_LOOKS = frozenset({AuditKind.CASE_SEEN.value, AuditKind.PICTURE_SEEN.value})


@dataclass(frozen=True)
class EventTold:
    """One event: when (as a document writes it), what, who."""

    at: str
    told: Told
    actor: str


@dataclass(frozen=True)
class Timeline:
    """The events of a case and the looks at it, both in their order."""

    events: tuple[EventTold, ...]
    looks: tuple[EventTold, ...]


def timeline(case: Mapping[str, Any], listed: ListedCase, links: Iterable[Link]) -> Timeline:
    """Return what happened at the counter and at the server."""
    transaction, all_links = case["transaction"], list(links)
    teller = transaction["teller"]
    events = [
        EventTold(transaction["started"], word("server", "started"), teller),
        EventTold(transaction["ended"], word("server", f"ending_{transaction['ending']}"), teller),
        *(_event(link, listed) for link in all_links if link.kind not in _LOOKS),
    ]
    return Timeline(tuple(events), tuple(_event(link, listed) for link in all_links if link.kind in _LOOKS))


def _event(link: Link, listed: ListedCase) -> EventTold:
    told = word("audit_kind", link.kind)
    role = link.facts.get("role")
    if role is not None:
        picture = word("portrait", str(role))
        told = Told(f"{told.zh}：{picture.zh}", f"{told.en}: {picture.en or picture.zh}")
    return EventTold(link.at, told, listed.station_name if link.actor == listed.station_id else link.actor)
