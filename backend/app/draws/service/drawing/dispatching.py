"""Dispatch 派发: one visit for each drawn enterprise whose team is whole and still fit.

A vacant seat, or an officer who may no longer go, holds back that visit alone until a recorded
re-draw fills the seat; the drawn list itself never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....platform import clock
from ....platform.access import Actor
from ....platform.transactions import unit_of_work
from ....visits import service as visits
from ... import rules
from ...errors import NothingToDispatch, OnlyARehearsal, WrongState
from ...models import Draw, DrawRow, DrawSeat
from .. import outcome, planning
from ..ground import finding
from ..ground.records import DrawRecord

VACANT, TOO_FEW = "vacant_seat", "too_few_officers"


def held_back(session: Session, draw: Draw, seats: Sequence[DrawSeat]) -> dict[int, str]:
    """Return why the visits of these rows cannot be sent today, by row.

    Reasons: vacant_seat, too_few_officers, or what an officer lacks (inactive, certificate_expired,
    on_leave) on the last day or, when that has passed, today.
    """
    seated = sorted({seat.officer_id for seat in seats if seat.officer_id is not None})
    today = clock.today()
    unfit = planning.unfit_officers(session, seated, max(draw.last_day or today, today))
    return reasons(seats, unfit)


def reasons(seats: Sequence[DrawSeat], unfit: Mapping[UUID, str]) -> dict[int, str]:
    """Return the first reason of each row that has one."""
    found: dict[int, str] = {}
    for row, team in outcome.teams(seats).items():
        taken = [seat.officer_id for seat in team if seat.officer_id is not None]
        lacking = [unfit[officer] for officer in taken if officer in unfit]
        if len(taken) < len(team):
            found[row] = VACANT
        elif len(set(taken)) < rules.MIN_SEATS:
            found[row] = TOO_FEW
        elif lacking:
            found[row] = lacking[0]
    return found


def dispatch(draw_id: UUID, by: Actor) -> int:
    """Make the visits that can be made and do not exist yet; return how many.

    A second call makes none; a later one sends what was held back before. Raises NotFound,
    OutsideYourDepartment, WrongState, NothingToDispatch, OnlyARehearsal.
    """
    with unit_of_work() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if draw.rehearsal:
            raise OnlyARehearsal
        if draw.state not in rules.RESULT_KNOWN:
            raise WrongState(state=draw.state)
        made = send_ready(session, draw)
        if made is None:
            raise NothingToDispatch
        if draw.state == rules.DRAWN:
            draw.state, draw.dispatched_at = rules.DISPATCHED, clock.now()
        return made


def send_ready(session: Session, record: DrawRecord) -> int | None:
    """Make the visits whose team is whole and fit, and return how many are new; None if no team is.
    The caller holds the draw's lock."""
    draw = finding.row_of(session, record)
    seats = outcome.seats_of(session, draw)
    held = held_back(session, draw, seats)
    ready = [row for row in outcome.rows_of(session, draw) if row.row not in held]
    if not ready:
        return None
    return visits.create_visits(session, _visits(session, draw, ready, outcome.teams(seats)))


def _visits(
    session: Session, draw: Draw, rows: Sequence[DrawRow], by_row: Mapping[int, list[DrawSeat]]
) -> list[visits.NewVisit]:
    items = planning.item_ids(session, draw)
    divide = _division(session, draw, items)
    numbers = {row.extension for row in rows}
    largest = {one: outcome.largest_lots(session, draw, one) for one in numbers}
    due: date = draw.last_day or clock.today()
    return [
        visits.NewVisit(
            draw_id=draw.id,
            enterprise_id=row.enterprise_id,
            pool_row=row.row,
            lot_number=row.lot_number,
            officer_ids=[seat.officer_id for seat in by_row[row.row] if seat.officer_id],
            item_ids=items,
            due_on=due,
            draw_proof=outcome.row_proof(draw, row, by_row[row.row], largest[row.extension]),
            parts=divide(by_row[row.row]),
        )
        for row in rows
    ]


def _division(
    session: Session, draw: Draw, items: Sequence[UUID]
) -> Callable[[Sequence[DrawSeat]], list[visits.NewPart]]:
    """Return a function from a team's seats to the departments of a joint draw with their items and
    seats."""
    heads = planning.heads(session, draw)
    if len(heads) < 2:
        return lambda _team: []
    known = accounts.departments(session)
    tokens = {rules.token(row.code): row.id for row in known}
    homes = rules.homes({row.id: row.parent_id for row in known}, heads)
    owners = {item.id: homes.get(item.department_id) for item in planning.items_of(session, draw)}

    def divide(team: Sequence[DrawSeat]) -> list[visits.NewPart]:
        sits = [homes.get(tokens[seat.department]) for seat in team]
        made = [
            visits.NewPart(
                department_id=head,
                item_ids=[item for item in items if owners[item] == head],
                seats=[place for place, home in enumerate(sits) if home == head],
            )
            for head in heads
        ]
        return [part for part in made if part.item_ids or part.seats]

    return divide
