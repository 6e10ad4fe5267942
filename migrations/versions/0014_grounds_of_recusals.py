"""Which recusal declared a ground: taking the recusal back ends that ground and no other."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_AT_ONCE = timedelta(minutes=1)
"""A recusal declared its ground in the transaction that kept the request."""


def upgrade() -> None:
    """The column, filled for the recusals of before by who declared what and when."""
    with op.batch_alter_table("recusal_ground") as table:
        table.add_column(sa.Column("event_id", sa.Uuid))
        table.create_unique_constraint("uq_recusal_ground_event_id", ["event_id"])
    _name_the_recusals()


def downgrade() -> None:
    """Forget which recusal it was."""
    with op.batch_alter_table("recusal_ground") as table:
        table.drop_constraint("uq_recusal_ground_event_id", type_="unique")
        table.drop_column("event_id")


def _name_the_recusals() -> None:
    names = ("id", "officer_id", "enterprise_id", "declared_by", "event_id")
    columns = [sa.column(name, sa.Uuid) for name in names]
    grounds = sa.table("recusal_ground", *columns, sa.column("declared_at", UtcDateTime()))
    names = ("officer_id", "visit_id", "asked_by", "event_id")
    columns = [sa.column(name, sa.Uuid) for name in names]
    seats = sa.table("vacancy", *columns, sa.column("asked_at", UtcDateTime()))
    visits = sa.table("visit", sa.column("id", sa.Uuid), sa.column("enterprise_id", sa.Uuid))
    same = (
        (visits.c.id == seats.c.visit_id)
        & (grounds.c.officer_id == seats.c.officer_id)
        & (grounds.c.enterprise_id == visits.c.enterprise_id)
        & (grounds.c.declared_by == seats.c.asked_by)
    )
    query = sa.select(grounds.c.id, seats.c.event_id, grounds.c.declared_at, seats.c.asked_at)
    query = query.order_by(seats.c.asked_at, seats.c.event_id, grounds.c.declared_at.desc())
    named: dict[object, object] = {}
    rows = op.get_bind().execute(query.where(same, seats.c.event_id.is_not(None)))
    for ground, event, declared, asked in rows.all():
        free = ground not in named and event not in named.values()
        if free and timedelta(0) <= asked - declared < _AT_ONCE:
            named[ground] = event
    for ground, event in named.items():
        op.execute(grounds.update().where(grounds.c.id == ground).values(event_id=event))
