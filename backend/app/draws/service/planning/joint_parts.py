"""The departments of a plan: which take part, which are asked, what each keeps, and asking again.

The leading department, and those below it or below another one that takes part, are not asked: the
department above answers for them. Rows only; ``answering`` says who may answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....platform.transactions import found_once
from ....registry import service as registry
from ... import rules
from ...models import Draw, DrawDepartment, DrawItem

Tree = dict[UUID, UUID | None]


def tree(session: Session) -> Tree:
    """Return each active department with the one above it."""
    return {row.id: row.parent_id for row in accounts.departments(session)}


def parts_of(session: Session, draw: Draw) -> list[DrawDepartment]:
    """Return the departments that take part, the leading one first."""
    query = select(DrawDepartment).where(DrawDepartment.draw_id == draw.id)
    ordered = query.order_by(DrawDepartment.position)
    return list(found_once(session, ("parts", draw.id), lambda: session.scalars(ordered).all()))


def taking_part(session: Session, draw: Draw) -> list[UUID]:
    """Return the ids of the departments that take part, the leading one first."""
    return [row.department_id for row in parts_of(session, draw)]


def heads(session: Session, draw: Draw) -> list[UUID]:
    """Return the leading department and those that are asked: each has its part of the draw."""
    return rules.heads(tree(session), taking_part(session, draw))


def asked_parts(session: Session, draw: Draw) -> list[DrawDepartment]:
    """Return the departments that must accept before the freeze."""
    wanted = set(heads(session, draw)) - {draw.department_id}
    return [row for row in parts_of(session, draw) if row.department_id in wanted]


def place(session: Session, draw: Draw, department_id: UUID) -> str:
    """Return the digest of the department's present place in the tree; see ``rules.place_of``."""
    return rules.place_of(tree(session), heads(session, draw), department_id)


def moved(session: Session, draw: Draw) -> list[DrawDepartment]:
    """Return the departments whose answers no longer fit the tree.

    These are departments that accepted and stand elsewhere now or speak for others, departments
    that answered and are not asked any more, and departments that are asked now and never were.
    """
    to_ask = {row.department_id for row in asked_parts(session, draw)}
    return [
        row
        for row in parts_of(session, draw)
        if row.department_id != draw.department_id
        and row.answer == rules.ACCEPTED
        and _is_elsewhere(session, draw, row, asked_now=row.department_id in to_ask)
    ]


def _is_elsewhere(session: Session, draw: Draw, row: DrawDepartment, *, asked_now: bool) -> bool:
    answered = row.answered_by is not None
    if answered != asked_now:
        return True
    return answered and row.place_sha256 not in (None, place(session, draw, row.department_id))


def forget_answer(row: DrawDepartment, answer: str) -> None:
    """Replace the department's answer by ``answer``."""
    row.answer, row.reason, row.place_sha256 = answer, None, None
    row.answered_by, row.answered_at = None, None


def items_of(session: Session, draw: Draw) -> list[Any]:
    """Return the draw's items by code."""
    query = select(DrawItem.item_id).where(DrawItem.draw_id == draw.id)

    def find() -> list[Any]:
        return registry.items_by_ids(session, list(session.scalars(query)))

    return found_once(session, ("items", draw.id), find)


def set_items(session: Session, draw: Draw, wanted: Iterable[UUID]) -> None:
    """Replace the draw's items."""
    session.execute(delete(DrawItem).where(DrawItem.draw_id == draw.id))
    session.add_all(DrawItem(draw_id=draw.id, item_id=item) for item in dict.fromkeys(wanted))
    session.flush()


def set_departments(session: Session, draw: Draw, invited: Sequence[UUID]) -> None:
    """Set the departments of the draw: the leading one, the invited ones, those of the seats, and
    those that own items and have none above them in the draw. Answers given stay; a new department
    is asked."""
    places = tree(session)
    named = [draw.department_id, *invited, *(UUID(part["department_id"]) for part in draw.team)]
    covered = rules.homes(places, named)
    items = items_of(session, draw)
    named += [item.department_id for item in items if item.department_id not in covered]
    wanted = list(dict.fromkeys(named))
    to_ask = set(rules.heads(places, wanted)) - {draw.department_id}
    known = {row.department_id: row for row in parts_of(session, draw)}
    spoke = {row.department_id for row in asked_parts(session, draw)}
    spoke -= {row.department_id for row in moved(session, draw)}
    for department in known.keys() - set(wanted):
        session.delete(known[department])
    for position, department in enumerate(wanted):
        row = known.get(department)
        if row is None:
            row = DrawDepartment(draw_id=draw.id, department_id=department, answer=rules.ACCEPTED)
            row.answer = rules.INVITED if department in to_ask else rules.ACCEPTED
            session.add(row)
        elif department not in to_ask:
            forget_answer(row, rules.ACCEPTED)
        elif department not in spoke:  # another one answered for it, or it stands elsewhere now
            forget_answer(row, rules.INVITED)
        row.position = position
    session.flush()


def terms(session: Session, draw: Draw) -> list[object]:
    """Return what an invited department says yes to; when it changes, all departments are asked
    again."""
    items = sorted(str(item.id) for item in items_of(session, draw))
    return [
        draw.department_id,
        draw.strata,
        draw.exclusions,
        draw.team,
        draw.cap,
        draw.last_day,
        items,
    ]


def ask_again(session: Session, draw: Draw) -> None:
    """Take back every answer, since the plan has changed."""
    for row in asked_parts(session, draw):
        forget_answer(row, rules.INVITED)
