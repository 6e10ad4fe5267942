"""A batch: every waiting seat of a draw is drawn again, in one transaction.

At the daily cut-off the program draws by itself, so nobody chooses the moment. Before the cut-off
one person who runs draws asks, and another of the supervising side releases the second link. The
cut-off needs that release too where the office has lately narrowed who is eligible (see
``holding``). The draw's lock turns two batches at once into one: the second finds nothing
waiting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...accounts import service as accounts
from ...draws.service import drawing, ground, outcome, planning
from ...ledger import service as ledger
from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.transactions import read_session, unit_of_work
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..errors import NothingWaits, NotReleasedByOneself
from ..models import ReplacementCall, Vacancy
from . import asking, holding, leaving, newcomers, unkeepable_seats
from .holding import Held
from .leaving import SYSTEM

OPEN, DRAWN, OVERTAKEN, TAKEN_BACK = "open", "drawn", "overtaken", "withdrawn"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The number of a batch and how many seats it filled and left unfilled."""

    batch: int
    filled: int
    vacant: int


def cut_off(draw_id: UUID) -> Drawn | None:
    """Draw the daily batch of a draw and return it; None when no seat waits, or when the batch is
    held for a second person.

    A held batch is looked at again at the next cut-off.
    """
    ahead = _ahead(draw_id)
    with unit_of_work() as session:
        draw = ground.locked(session, draw_id)
        ready = _ready(session, draw, ahead)
        if ready is not None and ready.held is not None:
            _hold(session, draw, ready.held)
            leaving.draw_at_cut_off(session, draw.id)
            return None
        _settle_call(session, draw_id, OVERTAKEN)
        return None if ready is None else _draw(session, draw, SYSTEM, ready)


def ask(draw_id: UUID, by: Actor) -> None:
    """Ask for a batch now; a second call changes nothing.

    Vacant seats, and seats that their officers cannot keep, are drawn along. Raises NotFound,
    OutsideYourDepartment, NothingWaits.
    """
    ahead = _ahead(draw_id)
    with unit_of_work() as session:
        draw = ground.get_to_run(session, draw_id, by)
        if draw.rehearsal:
            raise NothingWaits
        unkeepable_seats.take_unkeepable(session, draw)
        unkeepable_seats.take_vacant(session, draw)
        if not waiting_of(session, draw_id):
            raise NothingWaits
        ground.note_step(session, draw, "asked", by)
        if open_call(session, draw_id) is None:
            _call(session, draw_id, by.account_id)
        ready = _ready(session, draw, ahead)
        if ready is not None and ready.held is not None:
            _hold(session, draw, ready.held)


def release(call_id: UUID, by: Actor, seen: str = "") -> Drawn | Held | None:
    """Release the supervising side's link and draw the batch; a second call draws nothing.

    ``seen``: the mark of what the page showed (``holding.mark_of``). Return the batch, or what
    holds it now when that is not what the page showed (nothing is drawn then), or None when nothing
    waits. Raises NotFound, NotReleasedByOneself, NotIndependent.
    """
    with read_session() as session:
        call = session.get(ReplacementCall, call_id)
        if call is None:
            raise NotFound
        draw_id = ground.get(session, call.draw_id, by).id
    ahead = _ahead(draw_id)
    with unit_of_work() as session:
        draw = ground.locked(session, draw_id)
        call = session.get_one(ReplacementCall, call_id)
        if call.state != OPEN:
            return None
        if not may_release(session, call, by):
            raise NotReleasedByOneself
        accounts.require_independent(
            session,
            "replacement.release",
            first=_first_persons(call),
            second=by.account_id,
            departments=ground.departments_of(session, draw.id),
        )
        ready = _ready(session, draw, ahead)
        if ready is not None and ready.held is not None:
            _hold(session, draw, ready.held)
            if seen != ready.held.mark:
                return ready.held
        ground.note_step(session, draw, "released", by)
        actor = newcomers.supervising(session, by)
        made = None if ready is None else _draw(session, draw, actor, ready)
        call.state = DRAWN if made else OVERTAKEN
        call.released_by, call.settled_at = by.account_id, clock.now()
        call.batch = made.batch if made else None
        return made


def _first_persons(call: ReplacementCall) -> list[UUID | None]:
    """Return who asked for the batch and who entered what it is held for."""
    return [call.asked_by, *(UUID(one) for one in call.held.get("entered_by", ()))]


def may_release(session: Session, call: ReplacementCall, by: Actor) -> bool:
    """Return True if this person may release a call.

    That is somebody who supervises a department of the draw or oversees all, did not ask for the
    batch, entered nothing that the batch is held for, and leaves none of the seats.
    """
    kept = accounts.permitted(session, by, "replacement.release")
    if kept.isdisjoint(ground.departments_of(session, call.draw_id)):
        return False
    if by.account_id == call.asked_by or str(by.account_id) in call.held.get("entered_by", ()):
        return False
    own = registry.officer_of_account(session, by.account_id)
    gone = {one.officer_id for one in waiting_of(session, call.draw_id)}
    return own is None or own.id not in gone


def take_back(call_id: UUID, by: Actor) -> None:
    """Withdraw an open call; its seats wait for the cut-off. Nobody can withdraw a call that the
    program made at a cut-off. Raises NotFound."""
    with unit_of_work() as session:
        call = session.get(ReplacementCall, call_id)
        if call is None or call.asked_by is None:
            raise NotFound
        ground.get_to_run(session, call.draw_id, by)
        _settle_call(session, call.draw_id, TAKEN_BACK)


def open_call(session: Session, draw_id: UUID) -> ReplacementCall | None:
    """Return the draw's call that waits for its release, or None."""
    return session.scalar(
        select(ReplacementCall).where(
            ReplacementCall.draw_id == draw_id, ReplacementCall.state == OPEN
        )
    )


def _call(session: Session, draw_id: UUID, asked_by: UUID | None) -> ReplacementCall:
    made = ReplacementCall(
        id=ids.new_id(), draw_id=draw_id, asked_by=asked_by, asked_at=clock.now(), held={}
    )
    session.add(made)
    return made


def _hold(session: Session, draw: ground.DrawRecord, held: Held) -> None:
    """Let the batch wait for a second person, keep what was found, and trace it if it is new."""
    call = open_call(session, draw.id) or _call(session, draw.id, None)
    if call.held == held.as_stored():
        return
    call.held = held.as_stored()
    ledger.append(
        session,
        "draw.held",
        actor=SYSTEM,
        subject=draw.number or "",
        body={"seats": list(held.seats), "could": held.could, "can": held.can},
    )


def _settle_call(session: Session, draw_id: UUID, state: str) -> None:
    call = open_call(session, draw_id)
    if call is not None:
        call.state, call.settled_at = state, clock.now()


def waiting_of(session: Session, draw_id: UUID) -> Sequence[Vacancy]:
    """Return the seats of a draw that wait for its next batch, ascending."""
    query = select(Vacancy).where(Vacancy.draw_id == draw_id, Vacancy.state == rules.WAITING)
    return session.scalars(query.order_by(Vacancy.seat_no)).all()


def _ahead(draw_id: UUID) -> drawkit.Roster | None:
    """Return the roster, computed before the lock since a large one takes seconds; None when no
    seat waits."""
    with read_session() as session:
        return outcome.roster_ahead(session, draw_id) if waiting_of(session, draw_id) else None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch before it is drawn: the roster, the seats with their visits by row, the request, and
    what it is held for, if anything."""

    start: drawkit.Roster
    left: Sequence[Vacancy]
    teams: Mapping[int, visits.Visit | None]
    request: drawing.BatchRequest
    held: Held | None


def _ready(
    session: Session, draw: ground.DrawRecord, ahead: drawkit.Roster | None
) -> _Ready | None:
    """Return what a locked draw's next batch starts from; None when no waiting seat can still
    change hands."""
    unkeepable_seats.take_unkeepable(session, draw)
    standing = waiting_of(session, draw.id)
    teams = {row: visits.visit_of_row(session, draw.id, row) for row in _rows(standing)}
    left = [one for one in standing if _still_open(session, teams[one.row], one)]
    if not left:
        return None
    if ahead is not None and outcome.is_current(session, draw, ahead):
        start = ahead
    else:
        start = outcome.roster(session, draw)
    request = drawing.BatchRequest(
        vacated=[(one.seat_no, one.cause) for one in left],
        recused=_recused(session, draw, start),
        absent=_absent(session, draw, start, left),
    )
    held = holding.look(session, draw, start, request)
    return _Ready(start, left, teams, request, held)


def _draw(session: Session, draw: ground.DrawRecord, actor: str, ready: _Ready) -> Drawn:
    """Draw every waiting seat of a locked draw, and write all that follows from it."""
    held = {} if ready.held is None else ready.held.public_numbers()
    request = replace(ready.request, held=held)
    number, filled = drawing.redraw(session, draw, ready.start, request, actor)
    _settle(ready.left, filled, number)
    _move(session, ready.teams, filled, number)
    if draw.dispatched_at is not None:
        drawing.send_ready(session, draw)
    vacant = sum(one.joining_officer is None for one in filled)
    return Drawn(number, len(filled) - vacant, vacant)


def _rows(vacancies: Sequence[Vacancy]) -> list[int]:
    return sorted({one.row for one in vacancies})


def _still_open(session: Session, visit: visits.Visit | None, vacancy: Vacancy) -> bool:
    """Return True if the seat can still change hands.

    A record handed in meanwhile keeps its officers: the request then lapses, and the person who
    asked is told. A request may be made again for a record that is sent back.
    """
    if visits.may_change_hands(visit):
        return True
    vacancy.state, vacancy.settled_at = rules.LAPSED, clock.now()
    if visit is not None:
        leaving.tell_too_late(session, visit, vacancy)
    return False


def _recused(
    session: Session, draw: ground.DrawRecord, start: drawkit.Roster
) -> list[tuple[UUID, str]]:
    """Return every pair (officer, object) that a ground in force keeps apart, for officers of the
    roster and drawn enterprises."""
    objects = {row.enterprise_id: row.object for row in outcome.rows_of(session, draw)}
    pairs = registry.recusals(session, outcome.officers_of(start), list(objects))
    return [(officer, objects[enterprise]) for officer, enterprise in pairs]


def _absent(
    session: Session, draw: ground.DrawRecord, start: drawkit.Roster, left: Sequence[Vacancy]
) -> list[UUID]:
    """Return the officers of the roster who cannot take a seat now: unfit today or on the last day,
    or leaving a seat because of an absence."""
    everybody = outcome.officers_of(start)
    today = clock.today()
    last_day = max(draw.last_day or today, today)
    away = set(planning.unfit_officers(session, everybody, last_day))
    away |= set(planning.unfit_officers(session, everybody, today))
    known = {one.id for one in registry.officers_by_ids(session, everybody)}
    away |= asking.unfit_reasons(left) | (set(everybody) - known)
    return sorted(away.intersection(everybody))


def _settle(left: Sequence[Vacancy], filled: Sequence[drawing.SeatChange], number: int) -> None:
    by_seat = {one.seat_no: one for one in filled}
    for vacancy in left:
        came = by_seat[vacancy.seat_no].joining_officer
        vacancy.state = rules.UNFILLED if came is None else rules.FILLED
        vacancy.came_id, vacancy.batch, vacancy.settled_at = came, number, clock.now()


def _move(
    session: Session,
    teams: Mapping[int, visits.Visit | None],
    filled: Sequence[drawing.SeatChange],
    number: int,
) -> None:
    """Give the open visits their new officers, in the order of the visits' ids."""
    moves: dict[UUID, list[visits.Move]] = defaultdict(list)
    for one in filled:
        visit = teams[one.row]
        if visit is not None:
            moves[visit.id].append(
                visits.Move(one.position, one.departing_officer, one.joining_officer, one.cause)
            )
    for visit_id in sorted(moves):
        visits.reassign(session, visit_id, moves[visit_id], number)
