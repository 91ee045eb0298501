"""What the statistics count: camera, the teller's own judgement, how long a decision took; and which month a teller has seen."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; camera and judgement of earlier cases stay in their encrypted content and are not counted."""
    op.add_column("cases", sa.Column("camera", sa.String(length=128), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("teller_judgement", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("closed_after_s", sa.Integer(), nullable=True))
    op.create_index("cases_counted", "cases", ["branch_id", "received", "created", "station_id", "camera", "with_alerts"])
    op.create_index("cases_by_login", "cases", ["teller_login", "state", "received"])
    op.create_table(
        "teller_views",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("seen", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("login", "month"),
    )
    _add_durations()


def _add_durations() -> None:
    columns = (sa.column("case_id", sa.String), sa.column("received", sa.String), sa.column("state_since", sa.String))
    cases = sa.table("cases", *columns, sa.column("state", sa.String), sa.column("closed_after_s", sa.Integer))
    connection = op.get_bind()
    for case_id, received, closed in connection.execute(
        sa.select(*columns).select_from(cases).where(cases.c.state == "closed")
    ).all():
        waited = datetime.datetime.fromisoformat(closed) - datetime.datetime.fromisoformat(received)
        seconds = max(0, int(waited.total_seconds()))
        connection.execute(sa.update(cases).where(cases.c.case_id == case_id).values(closed_after_s=seconds))


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
