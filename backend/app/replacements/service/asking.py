"""How a seat comes to wait for the next batch: a recusal, an absence, an officer who may no longer
go, a seat that stayed vacant; and how a request is withdrawn.

Each request leaves its trace in the ledger before the batch that answers it. Locks are taken in
one order: the draw, then visits by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...draws import service as draws
from ...ledger import service as ledger
from ...platform import clock, ids, jobs
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.settings import current_settings
from ...platform.transactions import unit_of_work
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..errors import AbsenceIsPast, AlreadySettled, ReasonMissing
from ..models import OfficerAbsence, Vacancy

CUT_OFF = "replacements.cut_off"
"""The daily batch of one draw: payload {draw: id}."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Entered:
    """What an absence came to: seats that wait now, visits the officer keeps, and visits that
    are handed in and stay as they are."""

    vacated: int
    kept: int
    handed_in: int


@dataclass(frozen=True, slots=True)
class _Leaving:
    """Why a seat is left, before it is known which one."""

    cause: str
    reason: str
    words: str = ""
    event_id: UUID | None = None
    absence_id: UUID | None = None
    asked_by: UUID | None = None
    actor: str = SYSTEM


def recuse(event_id: UUID) -> None:
    """Take a recusal that a phone sent, once: the ground into the register, the seat into the
    next batch. A record handed in before keeps its officers; the request is kept as lapsed."""
    with unit_of_work() as session:
        asked = visits.stored_event(session, event_id)
        if asked is None or _known(session, event_id):
            return
        visit = visits.get(session, asked.visit_id)
        draw = draws.locked(session, visit.draw_id)
        visit = visits.lock_visit(session, visit.id)
        [officer] = registry.officers_by_ids(session, [UUID(asked.officer)])
        code, words = rules.ground_of(asked.body["ground"])
        words = str(asked.body.get("words") or words)[:1000]
        account = accounts.account(session, asked.account_id)
        [enterprise] = registry.enterprises_by_ids(session, [visit.enterprise_id])
        by = _Author(account.id, account.name)
        registry.declare_ground(session, officer, enterprise, code, words[:400], by=by)
        leaving = _Leaving(
            rules.RECUSAL,
            code,
            words,
            event_id=event_id,
            asked_by=account.id,
            actor=_token(session, "inspector", officer.department_id),
        )
        _leave(session, draw, visit.pool_row, visit, officer, leaving)


@dataclass(frozen=True, slots=True)
class _Author:
    account_id: UUID
    name: str


def _known(session: Session, event_id: UUID) -> bool:
    query = select(Vacancy.id).where(Vacancy.event_id == event_id)
    return session.execute(query).first() is not None


def _token(session: Session, role: str, department_id: UUID) -> str:
    return f"{role}:{accounts.department(session, department_id).code}"


def enter_absence(
    officer_id: UUID, starts_on: date, ends_on: date, reason: str, by: Actor
) -> Entered:
    """Enter that an officer cannot inspect, both days included; leave is entered with it.

    Every open visit that the absence leaves fewer than ``rules.LEAST_FREE_DAYS`` days loses the
    officer: the rule chooses, not the person. The same absence again changes nothing.
    Raises NotFound, OutsideYourDepartment, AbsenceIsPast.
    """
    if ends_on < clock.today():
        raise AbsenceIsPast
    with unit_of_work() as session:
        officer = kept_officer(session, officer_id, by)
        registry.add_leave(session, officer_id, starts_on, ends_on, "", by=by)
        absence = _absence(session, officer, starts_on, ends_on, reason, by)
        leaving = _Leaving(
            rules.ABSENCE,
            reason,
            absence_id=absence.id,
            asked_by=by.account_id,
            actor=_token(session, "department_admin", by.department_id),
        )
        return _vacate_open(session, officer, absence, leaving)


def kept_officer(session: Session, officer_id: UUID, by: Actor) -> Any:
    """The officer, for who administers their department; raises NotFound."""
    officer = registry.get_officer(session, by, officer_id)
    if officer.department_id not in accounts.permitted(session, by, "replacement.edit"):
        raise NotFound
    return officer


def would_vacate(session: Session, officer_id: UUID, starts_on: date, ends_on: date) -> list[Any]:
    """The open visits an absence would take from the officer, the next due first."""
    today = clock.today()
    return [
        visit
        for visit in visits.visits_of_officer(session, officer_id)
        if visit.state in visits.REASSIGNABLE
        and rules.vacates(today, visit.due_on, starts_on, ends_on)
    ]


def _absence(
    session: Session, officer: Any, starts_on: date, ends_on: date, reason: str, by: Actor
) -> OfficerAbsence:
    found = session.scalar(
        select(OfficerAbsence)
        .where(
            OfficerAbsence.officer_id == officer.id,
            OfficerAbsence.starts_on == starts_on,
            OfficerAbsence.ends_on == ends_on,
        )
        .with_for_update()
    )
    if found is None:
        found = OfficerAbsence(
            id=ids.new_id(),
            officer_id=officer.id,
            department_id=officer.department_id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            entered_by=by.account_id,
            entered_at=clock.now(),
        )
        session.add(found)
        session.flush()
    return found


def _vacate_open(
    session: Session, officer: Any, absence: OfficerAbsence, leaving: _Leaving
) -> Entered:
    today, vacated, kept, handed_in = clock.today(), 0, 0, 0
    mine = visits.visits_of_officer(session, officer.id)
    for draw_id in sorted({visit.draw_id for visit in mine}):
        draw = draws.locked(session, draw_id)
        for visit in sorted((v for v in mine if v.draw_id == draw_id), key=lambda v: v.id):
            locked = visits.lock_visit(session, visit.id)
            if locked.state not in visits.REASSIGNABLE:
                handed_in += locked.state in visits.HANDED_IN
            elif rules.vacates(today, locked.due_on, absence.starts_on, absence.ends_on):
                vacated += _leave(session, draw, locked.pool_row, locked, officer, leaving)
            else:
                kept += 1
    return Entered(vacated, kept, handed_in)


def take_unkeepable(session: Session, draw: Any) -> int:
    """Let the seats wait that nobody can keep: of officers deactivated, with an expired
    certificate or on leave on the last day, and vacant ones that somebody may take now. Says how
    many are new. The caller holds the draw's lock."""
    seats = draws.seats_of(session, draw)
    made = {visit.pool_row: visit for visit in visits.of_draw(session, draw.id)}
    seated = sorted({seat.officer_id for seat in seats if seat.officer_id is not None})
    last_day = max(draw.last_day or clock.today(), clock.today())
    unfit = draws.unfit_now(session, seated, last_day)
    known = {one.id: one for one in registry.officers_by_ids(session, sorted(unfit))}
    new = 0
    for seat in seats:
        visit = made.get(seat.row)
        if visit is not None and visit.state not in visits.REASSIGNABLE:
            continue
        if seat.officer_id in unfit:
            leaving = _Leaving(rules.UNFIT, unfit[seat.officer_id])
            new += _leave(session, draw, seat.row, visit, known[seat.officer_id], leaving)
    return new


def take_vacant(session: Session, draw: Any) -> int:
    """Let the vacant seats wait for the next batch again; says how many are new. The caller
    holds the draw's lock."""
    made = {visit.pool_row: visit for visit in visits.of_draw(session, draw.id)}
    new = 0
    for seat in draws.seats_of(session, draw):
        visit = made.get(seat.row)
        open_ = visit is None or visit.state in visits.REASSIGNABLE
        if seat.officer_id is None and open_:
            new += _wait(session, draw, seat, visit, None, _Leaving(rules.VACANT, ""))
    return new


def _leave(
    session: Session, draw: Any, row: int, visit: Any, officer: Any, leaving: _Leaving
) -> int:
    """The officer leaves their seat in the team of ``row``; 1 when it waits because of this."""
    seats = draws.seats_in(session, draw.id, row)
    seat = next((one for one in seats if one.officer_id == officer.id), None)
    if seat is None:
        return 0
    return _wait(session, draw, seat, visit, officer, leaving)


def _wait(
    session: Session, draw: Any, seat: Any, visit: Any, officer: Any, leaving: _Leaving
) -> int:
    open_ = visit is None or visit.state in visits.REASSIGNABLE
    waits = open_ and not _waits(session, draw.id, seat.seat_no)
    if not waits and leaving.event_id is None:
        return 0
    session.add(
        Vacancy(
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
            state=rules.WAITING if waits else rules.LAPSED,
            asked_by=leaving.asked_by,
            asked_at=clock.now(),
            settled_at=None if waits else clock.now(),
        )
    )
    session.flush()
    if waits:
        _announce(session, draw, seat.seat_no, leaving)
    return int(waits)


def _waits(session: Session, draw_id: UUID, seat_no: int) -> bool:
    query = select(Vacancy.id).where(
        Vacancy.draw_id == draw_id, Vacancy.seat_no == seat_no, Vacancy.state == rules.WAITING
    )
    return session.execute(query).first() is not None


def _announce(session: Session, draw: Any, seat_no: int, leaving: _Leaving) -> None:
    """The trace, and the cut-off that will draw: one job a seat, so that none is ever missed; the
    first of a day draws them all."""
    ledger.append(
        session,
        "draw.vacated",
        actor=leaving.actor,
        subject=draw.number or "",
        body={"seat": seat_no, "cause": leaving.cause},
    )
    now = clock.local(clock.now())
    at = rules.next_cut_off(now, current_settings().replacement_cut_off)
    jobs.enqueue(session, CUT_OFF, {"draw": str(draw.id)}, run_at=at)


def withdraw(vacancy_id: UUID, words: str, by: Actor) -> None:
    """Take a waiting request back with a reason: the officer stays. A ground that the request
    declared is ended in the register. Raises NotFound, AlreadySettled, ReasonMissing."""
    words = words.strip()
    if len(words) < 2:
        raise ReasonMissing
    with unit_of_work() as session:
        found = session.get(Vacancy, vacancy_id)
        kept = accounts.permitted(session, by, "replacement.edit")
        if found is None or found.department_id not in kept:
            raise NotFound
        draws.locked(session, found.draw_id)
        session.refresh(found)
        if found.state == rules.WITHDRAWN:
            return
        if found.state != rules.WAITING:
            raise AlreadySettled
        found.state, found.settled_words = rules.WITHDRAWN, words[:1000]
        found.settled_at = clock.now()
        if found.cause == rules.RECUSAL and found.officer_id and found.visit_id:
            visit = visits.get(session, found.visit_id)
            registry.revoke_grounds(session, found.officer_id, visit.enterprise_id, by)
            visits.decline_recusal(
                session, visit.id, found.officer_id, found.settled_words, by.account_id
            )


def unfit_reasons(vacancies: Iterable[Vacancy]) -> set[UUID]:
    """Officers who take no seat in the batch that fills what they left."""
    away = {rules.ABSENCE, rules.UNFIT}
    return {one.officer_id for one in vacancies if one.cause in away and one.officer_id}
