"""Answering for a part of a joint draw 联合抽查: an invited department looks at the plan, states
its part (items, seats, roster) and accepts, or declines with a reason.

Only an administrator of that very department answers for it; seeing or overseeing it is not enough.
An answer holds until the leading department changes what is drawn or who inspects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....disclosure import service as disclosure
from ....platform import clock
from ....platform.access import DEPARTMENT_ADMIN, Actor
from ....platform.errors import NotFound
from ....platform.transactions import unit_of_work
from ....registry import service as registry
from ... import plan_rules, rules
from ...errors import (
    ChangedMeanwhile,
    ItemNotDrawable,
    NotYourPart,
    ReasonMissing,
    SeatOutsideTheDraw,
    WrongState,
)
from ...models import Draw, DrawDepartment
from ..ground import finding, recording
from . import joint_parts


def joint_part(
    session: Session, draw_id: UUID, department_id: UUID, by: Actor, *, lock: bool = False
) -> tuple[Draw, DrawDepartment]:
    """Return the draw and what it asks of a department; raises NotFound, also for a department not
    asked."""
    draw = finding.get(session, draw_id, by, lock=lock)
    for row in joint_parts.asked_parts(session, draw):
        if row.department_id == department_id:
            return draw, row
    raise NotFound


def may_answer(session: Session, department_id: UUID, by: Actor) -> bool:
    """Return True if this person administers the department."""
    return department_id in accounts.role_scope(session, by.account_id, DEPARTMENT_ADMIN)


def parts_to_answer(session: Session, draw: Draw, by: Actor) -> list[DrawDepartment]:
    """Return the parts that this person may answer for."""
    if DEPARTMENT_ADMIN not in by.roles:
        return []
    held = accounts.role_scope(session, by.account_id, DEPARTMENT_ADMIN)
    return [row for row in joint_parts.asked_parts(session, draw) if row.department_id in held]


def department_and_below(session: Session, department_id: UUID) -> frozenset[UUID]:
    """Return the department and those under it."""
    return frozenset(rules.homes(joint_parts.tree(session), [department_id]))


def part_to_show(session: Session, draw_id: UUID, department_id: UUID, by: Actor) -> Draw:
    """Return the draw for the form of a department's part, if this person may answer for the
    department; raises NotFound, NotYourPart."""
    draw, _row = joint_part(session, draw_id, department_id, by)
    if not may_answer(session, department_id, by):
        raise NotYourPart
    return draw


def own_departments(session: Session, draw: Draw, department_id: UUID) -> frozenset[UUID]:
    """Return the department and those under it that are under no other one of the draw: their items
    and seats belong to its part."""
    homes = rules.homes(joint_parts.tree(session), joint_parts.heads(session, draw))
    return frozenset(place for place, home in homes.items() if home == department_id)


def accept(draw_id: UUID, department_id: UUID, values: Mapping[str, Any], by: Actor) -> None:
    """Accept with this part (see ``schemas.PartForm``), which replaces the one that stood before.

    Raises NotFound, NotYourPart, WrongState, ChangedMeanwhile, and ItemNotDrawable or
    SeatOutsideTheDraw for items and seats that are not the department's.
    """
    with unit_of_work() as session:
        draw, row = _to_answer(session, draw_id, department_id, values["revision"], by)
        mine = own_departments(session, draw, department_id)
        _refuse_foreign(session, mine, values)
        others = [
            one.id for one in joint_parts.items_of(session, draw) if one.department_id not in mine
        ]
        joint_parts.set_items(session, draw, [*others, *values["item_ids"]])
        draw.team = plan_rules.team_with(draw.team, {str(one) for one in mine}, values["team"])
        row.roster = values["roster"]
        row.answer, row.reason = rules.ACCEPTED, None
        row.answered_by, row.answered_at = by.account_id, clock.now()
        row.place_sha256 = joint_parts.place(session, draw, department_id)
        invited = joint_parts.taking_part(session, draw)
        joint_parts.set_departments(session, draw, invited)


def decline(draw_id: UUID, department_id: UUID, reason: str, revision: int, by: Actor) -> None:
    """Decline with a reason for the leading department.

    Raises NotFound, NotYourPart, WrongState, ChangedMeanwhile, ReasonMissing.
    """
    words = disclosure.without_long_numbers(reason.strip())
    if not words:
        raise ReasonMissing
    with unit_of_work() as session:
        _draw, row = _to_answer(session, draw_id, department_id, revision, by)
        row.answer, row.reason = rules.DECLINED, words
        row.answered_by, row.answered_at = by.account_id, clock.now()


def _to_answer(
    session: Session, draw_id: UUID, department_id: UUID, revision: int, by: Actor
) -> tuple[Draw, DrawDepartment]:
    draw, row = joint_part(session, draw_id, department_id, by, lock=True)
    if not may_answer(session, department_id, by):
        raise NotYourPart
    if draw.state != rules.PLANNED:
        raise WrongState(state=draw.state)
    if draw.revision != revision:
        raise ChangedMeanwhile
    draw.revision += 1
    recording.note_step(session, draw, "answered", by)
    return draw, row


def _refuse_foreign(session: Session, mine: frozenset[UUID], values: Mapping[str, Any]) -> None:
    """Raise unless all items are the department's and may be drawn on today, and all seats are its
    own."""
    fit = {item.id for item in registry.drawable_items(session, mine)}
    wanted: Sequence[UUID] = values["item_ids"]
    if not fit.issuperset(wanted):
        raise ItemNotDrawable
    if any(UUID(seat["department_id"]) not in mine for seat in values["team"]):
        raise SeatOutsideTheDraw
