"""Seats that their officers cannot keep because they may no longer inspect, and vacant seats.

Looked for whenever a batch is asked for or drawn, and when the register of officers is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...draws.service import ground, outcome, planning
from ...platform import clock
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..models import Vacancy
from .leaving import Leaving, wait


def take_unkeepable(session: Session, draw: ground.DrawRecord) -> int:
    """Let the seats wait that their officers cannot keep, and return how many are new.

    Of open visits: officers who are not active or whose certificate has expired; leave is for
    ``enter_absence`` to judge. Of visits not sent yet: officers with anything that keeps the visit
    from being sent. The caller holds the draw's lock.
    """
    seats = outcome.seats_of(session, draw)
    made = {visit.pool_row: visit for visit in visits.of_draw(session, draw.id)}
    seated = sorted({seat.officer_id for seat in seats if seat.officer_id is not None})
    gone = _gone(session, seated)
    held = planning.unfit_officers(session, seated, draw.last_day or clock.today())
    known = {one.id: one for one in registry.officers_by_ids(session, sorted({*gone, *held}))}
    new = 0
    for seat in seats:
        visit = made.get(seat.row)
        officer = known.get(seat.officer_id) if seat.officer_id else None
        if officer is None or not visits.may_change_hands(visit):
            continue
        reason = (held if visit is None else gone).get(officer.id)
        if reason is not None:
            new += bool(wait(session, draw, seat, visit, officer, Leaving(rules.UNFIT, reason)))
    return new


def take_vacant(session: Session, draw: ground.DrawRecord) -> int:
    """Let the vacant seats wait for the next batch again, and return how many are new. The caller
    holds the draw's lock."""
    made = {visit.pool_row: visit for visit in visits.of_draw(session, draw.id)}
    new = 0
    for seat in outcome.seats_of(session, draw):
        visit = made.get(seat.row)
        if seat.officer_id is None and visits.may_change_hands(visit):
            new += bool(wait(session, draw, seat, visit, None, Leaving(rules.VACANT, "")))
    return new


def _gone(session: Session, officers: Sequence[UUID]) -> dict[UUID, str]:
    """Return the officers who may not inspect today, with the reason; leave does not count."""
    unfit = planning.unfit_officers(session, officers, clock.today())
    return {one: reason for one, reason in unfit.items() if reason != "on_leave"}


def unkeepable(session: Session) -> Counter[UUID]:
    """Return, by draw, how many seats of open visits their officers cannot keep and wait neither
    for a batch nor for a second person."""
    seats = visits.open_seats(session)
    gone = _gone(session, sorted({officer for _draw, _visit, officer in seats}))
    query = select(Vacancy.visit_id, Vacancy.officer_id).where(Vacancy.state.in_(rules.STANDING))
    waiting = {(row[0], row[1]) for row in session.execute(query)}
    return Counter(
        draw
        for draw, visit, officer in seats
        if officer in gone and (visit, officer) not in waiting
    )


def recheck(session: Session, officer_ids: Iterable[UUID]) -> None:
    """Let those seats wait that their officers cannot keep since the register was changed."""
    drawn = [visit for one in officer_ids for visit in visits.visits_of_officer(session, one)]
    open_ = {visit.draw_id for visit in drawn if visits.may_change_hands(visit)}
    for draw_id in sorted(open_):
        take_unkeepable(session, ground.locked(session, draw_id))
