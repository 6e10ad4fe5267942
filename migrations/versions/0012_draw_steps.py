"""Who took a step of a draw: nobody of them declares it void."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KNOWN = (
    ("draw", "id", "created_by", "prepared", "created_at"),
    ("draw", "id", "frozen_by", "frozen", "frozen_at"),
    ("draw", "id", "ended_by", "ended", "ended_at"),
    ("draw_department", "draw_id", "answered_by", "answered", "answered_at"),
    ("draw_witness", "draw_id", "account_id", "witnessed", "joined_at"),
    ("draw_throw", "draw_id", "typed_by", "typed", "typed_at"),
    ("draw_throw", "draw_id", "confirmed_by", "looked", "decided_at"),
    ("draw_extension", "draw_id", "extended_by", "extended", "extended_at"),
    ("replacement_call", "draw_id", "asked_by", "asked", "asked_at"),
    ("replacement_call", "draw_id", "released_by", "released", "settled_at"),
)
"""Table, column of the draw, of the account, the step's name, and of the moment."""


def upgrade() -> None:
    """The table, with what older rows say of who took part."""
    steps = op.create_table(
        "draw_step",
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("step", sa.String(12), primary_key=True),
        sa.Column("taken_at", UtcDateTime, nullable=False),
    )
    for query in _steps_of_before():
        names = ["draw_id", "account_id", "step", "taken_at"]
        op.execute(steps.insert().from_select(names, query))


def downgrade() -> None:
    """Forget it; what older columns hold stays."""
    op.drop_table("draw_step")


def _steps_of_before() -> Iterator[sa.Select[Any]]:
    """Steps that other tables tell of: the first of each kind by each person."""
    for table, draw, account, step, at in _KNOWN:
        rows = sa.table(table, *(sa.column(name) for name in (draw, account, at)))
        who = (rows.c[draw], rows.c[account])
        known = rows.c[account].is_not(None) & rows.c[at].is_not(None)
        yield (
            sa.select(*who, sa.literal(step), sa.func.min(rows.c[at])).where(known).group_by(*who)
        )
