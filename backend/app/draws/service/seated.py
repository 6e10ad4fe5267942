"""What replacements look up of draws: rows, seats held, draws with vacant seats, batches.

Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ...platform.access import Actor
from ...platform.pagination import Page, paginate
from .. import rules
from ..models import Draw, DrawDepartment, DrawReplacement, DrawRow, DrawSeat

BATCHES_PER_PAGE = 20


def _seen(actor: Actor) -> Select[Any]:
    return select(DrawDepartment.draw_id).where(DrawDepartment.department_id.in_(actor.scope))


def seen_by(session: Session, draw_ids: Iterable[UUID], actor: Actor) -> list[Draw]:
    """The draws among these that ``actor`` may see, the newest first."""
    query = select(Draw).where(Draw.id.in_(list(draw_ids)), Draw.id.in_(_seen(actor)))
    return list(session.scalars(query.order_by(Draw.drawn_at.desc(), Draw.id)))


def with_vacant_seats(session: Session, actor: Actor) -> list[Draw]:
    """Draws of the departments ``actor`` sees in which a seat is vacant, the newest first."""
    query = select(Draw).where(
        Draw.state.in_(rules.RESULT_KNOWN),
        Draw.rehearsal.is_(False),
        Draw.vacant_seats > 0,
        Draw.id.in_(_seen(actor)),
    )
    return list(session.scalars(query.order_by(Draw.drawn_at.desc(), Draw.id)))


def rows_among(session: Session, draw_id: UUID, rows: Iterable[int]) -> dict[int, DrawRow]:
    """Drawn rows by their number in the pool."""
    query = select(DrawRow).where(DrawRow.draw_id == draw_id, DrawRow.row.in_(list(rows)))
    return {row.row: row for row in session.scalars(query)}


def replacement_batches(session: Session, actor: Actor, page: int) -> Page[DrawReplacement]:
    """Batches of the draws ``actor`` may see, the newest first."""
    query = select(DrawReplacement).where(DrawReplacement.draw_id.in_(_seen(actor)))
    query = query.order_by(DrawReplacement.drawn_at.desc(), DrawReplacement.draw_id)
    return paginate(session, query, page, BATCHES_PER_PAGE)


def seats_held(session: Session, start: datetime, end: datetime) -> dict[UUID, int]:
    """Seats that each officer holds now in draws held from ``start`` until before ``end``."""
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


def departments_of(session: Session, draw_id: UUID) -> frozenset[UUID]:
    """Departments that take part in a draw."""
    query = select(DrawDepartment.department_id).where(DrawDepartment.draw_id == draw_id)
    return frozenset(session.scalars(query))


def seats_in(session: Session, draw_id: UUID, row: int) -> Sequence[DrawSeat]:
    """The seats of one drawn row, in their order."""
    query = select(DrawSeat).where(DrawSeat.draw_id == draw_id, DrawSeat.row == row)
    return session.scalars(query.order_by(DrawSeat.seat_no)).all()
