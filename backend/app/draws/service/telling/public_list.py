"""The public list of draws, in as many queries for fifty draws as for one. Reads only.

``publishing`` tells a single draw with its rows and files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from ....platform import clock
from ....platform.pagination import Page, paginate
from ...models import Draw, DrawExtension, DrawSeat
from . import unfinished_draws

PER_PAGE = 50
_SHOWN = (
    Draw.number,
    Draw.name,
    Draw.state,
    Draw.rehearsal,
    Draw.drawn_at,
    Draw.opened_at,
    Draw.end_reason,
    Draw.drawn_rows,
    Draw.vacant_seats,
)
"""The columns of a line; the documents and counts of a draw are large and not read for it."""


@dataclass(frozen=True, slots=True)
class ListedDraw:
    """A line of the list: ``drawn`` enterprises by the draw itself, ``officers`` with a seat,
    ``vacant`` seats; ``drawn_on`` is None without a result, ``left_open_since`` is None unless
    nobody finishes the draw."""

    number: str
    name: str
    state: str
    drawn_on: date | None
    reason: str | None
    drawn: int
    officers: int
    vacant: int
    left_open_since: datetime | None = None


def listed_draws(session: Session, page: int = 1) -> Page[ListedDraw]:
    """Return a page of every draw that was ever frozen, the newest first, cancelled ones too."""
    query = select(Draw).where(Draw.number.is_not(None), Draw.rehearsal.is_(False))
    query = query.options(load_only(*_SHOWN)).order_by(Draw.frozen_at.desc(), Draw.id)
    found: Page[Draw] = paginate(session, query, page, PER_PAGE)
    ids = [draw.id for draw in found.items]
    officers, added = _officers(session, ids), _rows_added(session, ids)
    lines = [
        ListedDraw(
            number=draw.number or "",
            name=draw.name,
            state=draw.state,
            drawn_on=None if draw.drawn_at is None else clock.local(draw.drawn_at).date(),
            reason=draw.end_reason,
            drawn=draw.drawn_rows - added.get(draw.id, 0),
            officers=officers.get(draw.id, 0),
            vacant=draw.vacant_seats,
            left_open_since=unfinished_draws.left_open_since(draw),
        )
        for draw in found.items
    ]
    return Page(lines, found.number, found.per_page, found.total)


def _officers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many different officers have a seat, by draw."""
    query = select(DrawSeat.draw_id, func.count(DrawSeat.officer_id.distinct()))
    query = query.where(DrawSeat.draw_id.in_(ids)).group_by(DrawSeat.draw_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _rows_added(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many rows extensions added, by draw."""
    query = select(DrawExtension.draw_id, func.sum(DrawExtension.rows))
    query = query.where(DrawExtension.draw_id.in_(ids)).group_by(DrawExtension.draw_id)
    return {row[0]: int(row[1]) for row in session.execute(query)}
