"""How an officer leaves a seat, by a recusal or an absence, and how a request is withdrawn.

Each request leaves its trace in the ledger before the batch that answers it. Locks are taken in one
order: the draw, then visits by id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...draws.service import ground
from ...ledger import service as ledger
from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.transactions import unit_of_work
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..errors import AbsenceIsPast, AlreadySettled, GroundStands, ReasonMissing
from ..models import OfficerAbsence, Vacancy
from ..protocols import LeavingOfficer
from .leaving import Leaving, came_at, leave


@dataclass(frozen=True, slots=True)
class Entered:
    """What an absence did: seats that wait now, seats that a second person has to agree to, visits
    the officer keeps, and handed-in visits that stay as they are."""

    vacated: int
    asked: int
    kept: int
    handed_in: int


def recuse(session: Session, event_id: UUID) -> None:
    """Take a recusal that a phone sent: the ground goes into the register, the seat into the next
    batch.

    A second call for the same event changes nothing. A record that was handed in before keeps its
    officers, and the request is kept as lapsed.
    """
    asked = visits.stored_event(session, event_id)
    if asked is None:
        return
    visit = visits.get(session, asked.visit_id)
    draw = ground.locked(session, visit.draw_id)
    if _known(session, event_id):
        return
    visit = visits.lock_visit(session, visit.id)
    officer = next(iter(registry.officers_by_ids(session, [UUID(asked.officer)])), None)
    if officer is None:
        return  # adopted from somebody who is no officer: nobody leaves a seat
    code, words = rules.ground_of(asked.body["ground"])
    words = str(asked.body.get("words") or words)[:1000]
    account = accounts.account(session, asked.account_id)
    [enterprise] = registry.enterprises_by_ids(session, [visit.enterprise_id])
    by = _Author(account.id, account.name)
    registry.declare_ground(
        session, officer, enterprise, code, words[:400], by=by, event_id=event_id
    )
    leaving = Leaving(
        rules.RECUSAL,
        code,
        words,
        event_id=event_id,
        asked_by=account.id,
        actor=accounts.role_token(session, "inspector", officer.department_id),
    )
    leave(session, draw, visit.pool_row, visit, officer, leaving)


@dataclass(frozen=True, slots=True)
class _Author:
    account_id: UUID
    name: str


def _known(session: Session, event_id: UUID) -> bool:
    query = select(Vacancy.id).where(Vacancy.event_id == event_id)
    return session.execute(query).first() is not None


def enter_absence(
    officer_id: UUID, starts_on: date, ends_on: date, reason: str, by: Actor
) -> Entered:
    """Enter that an officer cannot inspect, both days included, and the leave with it.

    The officer loses every open visit that the absence leaves fewer than ``rules.LEAST_FREE_DAYS``
    days: this rule chooses the visits, not the person who enters it. The same absence again changes
    nothing. Raises NotFound, OutsideYourDepartment, AbsenceIsPast.
    """
    if ends_on < clock.today():
        raise AbsenceIsPast
    with unit_of_work() as session:
        officer = kept_officer(session, officer_id, by)
        registry.add_leave(session, officer_id, starts_on, ends_on, "", by=by)
        absence = _absence(session, officer, starts_on, ends_on, reason, by)
        leaving = Leaving(
            rules.ABSENCE,
            reason,
            absence_id=absence.id,
            asked_by=by.account_id,
            actor=accounts.role_token(session, "department_admin", by.department_id),
        )
        return _vacate_open(session, officer, absence, leaving)


def kept_officer(session: Session, officer_id: UUID, by: Actor) -> LeavingOfficer:
    """Return the officer, if ``by`` administers the officer's department; raises NotFound."""
    officer = registry.get_officer(session, by, officer_id)
    if officer.department_id not in accounts.permitted(session, by, "replacement.edit"):
        raise NotFound
    return officer


def would_vacate(
    session: Session, officer_id: UUID, starts_on: date, ends_on: date
) -> list[tuple[visits.Visit, bool]]:
    """Return the open visits that an absence would take from the officer, the next due first, each
    with True if a second person has to agree."""
    today = clock.today()
    return [
        (visit, came_at(session, visit.draw_id, visit.pool_row, officer_id) is not None)
        for visit in visits.visits_of_officer(session, officer_id)
        if visits.may_change_hands(visit) and rules.vacates(today, visit.due_on, starts_on, ends_on)
    ]


def _absence(
    session: Session,
    officer: LeavingOfficer,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: Actor,
) -> OfficerAbsence:
    """Return the row of an absence: the existing one, or a new one."""
    same = select(OfficerAbsence).where(
        OfficerAbsence.officer_id == officer.id,
        OfficerAbsence.starts_on == starts_on,
        OfficerAbsence.ends_on == ends_on,
    )
    found = session.scalar(same)
    if found is not None:
        return found
    made = OfficerAbsence(
        id=ids.new_id(),
        officer_id=officer.id,
        department_id=officer.department_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        entered_by=by.account_id,
        entered_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return session.scalars(same).one()  # somebody entered it just now
    return made


def _vacate_open(
    session: Session, officer: LeavingOfficer, absence: OfficerAbsence, leaving: Leaving
) -> Entered:
    today = clock.today()
    came: Counter[str] = Counter()
    mine = visits.visits_of_officer(session, officer.id)
    for draw_id in sorted({visit.draw_id for visit in mine}):
        draw = ground.locked(session, draw_id)
        for visit in sorted((v for v in mine if v.draw_id == draw_id), key=lambda v: v.id):
            locked = visits.lock_visit(session, visit.id)
            if not visits.may_change_hands(locked):
                came["handed_in"] += locked.state in visits.HANDED_IN
            elif rules.vacates(today, locked.due_on, absence.starts_on, absence.ends_on):
                came[leave(session, draw, locked.pool_row, locked, officer, leaving)] += 1
            else:
                came["kept"] += 1
    return Entered(came[rules.WAITING], came[rules.ASKED], came["kept"], came["handed_in"])


def withdraw(vacancy_id: UUID, words: str, by: Actor) -> None:
    """Withdraw a waiting request with a reason: the officer stays.

    The ground that this request declared is ended in the register. A ground that was declared
    before, in the register or by another recusal, stands and keeps the officer away. Raises
    NotFound, AlreadySettled, ReasonMissing, GroundStands.
    """
    words = words.strip()
    if len(words) < 2:
        raise ReasonMissing
    with unit_of_work() as session:
        found = session.get(Vacancy, vacancy_id)
        kept = accounts.permitted(session, by, "replacement.edit")
        if found is None or found.department_id not in kept:
            raise NotFound
        draw = ground.locked(session, found.draw_id)
        session.refresh(found)
        if found.state == rules.WITHDRAWN:
            return
        if found.state not in rules.STANDING:
            raise AlreadySettled
        announced = found.state == rules.WAITING
        _end_ground(session, found, by)
        found.state, found.settled_words = rules.WITHDRAWN, words[:1000]
        found.settled_at = clock.now()
        if announced:
            ledger.append(
                session,
                "draw.kept",
                actor=accounts.role_token(session, "department_admin", by.department_id),
                subject=draw.number or "",
                body={"seat": found.seat_no},
            )
        if found.cause == rules.RECUSAL and found.officer_id and found.visit_id:
            visit = visits.get(session, found.visit_id)
            visits.decline_recusal(session, visit.id, found.officer_id, found.settled_words)


def _end_ground(session: Session, vacancy: Vacancy, by: Actor) -> None:
    """End the ground that a recusal declared; raises GroundStands when another ground stands."""
    if vacancy.event_id is not None:
        registry.revoke_ground_of(session, vacancy.event_id, by)
        session.flush()
    if vacancy.officer_id is None or vacancy.visit_id is None:
        return
    visit = visits.get(session, vacancy.visit_id)
    if registry.recusals(session, [vacancy.officer_id], [visit.enterprise_id]):
        raise GroundStands


def unfit_reasons(vacancies: Iterable[Vacancy]) -> set[UUID]:
    """Return the officers who may take no seat in the batch that fills the seats they left."""
    away = {rules.ABSENCE, rules.UNFIT}
    return {one.officer_id for one in vacancies if one.cause in away and one.officer_id}
