"""Alerts about stations, heartbeats, hours of devices; indexes by which the audit record is filtered and exported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "station_alerts",
        sa.Column("alert_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=64), nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("raised", sa.String(length=32), nullable=False),
        sa.Column("ended", sa.String(length=32), nullable=False),
        sa.Column("seen_by", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("note_encrypted", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id"),
    )
    op.create_index("station_alerts_by_time", "station_alerts", ["raised", "alert_id"])
    op.create_index("station_alerts_open", "station_alerts", ["ended", "station_id"])
    _health()
    op.create_index("audit_entries_by_kind", "audit_entries", ["kind", "number"])
    op.create_index("audit_entries_by_actor", "audit_entries", ["actor", "number"])
    op.create_index("cases_by_chain", "cases", ["chain_index"])
    op.create_index("announcements_by_time", "announcements", ["announced"])


def _health() -> None:
    op.create_table(
        "station_health",
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("received", sa.String(length=32), nullable=False),
        sa.Column("product_version", sa.String(length=64), nullable=False),
        sa.Column("highest_sequence", sa.BigInteger(), nullable=False),
        sa.Column("under_way", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unsaved", sa.Integer(), nullable=False),
        sa.Column("clock_ahead_s", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.station_id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )
    op.create_table(
        "device_hours",
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.String(length=13), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("told_s", sa.Integer(), nullable=False),
        sa.Column("ready_s", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.station_id"]),
        sa.PrimaryKeyConstraint("station_id", "hour", "kind"),
    )
    op.create_index("device_hours_by_hour", "device_hours", ["hour"])


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
