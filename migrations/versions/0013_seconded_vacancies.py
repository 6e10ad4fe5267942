"""Who agreed, as a second person, that a newcomer's seat is drawn again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, empty for every seat of before."""
    with op.batch_alter_table("vacancy") as table:
        table.add_column(sa.Column("seconded_by", sa.Uuid))
        table.add_column(sa.Column("seconded_at", UtcDateTime))
        table.create_foreign_key("fk_vacancy_seconded_by", "account", ["seconded_by"], ["id"])


def downgrade() -> None:
    """Forget who agreed. Seats that still wait for a second person wait for nobody then."""
    seats = sa.table("vacancy", sa.column("state", sa.String))
    op.execute(seats.update().where(seats.c.state == "asked").values(state="withdrawn"))
    with op.batch_alter_table("vacancy") as table:
        table.drop_constraint("fk_vacancy_seconded_by", type_="foreignkey")
        table.drop_column("seconded_at")
        table.drop_column("seconded_by")
