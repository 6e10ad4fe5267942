"""The queue of records that wait for review, most urgent first. Reads only; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..disclosure import service as disclosure
from ..evidence import service as evidence
from ..platform import clock
from ..platform.access import Actor
from ..visits import service as visits
from .facts import VisitFacts, facts_of


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A handed-in record that waits for a supervisor; ``led`` is True if one of the departments
    this person sees leads the visit, so that the record is theirs to decide."""

    visit: VisitFacts
    led: bool
    deadline: disclosure.Deadline
    missing: int


def queue(session: Session, actor: Actor) -> list[QueueEntry]:
    """Return the records that wait for review in the departments this person sees, the most urgent
    first, and among them joint ones that another department leads."""
    today, calendar = clock.today(), disclosure.calendar(session)
    rows = visits.waiting(session, None if actor.sees_all else actor.scope)
    files = evidence.counts(session, [row.id for row in rows])
    led = actor.scope
    entries = [
        QueueEntry(
            visit=visit,
            led=visit.department_id in led,
            deadline=calendar.deadline(visit.end.day if visit.end else today, today),
            missing=files[visit.id][1] - files[visit.id][0],
        )
        for visit in facts_of(session, rows)
    ]
    return sorted(
        entries, key=lambda e: (e.deadline.due_on, e.visit.draw_number, e.visit.lot_number)
    )
