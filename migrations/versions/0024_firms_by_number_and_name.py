"""Finding enterprises by registration number and by name, for the same firm under two codes."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes."""
    op.create_index(
        op.f("ix_enterprise_registration_number"), "enterprise", ["registration_number"]
    )
    op.create_index(op.f("ix_enterprise_name"), "enterprise", ["name"])


def downgrade() -> None:
    """Without them."""
    op.drop_index(op.f("ix_enterprise_name"), "enterprise")
    op.drop_index(op.f("ix_enterprise_registration_number"), "enterprise")
