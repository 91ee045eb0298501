"""A list of one station's cases, or of one kind of business, reads no other cases."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    for name, column in (("cases_by_station", "station_id"), ("cases_by_business", "business_kind")):
        op.create_index(name, "cases", ["branch_id", column, "received", "case_id"], unique=False)


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
