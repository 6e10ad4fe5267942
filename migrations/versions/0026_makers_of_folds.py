"""Snapshots of visits name the version of the reducer that made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The snapshots of before name nobody: they are not read, and made again from the events."""
    with op.batch_alter_table("visit_fold") as table:
        table.add_column(sa.Column("reducer", sa.Integer))


def downgrade() -> None:
    """Forget the makers; a former program takes the snapshots as they are."""
    with op.batch_alter_table("visit_fold") as table:
        table.drop_column("reducer")
