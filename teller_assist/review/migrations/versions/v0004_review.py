"""Branches, cases in parts under keys of their own, findings and sign-offs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FIRST_BRANCH = "main"


def upgrade() -> None:
    """Make the tables and add the columns; what was there before belongs to the first branch."""
    _branches()
    _case_columns()
    _case_tables()
    _findings()


def _branches() -> None:
    branches = op.create_table(
        "branches",
        sa.Column("branch_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id"),
    )
    op.bulk_insert(branches, [{"branch_id": FIRST_BRANCH, "name": "本网点"}])
    for table in ("stations", "people", "enrolment_secrets"):
        op.add_column(table, sa.Column("branch_id", sa.String(length=64), nullable=False, server_default=FIRST_BRANCH))
    op.add_column("people", sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()))


def _case_columns() -> None:
    op.add_column("cases", sa.Column("branch_id", sa.String(length=64), nullable=False, server_default=FIRST_BRANCH))
    op.add_column("cases", sa.Column("teller", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("teller_login", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("state", sa.String(length=64), nullable=False, server_default="none"))
    op.add_column("cases", sa.Column("state_since", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("second_review", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("alerts", sa.Column("branch_id", sa.String(length=64), nullable=False, server_default=FIRST_BRANCH))
    op.add_column("alerts", sa.Column("received", sa.String(length=32), nullable=False, server_default=""))
    op.execute("UPDATE alerts SET received = (SELECT received FROM cases WHERE cases.case_id = alerts.case_id)")
    op.execute("UPDATE cases SET state_since = received")
    op.create_index("cases_by_branch", "cases", ["branch_id", "received", "case_id"])
    op.create_index("cases_by_alerts", "cases", ["branch_id", "with_alerts", "received", "case_id"])
    op.create_index("cases_by_state", "cases", ["branch_id", "state", "received", "case_id"])
    op.create_index("cases_by_teller", "cases", ["branch_id", "teller", "received", "case_id"])
    op.create_index("alerts_by_kind", "alerts", ["branch_id", "kind", "received", "case_id"])


def _case_tables() -> None:
    op.create_table(
        "case_parts",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("keep_until", sa.String(length=32), nullable=False),
        sa.Column("erased", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("case_id", "part"),
    )
    op.create_index(op.f("ix_case_parts_keep_until"), "case_parts", ["keep_until"], unique=False)
    op.create_table(
        "case_persons",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("number_hmac", sa.String(length=64), nullable=False),
        sa.Column("face", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("case_id", "number_hmac"),
    )
    op.add_column("relative_numbers", sa.Column("seen", sa.String(length=32), nullable=False, server_default=""))
    op.create_index(op.f("ix_relative_numbers_seen"), "relative_numbers", ["seen"], unique=False)
    op.create_index("case_persons_by_number", "case_persons", ["number_hmac", "case_id"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_findings_case_id"), "findings", ["case_id"], unique=False)
    op.create_table(
        "sign_offs",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.ForeignKeyConstraint(["finding"], ["findings.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_sign_offs_case_id"), "sign_offs", ["case_id"], unique=False)
    op.create_table(
        "different_people",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("branch_id", sa.String(length=64), nullable=False),
        sa.Column("first_case_id", sa.String(length=64), nullable=False),
        sa.Column("second_case_id", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["first_case_id"], ["cases.case_id"]),
        sa.ForeignKeyConstraint(["second_case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    for column in ("branch_id", "first_case_id", "second_case_id"):
        op.create_index(op.f(f"ix_different_people_{column}"), "different_people", [column], unique=False)


def downgrade() -> None:
    """Refuse: see the first step."""
    raise NotImplementedError("a database goes forwards only")
