"""Running clocks: visits that were made and whose result is not public yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..platform import clock
from ..platform.access import Actor
from ..visits import service as visits
from .models import WorkingDayOverride
from .rules import Deadline, VisitEnd, WorkCalendar, visit_end


@dataclass(frozen=True, slots=True)
class RunningClock:
    """The day a visit ended and how its clock stands today."""

    ended_on: date
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class RunningVisit:
    """A visit with its running clock; ``state`` tells where its record is."""

    id: UUID
    enterprise_name: str
    draw_number: str
    lot_number: int
    state: str
    clock: RunningClock


def calendar(session: Session) -> WorkCalendar:
    """Return the working days with this installation's overrides."""
    rows = session.execute(select(WorkingDayOverride.day, WorkingDayOverride.works))
    return WorkCalendar({day: works for day, works in rows})


def end_of_visit(hand_in: visits.Claim) -> VisitEnd:
    """Return the visit's last day in China, out of its first hand-in."""
    believed, received = hand_in.believed_at, clock.local(hand_in.received_at).date()
    return visit_end(clock.local(believed).date() if believed else None, received)


def clocks(session: Session, rows: Sequence[visits.Visit]) -> dict[UUID, RunningClock]:
    """Return the running clock of each of these visits, by visit id; a visit whose clock does not
    run is absent."""
    today, days = clock.today(), calendar(session)
    wanted = [row.id for row in rows if visits.clock_runs(row)]
    ends = {
        visit_id: end_of_visit(hand_in).day
        for visit_id, hand_in in visits.first_hand_ins(session, wanted).items()
    }
    return {
        visit_id: RunningClock(ended_on, days.deadline(ended_on, today))
        for visit_id, ended_on in ends.items()
    }


def running(session: Session, actor: Actor) -> list[RunningVisit]:
    """Return the clocks that run in the departments this person sees, the most urgent first."""
    rows = visits.unpublished(session, scope=None if actor.sees_all else actor.scope)
    found = clocks(session, rows)
    listed = [
        RunningVisit(
            id=row.id,
            enterprise_name=row.enterprise_name,
            draw_number=row.draw_number,
            lot_number=row.lot_number,
            state=row.state,
            clock=found[row.id],
        )
        for row in rows
        if row.id in found
    ]
    return sorted(listed, key=lambda one: (one.clock.deadline.due_on, one.enterprise_name))
