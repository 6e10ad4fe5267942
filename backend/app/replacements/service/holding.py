"""Whether a batch has to wait for a second person, since its pool was narrowed a short while ago.

Whoever enters leave could enter it for everybody but one, just before a batch, and so choose who
replaces. So before a batch is drawn it is counted who could take each seat with and without what
the office has entered lately; where that took many away, a person of the supervising side who
entered none of it has to release the batch. An officer's own recusal takes nobody away here.
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
    """Why a batch waits: the seats concerned, how many officers ``could`` take the most narrowed
    of them and how many still ``can``; ``entered_by``: accounts that cannot release it."""

    seats: Sequence[int]
    could: int
    can: int
    entered_by: Sequence[UUID]

    def told(self) -> dict[str, Any]:
        """What the public is told: numbers alone."""
        return {"seats": len(self.seats), "could": self.could, "can": self.can}

    def kept(self) -> dict[str, Any]:
        """What a call keeps of it."""
        accounts = [str(one) for one in self.entered_by]
        return {**self.told(), "which": list(self.seats), "entered_by": accounts}

    @property
    def mark(self) -> str:
        """See ``mark_of``."""
        return mark_of(self.kept())


def mark_of(kept: Mapping[str, Any]) -> str:
    """A short text that stands for what a call is held for, empty for nothing: it goes with the
    page to whoever releases, so that nobody releases what was found after they looked."""
    return canonical.digest(kept)[:16] if kept else ""


def look(
    session: Session,
    draw: ground.DrawRecord,
    start: drawkit.Roster,
    request: drawing.BatchRequest,
) -> Held | None:
    """What the office has taken away from a batch lately, or None when it may be drawn as it is.

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
    """When the first of the seats was asked for since somebody last took it. What was withdrawn
    counts, and what a batch could not fill: the office has known of the seat since then."""
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
    """(officer, object) of grounds that the office declared lately about drawn enterprises and
    that keep apart now: as grounds in force, or because an earlier batch took them along. What was
    declared before the freeze is the draw's own."""
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
