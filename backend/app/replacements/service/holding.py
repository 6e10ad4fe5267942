"""Whether a batch has to wait for a second person, because the office has lately narrowed who is
eligible.

A person who enters leave could enter it for everybody but one, just before a batch, and so choose
the replacement. Therefore each batch first counts who could take each seat with and without what
the office has entered lately. Where that took many away, a person of the supervising side who
entered none of it has to release the batch. An officer's own recusal is not counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...draws.service import drawing, ground, outcome
from ...platform import canonical, clock
from ...registry import service as registry
from .. import rules
from ..models import Vacancy


@dataclass(frozen=True, slots=True)
class Held:
    """Why a batch waits: the seats concerned, how many officers ``could`` take the most narrowed of
    them, how many still ``can``; the accounts ``entered_by`` cannot release it."""

    seats: Sequence[int]
    could: int
    can: int
    entered_by: Sequence[UUID]

    def public_numbers(self) -> dict[str, Any]:
        """Return what is published: numbers alone."""
        return {"seats": len(self.seats), "could": self.could, "can": self.can}

    def as_stored(self) -> dict[str, Any]:
        """Return what a call stores of it."""
        accounts = [str(one) for one in self.entered_by]
        return {**self.public_numbers(), "which": list(self.seats), "entered_by": accounts}

    @property
    def mark(self) -> str:
        """Return the text that stands for these findings; see ``mark_of``."""
        return mark_of(self.as_stored())


def mark_of(stored: Mapping[str, Any]) -> str:
    """Return a short text that stands for what a call is held for, "" for nothing.

    A page carries it to whoever releases, so that nobody releases a batch for findings that came
    after they looked.
    """
    return canonical.digest(stored)[:16] if stored else ""


def look(
    session: Session,
    draw: ground.DrawRecord,
    start: drawkit.Roster,
    request: drawing.BatchRequest,
) -> Held | None:
    """Return how the office has narrowed a batch lately, or None when it may be drawn at once.

    ``start``: the roster that ``request`` would be drawn from.
    """
    seats = [seat for seat, _cause in request.vacated]
    since = _first_asked(session, draw.id, seats) - timedelta(days=rules.HOLDING_DAYS)
    gone = registry.who_limited_officers(session, request.absent, since)
    pairs = _pairs(session, draw, start, request, since)
    if not gone and not pairs:
        return None
    can = outcome.could_come(start, seats, request.recused, request.absent)
    stayed = [one for one in request.absent if one not in gone]
    could = outcome.could_come(start, seats, request.recused, stayed, but_for=pairs)
    narrowed = sorted(seat for seat in seats if rules.is_steered(could[seat], can[seat]))
    if not narrowed:
        return None
    worst = min(narrowed, key=lambda seat: (can[seat] / could[seat], seat))
    authors = set[UUID]().union(*gone.values(), *pairs.values())
    return Held(narrowed, could[worst], can[worst], sorted(authors))


def _first_asked(session: Session, draw_id: UUID, seats: Sequence[int]) -> datetime:
    """Return when the first of the seats was first asked for since an officer last took it.

    Withdrawn requests, and requests that a batch could not fill, count: the office has known of the
    seat since then.
    """
    query = select(Vacancy.seat_no, Vacancy.state, Vacancy.asked_at).where(
        Vacancy.draw_id == draw_id,
        Vacancy.seat_no.in_(seats),
        Vacancy.state != rules.LAPSED,
    )
    first = clock.now()
    taken: set[int] = set()
    for seat, state, at in session.execute(query.order_by(Vacancy.asked_at.desc())):
        if state == rules.FILLED:
            taken.add(seat)
        elif seat not in taken:
            first = min(first, at)
    return first


def _pairs(
    session: Session,
    draw: ground.DrawRecord,
    start: drawkit.Roster,
    request: drawing.BatchRequest,
    since: datetime,
) -> Mapping[tuple[UUID, str], set[UUID]]:
    """Return the pairs (officer, object) of grounds that the office declared lately about drawn
    enterprises and that keep apart now, each with the accounts that declared it.

    They keep apart as grounds in force, or because an earlier batch took them along. What was
    declared before the freeze is left out: the draw itself went by it.
    """
    objects = {row.enterprise_id: row.object for row in outcome.rows_of(session, draw)}
    apart = {(UUID(hex=officer), target) for officer, target in start.recused}
    apart |= set(request.recused)
    since = max(since, draw.frozen_at or since)
    found = registry.grounds_by_office(session, outcome.officers_of(start), since)
    return {
        (officer, objects[enterprise]): accounts
        for (officer, enterprise), accounts in found.items()
        if (officer, objects.get(enterprise)) in apart
    }
