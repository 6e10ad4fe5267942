"""Finding a draw: within the actor's departments, to run it, by its number, by its scanned code.

Reads and locks alone; the rooms above act on a draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....platform.access import Actor
from ....platform.errors import NotFound
from ...errors import OutsideYourDepartment
from ...models import Draw, DrawDepartment
from .records import DrawRecord


def visible_ids(actor: Actor) -> Select[Any]:
    """Select the ids of the draws in which a department within ``actor``'s scope takes part."""
    return select(DrawDepartment.draw_id).where(DrawDepartment.department_id.in_(actor.scope))


def get(session: Session, draw_id: UUID, actor: Actor, *, lock: bool = False) -> Draw:
    """Return the draw, if one of its departments is within what ``actor`` sees; raises NotFound.

    ``lock`` holds its row until the end of the transaction.
    """
    query = select(Draw).where(Draw.id == draw_id, Draw.id.in_(visible_ids(actor)))
    return _one(session, query, lock=lock)


def get_to_run(session: Session, draw_id: UUID, actor: Actor, permission: str = "draw.run") -> Draw:
    """Return the locked draw to somebody who ``may_run`` it; raises NotFound,
    OutsideYourDepartment."""
    draw = get(session, draw_id, actor, lock=True)
    _refuse_foreign(session, draw, actor, permission)
    return draw


def get_to_show(session: Session, draw_id: UUID, actor: Actor, permission: str) -> Draw:
    """Return the draw for the page of an act, if ``actor`` may run it: whoever may not act is not
    shown the form. Raises NotFound, OutsideYourDepartment."""
    draw = get(session, draw_id, actor)
    _refuse_foreign(session, draw, actor, permission)
    return draw


def may_run(session: Session, draw: DrawRecord, actor: Actor, permission: str = "draw.run") -> bool:
    """Return True if a role that the person holds in the draw's leading department carries
    ``permission``; seeing the draw by another role is not enough."""
    return draw.department_id in accounts.permitted(session, actor, permission)


def _refuse_foreign(session: Session, draw: Draw, actor: Actor, permission: str) -> None:
    if not may_run(session, draw, actor, permission):
        raise OutsideYourDepartment


def visible_among(session: Session, draw_ids: Iterable[UUID], actor: Actor) -> list[Draw]:
    """Return the draws among these that ``actor`` may see, the newest first."""
    query = select(Draw).where(Draw.id.in_(list(draw_ids)), Draw.id.in_(visible_ids(actor)))
    return list(session.scalars(query.order_by(Draw.drawn_at.desc(), Draw.id)))


def departments_of(session: Session, draw_id: UUID) -> frozenset[UUID]:
    """Return the departments that take part in a draw."""
    query = select(DrawDepartment.department_id).where(DrawDepartment.draw_id == draw_id)
    return frozenset(session.scalars(query))


def refuse_dependent(
    session: Session, act: str, draw: Draw, first: Iterable[UUID | None], second: UUID
) -> None:
    """Raise NotIndependent if the second person of an act of the draw depends on a first one; the
    people of its departments are named as those who could do it instead."""
    accounts.require_independent(
        session, act, first=first, second=second, departments=departments_of(session, draw.id)
    )


def locked(session: Session, draw_id: UUID) -> Draw:
    """Return any draw with its row locked until the end of the transaction; raises NotFound."""
    return _one(session, select(Draw).where(Draw.id == draw_id), lock=True)


def row_of(session: Session, draw: DrawRecord) -> Draw:
    """Return the row behind a record that another feature holds, as the session has it."""
    return session.get_one(Draw, draw.id)


def by_number(session: Session, number: str) -> Draw | None:
    """Return the draw with this number, or None; a rehearsal is no draw."""
    return session.scalar(select(Draw).where(Draw.number == number, Draw.rehearsal.is_(False)))


def followed(session: Session, number: str) -> Draw:
    """Return the draw or rehearsal with this number, which anyone may follow; raises NotFound."""
    return _one(session, select(Draw).where(Draw.number == number), lock=False)


def by_code(session: Session, join_token: str, *, lock: bool = False) -> Draw:
    """Return the draw whose code a phone scanned, in whatever state; raises NotFound."""
    return _one(session, select(Draw).where(Draw.join_token == join_token), lock=lock)


def _one(session: Session, query: Select[Draw], *, lock: bool) -> Draw:
    if lock:
        query = query.with_for_update(of=Draw).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found
