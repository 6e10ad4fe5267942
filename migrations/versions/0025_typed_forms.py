"""Forms of the office: those that were taken once, and those that wait for their author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; nothing of before is in them."""
    op.create_table(
        "sent_form",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("made", sa.Uuid),
        sa.Column("next_address", sa.Text),
        sa.Column("sent_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_sent_form_content", "sent_form", ["content_sha256", "sent_at"])
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("kept_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_kept_form_account", "kept_form", ["account_id", "kept_at"])


def downgrade() -> None:
    """Forget both."""
    op.drop_table("kept_form")
    op.drop_table("sent_form")
