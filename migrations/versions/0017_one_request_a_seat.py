"""A seat is asked for or waits once: a unique index of both; what was asked twice is ended."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_STANDING = "state IN ('asked', 'waiting')"
_WAITING = "state = 'waiting'"


def upgrade() -> None:
    """Of a seat's requests the one that waits goes on, or the first that was asked; then the index
    of both states, in place of the one for seats that wait."""
    _end_what_was_asked_twice()
    op.drop_index("uq_vacancy_waiting_seat", "vacancy")
    _index("uq_vacancy_standing_seat", _STANDING)


def downgrade() -> None:
    """The index for seats that wait alone; what was ended stays so."""
    op.drop_index("uq_vacancy_standing_seat", "vacancy")
    _index("uq_vacancy_waiting_seat", _WAITING)


def _index(name: str, where: str) -> None:
    columns = ["draw_id", "seat_no"]
    kept = sa.text(where)
    op.create_index(name, "vacancy", columns, unique=True, postgresql_where=kept, sqlite_where=kept)


def _end_what_was_asked_twice() -> None:
    keys = [sa.column(name, sa.Uuid) for name in ("id", "draw_id")]
    moments = [sa.column(name, UtcDateTime()) for name in ("asked_at", "settled_at")]
    words = [sa.column(name, sa.Text) for name in ("state", "settled_words")]
    seats = sa.table("vacancy", *keys, sa.column("seat_no", sa.Integer), *moments, *words)
    query = sa.select(seats.c.id, seats.c.draw_id, seats.c.seat_no).where(sa.text(_STANDING))
    query = query.order_by(seats.c.state.desc(), seats.c.asked_at, seats.c.id)
    ended = {"state": "withdrawn", "settled_words": "asked_twice", "settled_at": datetime.now(UTC)}
    kept: set[tuple[object, int]] = set()
    for request, draw, number in op.get_bind().execute(query).all():
        if (draw, number) in kept:
            op.execute(seats.update().where(seats.c.id == request).values(ended))
        kept.add((draw, number))
