"""Who took an auditors' copy of a draw away, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row a copy; of copies taken before nothing is known."""
    op.create_table(
        "draw_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_draw_copy_draw_id", "draw_copy", ["draw_id"])


def downgrade() -> None:
    """Forget who took a copy; the ledger keeps that one was taken."""
    op.drop_table("draw_copy")
