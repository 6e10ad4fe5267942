"""Batches of replacements that wait for a second person, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a call and a batch were held for: nothing, for those of before. A call that the program
    makes is asked for by nobody."""
    for name in ("replacement_call", "draw_replacement"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("held", Json))
        rows = sa.table(name, sa.column("held", Json))
        op.execute(rows.update().values(held={}))
        with op.batch_alter_table(name) as table:
            table.alter_column("held", existing_type=Json, nullable=False)
    with op.batch_alter_table("replacement_call") as table:
        table.alter_column("asked_by", existing_type=sa.Uuid, nullable=True)


def downgrade() -> None:
    """Forget what was held; a call that nobody asked for goes, and its seats wait on."""
    calls = sa.table("replacement_call", sa.column("asked_by", sa.Uuid))
    op.execute(calls.delete().where(calls.c.asked_by.is_(None)))
    with op.batch_alter_table("replacement_call") as table:
        table.alter_column("asked_by", existing_type=sa.Uuid, nullable=False)
    for name in ("draw_replacement", "replacement_call"):
        with op.batch_alter_table(name) as table:
            table.drop_column("held")
