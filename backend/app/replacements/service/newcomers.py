"""Newcomers: officers whom a batch brought onto a visit a short while ago.

A person who enters absences could enter one for each successor, until an officer comes who pleases.
So a newcomer's seat is not drawn again on one person's word: its row is *asked*, and waits for the
batch once a second person has agreed. Only the office's causes need that person: an absence, and an
entry of the register that makes unfit. A recusal is the officer's own.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...draws.service import ground
from ...platform import clock
from ...platform.access import OVERSIGHT, SUPERVISOR, Actor
from ...platform.errors import NotFound
from ...platform.transactions import unit_of_work
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..errors import AlreadySettled, NotSecondedByOneself, ReasonMissing
from ..models import Vacancy
from .leaving import announce, came_at


def agree(vacancy_id: UUID, by: Actor) -> None:
    """Agree, as the second person: the seat waits for the next batch.

    A second call changes nothing; a record handed in meanwhile keeps its officers. Raises NotFound,
    NotSecondedByOneself, NotIndependent, AlreadySettled.
    """
    with unit_of_work() as session:
        vacancy, draw = _asked(session, vacancy_id, by)
        if vacancy.state == rules.WAITING and vacancy.seconded_by == by.account_id:
            return
        _refuse(session, vacancy, by)
        accounts.require_independent(
            session,
            "replacement.agree",
            first=[vacancy.asked_by],
            second=by.account_id,
            departments=[vacancy.department_id],
        )
        ground.note_step(session, draw, "agreed", by)
        now = clock.now()
        vacancy.seconded_by, vacancy.seconded_at = by.account_id, now
        visit = None if vacancy.visit_id is None else visits.lock_visit(session, vacancy.visit_id)
        if not visits.may_change_hands(visit):
            vacancy.state, vacancy.settled_at = rules.LAPSED, now
            return
        vacancy.state = rules.WAITING
        session.flush()
        announce(session, draw, vacancy.seat_no, vacancy.cause, supervising(session, by))


def decline(vacancy_id: UUID, words: str, by: Actor) -> None:
    """Decline, as the second person, with a reason: the officer stays.

    Raises NotFound, NotSecondedByOneself, AlreadySettled, ReasonMissing.
    """
    words = words.strip()
    if len(words) < 2:
        raise ReasonMissing
    with unit_of_work() as session:
        vacancy, draw = _asked(session, vacancy_id, by)
        _refuse(session, vacancy, by)
        ground.note_step(session, draw, "declined", by)
        now = clock.now()
        vacancy.seconded_by, vacancy.seconded_at = by.account_id, now
        vacancy.state, vacancy.settled_at = rules.WITHDRAWN, now
        vacancy.settled_words = words[:1000]


def declined_by(vacancy: Vacancy) -> UUID | None:
    """Return the account that was asked to agree and declined, or None.

    A request that was agreed to and withdrawn later was not declined.
    """
    ended = vacancy.state == rules.WITHDRAWN and vacancy.settled_at == vacancy.seconded_at
    return vacancy.seconded_by if ended else None


def may_second(session: Session, vacancy: Vacancy, by: Actor) -> bool:
    """Return True if this person may be the second person for a newcomer's seat.

    That is somebody who supervises the officer's department or oversees all, did not enter the
    absence or the change that takes the officer away since the officer came, and is not the
    officer.
    """
    if vacancy.department_id not in accounts.permitted(session, by, "replacement.release"):
        return False
    if vacancy.officer_id is None or vacancy.asked_by == by.account_id:
        return False
    own = registry.officer_of_account(session, by.account_id)
    if own is not None and own.id == vacancy.officer_id:
        return False
    since = vacancy.asked_at - timedelta(days=rules.NEWCOMER_DAYS)
    came = came_at(session, vacancy.draw_id, vacancy.row, vacancy.officer_id) or since
    return by.account_id not in registry.who_changed_officer(session, vacancy.officer_id, came)


def _asked(session: Session, vacancy_id: UUID, by: Actor) -> tuple[Vacancy, ground.DrawRecord]:
    found = session.get(Vacancy, vacancy_id)
    if found is None or found.department_id not in by.scope:
        raise NotFound
    draw = ground.locked(session, found.draw_id)
    session.refresh(found)
    return found, draw


def _refuse(session: Session, vacancy: Vacancy, by: Actor) -> None:
    if vacancy.state != rules.ASKED:
        raise AlreadySettled
    if not may_second(session, vacancy, by):
        raise NotSecondedByOneself


def supervising(session: Session, by: Actor) -> str:
    """Return who of the supervising side acts, as the ledger names it."""
    return accounts.acting_token(session, by, (OVERSIGHT, SUPERVISOR))
