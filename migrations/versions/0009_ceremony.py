"""The ceremony: joining witnesses, dice throw by throw, rehearsals, sealed draws."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FILLED: dict[str, dict[str, object]] = {
    "draw": {"form": "routine", "rehearsal": False, "sealed": False, "dice": 20, "moves": 0},
    "draw_witness": {"name": "", "from_slip": False},
}
"""What rows of before are given: a routine draw typed all its dice as one throw."""


def upgrade() -> None:
    """Columns of the draw and its witnesses first, then the throws."""
    with op.batch_alter_table("draw") as table:
        table.add_column(sa.Column("form", sa.String(10)))
        table.add_column(sa.Column("rehearsal", sa.Boolean))
        table.add_column(sa.Column("sealed", sa.Boolean))
        table.add_column(sa.Column("dice", sa.Integer))
        table.add_column(sa.Column("moves", sa.Integer))
        table.add_column(sa.Column("join_token", sa.String(43)))
        table.add_column(sa.Column("join_until", UtcDateTime))
        table.add_column(sa.Column("began_at", UtcDateTime))
        table.create_unique_constraint("uq_draw_join_token", ["join_token"])
    with op.batch_alter_table("draw_witness") as table:
        table.add_column(sa.Column("key_sha256", sa.String(64)))
        table.add_column(sa.Column("name", sa.String(60)))
        table.add_column(sa.Column("joined_at", UtcDateTime))
        table.add_column(sa.Column("from_slip", sa.Boolean))
        table.create_unique_constraint("uq_draw_witness_key_sha256", ["key_sha256"])
    with op.batch_alter_table("draw_row") as table:
        table.add_column(sa.Column("code", sa.String(64)))
    _fill()
    _create_throws()


def _fill() -> None:
    for name, values in _FILLED.items():
        types = {key: _type(value) for key, value in values.items()}
        target = sa.table(name, *(sa.column(key, kind) for key, kind in types.items()))
        op.execute(target.update().values(**values))
        with op.batch_alter_table(name) as table:
            for key, kind in types.items():
                table.alter_column(key, existing_type=kind, nullable=False)


def _type(value: object) -> sa.types.TypeEngine[object]:
    if isinstance(value, bool):
        return sa.Boolean()
    return sa.Integer() if isinstance(value, int) else sa.String(60)


def _create_throws() -> None:
    op.create_table(
        "draw_throw",
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("digits", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("typed_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("typed_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("witness", sa.String(16)),
        sa.Column("decided_at", UtcDateTime),
    )
