"""Which cases belong to the same business."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "cases_together",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("earlier_case_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("case_id", "earlier_case_id"),
    )
    op.create_index(op.f("ix_cases_together_earlier_case_id"), "cases_together", ["earlier_case_id"], unique=False)


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
