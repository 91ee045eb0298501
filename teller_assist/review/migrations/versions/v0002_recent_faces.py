"""Faces of recent cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "recent_faces",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number_hmac", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.String(length=128), nullable=False),
        sa.Column("pipeline_sha256", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("business_kind", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.String(length=32), nullable=False),
        sa.Column("face_encrypted", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("number_hmac", "model_id", "pipeline_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recent_faces_seen"), "recent_faces", ["seen"], unique=False)


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
