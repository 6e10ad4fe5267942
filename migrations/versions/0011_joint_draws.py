"""Joint draws: what each department answered and which enterprises it keeps; extensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Departments' parts first, then what an extension adds."""
    _add_parts()
    _add_extensions()


def _add_parts() -> None:
    """Whoever took part before was never asked: what was frozen with them counts as accepted."""
    with op.batch_alter_table("draw_department") as table:
        table.add_column(sa.Column("answer", sa.String(10)))
        table.add_column(sa.Column("roster", Json))
        table.add_column(sa.Column("reason", sa.Text))
        table.add_column(sa.Column("answered_by", sa.Uuid))
        table.add_column(sa.Column("answered_at", UtcDateTime))
        table.create_foreign_key(
            "fk_draw_department_answered_by", "account", ["answered_by"], ["id"]
        )
    parts = sa.table("draw_department", sa.column("answer", sa.String), sa.column("roster", Json))
    op.execute(parts.update().values(answer="accepted", roster={}))
    with op.batch_alter_table("draw_department") as table:
        table.alter_column("answer", existing_type=sa.String(10), nullable=False)
        table.alter_column("roster", existing_type=Json, nullable=False)


def _add_extensions() -> None:
    op.create_table(
        "draw_extension",
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("extended_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("extended_at", UtcDateTime, nullable=False),
    )
    with op.batch_alter_table("draw_row") as table:
        table.add_column(sa.Column("extension", sa.Integer))
    op.execute(
        sa.table("draw_row", sa.column("extension", sa.Integer)).update().values(extension=0)
    )
    with op.batch_alter_table("draw_row") as table:
        table.alter_column("extension", existing_type=sa.Integer, nullable=False)
