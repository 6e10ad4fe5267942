"""Draws left open 久未完成: the first value was revealed, and a day later the result is not drawn.

A person who runs a draw and dislikes what has been revealed could let it lie for ever. Nothing can
force a person to throw dice; so such draws are named, to oversight and to everybody, with the
office that leads them and since when. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....platform import clock
from ....platform.access import Actor
from ....platform.settings import current_settings
from ... import rules
from ...models import Draw
from ..ground import finding


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A draw that was left open; ``department`` names the office that leads it."""

    id: UUID
    number: str
    name: str
    department: str
    since: datetime


def left_open(session: Session, actor: Actor | None = None) -> Sequence[LeftOpen]:
    """Return every draw that is left open now, the longest first; with ``actor`` those of the
    departments this person sees."""
    query = select(Draw).where(*_lies()).order_by(Draw.opened_at, Draw.number)
    if actor is not None:
        query = query.where(Draw.id.in_(finding.visible_ids(actor)))
    names = {row.id: row.name for row in accounts.departments(session)}
    return [
        LeftOpen(draw.id, draw.number, draw.name, names.get(draw.department_id, ""), draw.opened_at)
        for draw in session.scalars(query)
        if draw.number is not None and draw.opened_at is not None
    ]


def count_left_open(session: Session, actor: Actor | None = None) -> int:
    """Return how many draws are left open now."""
    query = select(func.count()).select_from(Draw).where(*_lies())
    if actor is not None:
        query = query.where(Draw.id.in_(finding.visible_ids(actor)))
    return session.scalar(query) or 0


def left_open_since(draw: Draw) -> datetime | None:
    """Return since when a draw has been left open; None for one that is not."""
    late = draw.state in rules.PART_REVEALED and was_left_open(draw.opened_at, None)
    return draw.opened_at if late and not draw.rehearsal else None


def was_left_open(opened_at: datetime | None, finished_at: datetime | None) -> bool:
    """Return True if more than the limit lies between the first reveal and the end, or now."""
    if opened_at is None:
        return False
    return (finished_at or clock.now()) - opened_at > _limit()


def _limit() -> timedelta:
    return timedelta(hours=current_settings().open_hours)


def _lies() -> tuple[ColumnElement[bool], ...]:
    return (
        Draw.state.in_(rules.PART_REVEALED),
        Draw.rehearsal.is_(False),
        Draw.opened_at < clock.now() - _limit(),
    )
