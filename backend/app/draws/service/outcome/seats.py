"""The officers' seats of drawn rows: of one draw, of one row, of an officer. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ....platform.access import Actor
from ... import rules
from ...models import Draw, DrawSeat
from ..ground import finding
from ..ground.records import DrawRecord


def draws_with_vacant_seats(session: Session, actor: Actor) -> list[Draw]:
    """Return the draws of the departments ``actor`` sees in which a seat is vacant, the newest
    first."""
    query = select(Draw).where(
        Draw.state.in_(rules.RESULT_KNOWN),
        Draw.rehearsal.is_(False),
        Draw.vacant_seats > 0,
        Draw.id.in_(finding.visible_ids(actor)),
    )
    return list(session.scalars(query.order_by(Draw.drawn_at.desc(), Draw.id)))


def seats_held(session: Session, start: datetime, end: datetime) -> dict[UUID, int]:
    """Return how many seats each officer holds now in draws held from ``start`` until before
    ``end``."""
    query = (
        select(DrawSeat.officer_id, func.count())
        .join(Draw, Draw.id == DrawSeat.draw_id)
        .where(
            DrawSeat.officer_id.is_not(None),
            Draw.state.in_(rules.RESULT_KNOWN),
            Draw.rehearsal.is_(False),
            Draw.drawn_at >= start,
            Draw.drawn_at < end,
        )
        .group_by(DrawSeat.officer_id)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}


def seats_in(session: Session, draw_id: UUID, row: int) -> Sequence[DrawSeat]:
    """Return the seats of one drawn row, in their order."""
    query = select(DrawSeat).where(DrawSeat.draw_id == draw_id, DrawSeat.row == row)
    return session.scalars(query.order_by(DrawSeat.seat_no)).all()


def seats_of(session: Session, draw: DrawRecord) -> Sequence[DrawSeat]:
    """Return the seats in the order of the result."""
    query = select(DrawSeat).where(DrawSeat.draw_id == draw.id)
    return session.scalars(query.order_by(DrawSeat.seat_no)).all()


def teams(seats: Sequence[DrawSeat]) -> dict[int, list[DrawSeat]]:
    """Return the seats by drawn row, in their order."""
    made: dict[int, list[DrawSeat]] = defaultdict(list)
    for seat in seats:
        made[seat.row].append(seat)
    return made
