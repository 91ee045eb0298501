"""What the statistics show of devices' health: any keeper of stations' heartbeats that offers this serves."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Protocol

from teller_assist.review.people import LoggedIn


class DeviceReadiness(Protocol):
    """For how long devices of one kind were told of, and how long of that they were ready."""

    @property
    def kind(self) -> str:
        """The kind of device."""

    @property
    def told_s(self) -> int:
        """For how long stations told of it."""

    @property
    def ready_s(self) -> int:
        """For how long of that it was ready."""


class StationHealthListed(Protocol):
    """A station and its last heartbeat; without one (received is "") the rest says nothing."""

    @property
    def station_name(self) -> str:
        """As people call it."""

    @property
    def revoked(self) -> bool:
        """Whether it sends no more."""

    @property
    def received(self) -> str:
        """When the last heartbeat came; "": none yet."""

    @property
    def waiting(self) -> int:
        """Cases that wait at the station."""

    @property
    def clock_ahead_s(self) -> int:
        """How far its clock is ahead of the server's; negative: behind."""

    @property
    def clock_is_wrong(self) -> bool:
        """Whether that is so much that it is shown."""


class DeviceHealth(Protocol):
    """The heartbeats of one server's stations."""

    def listed(self, person: LoggedIn) -> Sequence[StationHealthListed]:
        """Return the stations that a person sees."""

    def readiness(self, person: LoggedIn, since: datetime.datetime) -> Sequence[DeviceReadiness]:
        """Return how long devices were ready since a moment, by kind, over the stations that a person sees."""
