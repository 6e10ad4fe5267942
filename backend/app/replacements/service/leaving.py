"""What happens when an officer leaves a seat: the waiting row, its trace in the ledger, the cut-off
that will draw it.

Called under the draw's lock; decides only whether the seat may wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...draws.service import ground, outcome
from ...ledger import service as ledger
from ...platform import clock, ids, jobs
from ...platform.settings import current_settings
from ...visits import service as visits
from .. import rules
from ..models import Vacancy
from ..protocols import LeavingOfficer

CUT_OFF = "replacements.cut_off"
"""The daily batch of one draw: payload {draw: id}."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why an officer leaves a seat, before it is known which seat."""

    cause: str
    reason: str
    words: str = ""
    event_id: UUID | None = None
    absence_id: UUID | None = None
    asked_by: UUID | None = None
    actor: str = SYSTEM


def leave(
    session: Session,
    draw: ground.DrawRecord,
    row: int,
    visit: visits.Visit | None,
    officer: LeavingOfficer,
    leaving: Leaving,
) -> str:
    """Let the officer leave their seat in the team of ``row``; return the state as ``wait``
    does."""
    seats = outcome.seats_in(session, draw.id, row)
    seat = next((one for one in seats if one.officer_id == officer.id), None)
    if seat is None:
        return ""
    return wait(session, draw, seat, visit, officer, leaving)


def wait(
    session: Session,
    draw: ground.DrawRecord,
    seat: ground.SeatRecord,
    visit: visits.Visit | None,
    officer: LeavingOfficer | None,
    leaving: Leaving,
) -> str:
    """Let the seat wait for the next batch and return the state it has because of this; "" when it
    waited before or stays.

    A newcomer's seat waits for a second person first, unless the officer asked to leave. A phone's
    request is kept even when it comes too late.
    """
    open_ = visits.may_change_hands(visit)
    standing = _standing(session, draw.id, seat.seat_no)
    own = leaving.event_id is not None
    if standing is not None and standing.state == rules.ASKED and own and open_:
        _overtaken(session, standing)
        standing = None
    waits = open_ and standing is None
    if not waits and not own:
        return ""
    asks = waits and not own and _is_newcomer(session, draw, seat, officer)
    vacancy = Vacancy(
        id=ids.new_id(),
        draw_id=draw.id,
        seat_no=seat.seat_no,
        row=seat.row,
        visit_id=None if visit is None else visit.id,
        officer_id=None if officer is None else officer.id,
        department_id=draw.department_id if officer is None else officer.department_id,
        cause=leaving.cause,
        reason=leaving.reason,
        words=leaving.words,
        event_id=leaving.event_id,
        absence_id=leaving.absence_id,
        state=rules.ASKED if asks else rules.WAITING if waits else rules.LAPSED,
        asked_by=leaving.asked_by,
        asked_at=clock.now(),
        settled_at=None if waits else clock.now(),
    )
    session.add(vacancy)
    session.flush()
    if visit is not None and not open_:
        tell_too_late(session, visit, vacancy)
    if waits and not asks:
        announce(session, draw, seat.seat_no, leaving.cause, leaving.actor)
    return vacancy.state if waits else ""


def _overtaken(session: Session, asked: Vacancy) -> None:
    """Withdraw the open question to a second person, since the officer now asks to leave.

    Written before the recusal's row, for a seat has one standing request.
    """
    asked.state, asked.settled_words = rules.WITHDRAWN, rules.OVERTAKEN
    asked.settled_at = clock.now()
    session.flush()


def tell_too_late(session: Session, visit: visits.Visit, vacancy: Vacancy) -> None:
    """Tell the phone of the officer who asked for recusal that the record was handed in before."""
    if vacancy.cause == rules.RECUSAL and vacancy.officer_id is not None:
        words = visits.HANDED_IN_BEFORE
        visits.decline_recusal(session, visit.id, vacancy.officer_id, words)


def _standing(session: Session, draw_id: UUID, seat_no: int) -> Vacancy | None:
    query = select(Vacancy).where(
        Vacancy.draw_id == draw_id, Vacancy.seat_no == seat_no, Vacancy.state.in_(rules.STANDING)
    )
    return session.scalars(query).first()


def came_at(session: Session, draw_id: UUID, row: int, officer_id: UUID) -> datetime | None:
    """Return when a batch brought the officer into the team of ``row``; None for one who was drawn
    with the draw, or came more than ``rules.NEWCOMER_DAYS`` ago."""
    query = select(Vacancy.settled_at).where(
        Vacancy.draw_id == draw_id,
        Vacancy.row == row,
        Vacancy.came_id == officer_id,
        Vacancy.settled_at > clock.now() - timedelta(days=rules.NEWCOMER_DAYS),
    )
    return session.scalars(query.order_by(Vacancy.settled_at.desc())).first()


def _is_newcomer(
    session: Session,
    draw: ground.DrawRecord,
    seat: ground.SeatRecord,
    officer: LeavingOfficer | None,
) -> bool:
    return officer is not None and came_at(session, draw.id, seat.row, officer.id) is not None


def announce(
    session: Session, draw: ground.DrawRecord, seat_no: int, cause: str, actor: str
) -> None:
    """Leave the trace in the ledger and plan the cut-off that will draw.

    Each seat plans its own job, so that none is ever missed; the first job of a day draws all
    seats.
    """
    ledger.append(
        session,
        "draw.vacated",
        actor=actor,
        subject=draw.number or "",
        body={"seat": seat_no, "cause": cause},
    )
    draw_at_cut_off(session, draw.id)


def draw_at_cut_off(session: Session, draw_id: UUID) -> None:
    """Let the draw's waiting seats be drawn at the next cut-off."""
    now = clock.local(clock.now())
    at = rules.next_cut_off(now, current_settings().replacement_cut_off)
    jobs.enqueue(session, CUT_OFF, {"draw": str(draw_id)}, run_at=at)
