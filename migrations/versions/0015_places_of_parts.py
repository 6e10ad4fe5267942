"""Where a department stood in the tree when it accepted its part of a joint draw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; of answers of before the place is not known, and nothing is asked of it."""
    with op.batch_alter_table("draw_department") as table:
        table.add_column(sa.Column("place_sha256", sa.String(64)))


def downgrade() -> None:
    """Forget the places."""
    with op.batch_alter_table("draw_department") as table:
        table.drop_column("place_sha256")
