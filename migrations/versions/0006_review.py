"""Decisions of supervisors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; one decision a revision is kept by the database."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visit.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("record_sha256", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(16)),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("decided_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("decided_at", UtcDateTime, nullable=False),
        sa.Column("step_up_at", UtcDateTime),
        sa.UniqueConstraint("visit_id", "revision"),
        sa.CheckConstraint("outcome IN ('confirmed', 'sent_back')", name="outcome"),
    )
