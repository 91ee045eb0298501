"""Tables of what watches over the record: alerts about stations, their last heartbeat, hours of their devices."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from teller_assist.review.tables import Base

_ID, _MOMENT, _CODE = String(64), String(32), String(64)


class StationAlertRow(Base):
    """An alert about a station's numbers or devices, or about the server itself ("" for station and branch); never removed.

    Attributes
    ----------
    ended
        When what it tells of was over; "": it is not.
    seen_by, seen_at
        Which manager acknowledged it; the note is encrypted, a person may be named in it.
    """

    __tablename__ = "station_alerts"
    alert_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(_ID)
    station_id: Mapped[str] = mapped_column(_ID)
    kind: Mapped[str] = mapped_column(_CODE)
    why: Mapped[str] = mapped_column(_CODE)
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    raised: Mapped[str] = mapped_column(_MOMENT)
    ended: Mapped[str] = mapped_column(_MOMENT)
    seen_by: Mapped[str] = mapped_column(_ID)
    seen_at: Mapped[str] = mapped_column(_MOMENT)
    note_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        Index("station_alerts_by_time", "raised", "alert_id"),
        Index("station_alerts_open", "ended", "station_id"),
    )


class StationHealthRow(Base):
    """A station's last heartbeat; devices is a JSON list of {kind, state, plugin}."""

    __tablename__ = "station_health"
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    received: Mapped[str] = mapped_column(_MOMENT)
    product_version: Mapped[str] = mapped_column(String(64))
    highest_sequence: Mapped[int] = mapped_column(BigInteger)
    under_way: Mapped[int] = mapped_column(Integer)
    waiting: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    unsaved: Mapped[int] = mapped_column(Integer)
    clock_ahead_s: Mapped[int] = mapped_column(Integer)
    devices: Mapped[str] = mapped_column(Text)


class DeviceHour(Base):
    """For how long in one hour (UTC, "2026-11-30T09") a station told of a kind of device, and of it as ready."""

    __tablename__ = "device_hours"
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    hour: Mapped[str] = mapped_column(String(13), primary_key=True)
    kind: Mapped[str] = mapped_column(_CODE, primary_key=True)
    told_s: Mapped[int] = mapped_column(Integer)
    ready_s: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index("device_hours_by_hour", "hour"),)
