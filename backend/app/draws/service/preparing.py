"""Plans of draws until the freeze: made, changed, discarded, looked up within one's departments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...disclosure import service as disclosure
from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.pagination import Page, paginate
from ...platform.transactions import unit_of_work
from ...registry import service as registry
from .. import rules
from ..errors import CannotFreeze, ChangedMeanwhile, OutsideYourDepartment, WrongState
from ..models import Draw, DrawDepartment, DrawItem
from . import counting, officers

USUAL_DAYS = 30
USUAL_SEATS = 2


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything a plan comes to today: counts, findings that forbid it, findings to know."""

    pool: counting.PoolCount
    team: officers.TeamCount
    refusals: list[rules.Finding]
    warnings: list[rules.Finding]


def get(session: Session, draw_id: UUID, actor: Actor, *, lock: bool = False) -> Draw:
    """The draw, if one of its departments is within what ``actor`` sees; raises NotFound.

    ``lock`` holds its row until the end of the transaction.
    """
    part = select(DrawDepartment.draw_id).where(DrawDepartment.department_id.in_(actor.scope))
    query = select(Draw).where(Draw.id == draw_id, Draw.id.in_(part))
    if lock:
        query = query.with_for_update(of=Draw).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def get_to_run(session: Session, draw_id: UUID, actor: Actor) -> Draw:
    """The draw with its row locked, for who keeps its leading department.

    Raises NotFound, OutsideYourDepartment.
    """
    draw = get(session, draw_id, actor, lock=True)
    if draw.department_id not in actor.scope:
        raise OutsideYourDepartment
    return draw


def listed(session: Session, actor: Actor, state: str, page: int) -> Page[Draw]:
    """Draws of the departments this person sees, newest first; ``state`` empty for all."""
    part = select(DrawDepartment.draw_id).where(DrawDepartment.department_id.in_(actor.scope))
    query = select(Draw).where(Draw.id.in_(part))
    if state:
        query = query.where(Draw.state == state)
    else:
        query = query.where(Draw.state != rules.DISCARDED)
    return paginate(session, query.order_by(Draw.created_at.desc(), Draw.id.desc()), page)


def item_ids(session: Session, draw: Draw) -> list[UUID]:
    """The draw's items, those of the leading department first, then by code."""
    ids_ = list(session.scalars(select(DrawItem.item_id).where(DrawItem.draw_id == draw.id)))
    rows = registry.items_by_ids(session, ids_)
    rows = sorted(rows, key=lambda item: (item.department_id != draw.department_id, item.code))
    return [item.id for item in rows]


def taking_part(session: Session, draw: Draw) -> list[UUID]:
    """Departments that take part, the leading one first."""
    query = select(DrawDepartment.department_id).where(DrawDepartment.draw_id == draw.id)
    return list(session.scalars(query.order_by(DrawDepartment.position)))


def prepare(values: dict[str, Any], by: Actor) -> UUID:
    """A new plan from the first step's form (see ``schemas.WhatForm``); gives its id.

    Raises OutsideYourDepartment, CannotFreeze for items nobody may draw on.
    """
    values = _public_words(values)
    with unit_of_work() as session:
        _refuse_foreign(values, by)
        _refuse_items(session, values["item_ids"], by)
        draw = Draw(
            id=ids.new_id(),
            name=values["name"],
            department_id=values["department_id"],
            strata=values["strata"],
            exclusions=values["exclusions"],
            team=usual_team(values["department_id"]),
            last_day=clock.today() + timedelta(days=USUAL_DAYS),
            created_by=by.account_id,
            created_at=clock.now(),
        )
        session.add(draw)
        session.flush()
        _set_items(session, draw, values["item_ids"])
        _set_departments(session, draw)
        return draw.id


def change_what(draw_id: UUID, values: dict[str, Any], by: Actor) -> None:
    """Save the first step. Raises NotFound, WrongState, ChangedMeanwhile, CannotFreeze."""
    values = _public_words(values)
    with unit_of_work() as session:
        draw = _open_plan(session, draw_id, values["revision"], by)
        _refuse_foreign(values, by)
        _refuse_items(session, values["item_ids"], by)
        if draw.department_id != values["department_id"]:
            draw.team = usual_team(values["department_id"])
        draw.name, draw.department_id = values["name"], values["department_id"]
        draw.strata, draw.exclusions = values["strata"], values["exclusions"]
        _set_items(session, draw, values["item_ids"])
        _set_departments(session, draw)


def change_who(draw_id: UUID, values: dict[str, Any], by: Actor) -> None:
    """Save the second step: team, cap, last day. Raises NotFound, WrongState, ChangedMeanwhile."""
    with unit_of_work() as session:
        draw = _open_plan(session, draw_id, values["revision"], by)
        draw.team, draw.cap, draw.last_day = values["team"], values["cap"], values["last_day"]
        _set_departments(session, draw)


def discard(draw_id: UUID, by: Actor) -> None:
    """Give up a plan that was never frozen; twice is once. Raises NotFound, WrongState."""
    with unit_of_work() as session:
        draw = get_to_run(session, draw_id, by)
        if draw.state == rules.DISCARDED:
            return
        if draw.state != rules.PLANNED:
            raise WrongState(state=draw.state)
        draw.state, draw.ended_by, draw.ended_at = rules.DISCARDED, by.account_id, clock.now()


def usual_team(department_id: UUID) -> list[dict[str, Any]]:
    """Two officers of one department."""
    return [{"department_id": str(department_id), "speciality": "", "n": USUAL_SEATS}]


def overview(session: Session, draw: Draw) -> Overview:
    """Count a plan on today's registers and say what forbids the freeze."""
    pool = counting.count_pool(session, draw.strata, draw.exclusions)
    chosen = item_ids(session, draw)
    last_day = draw.last_day or clock.today()
    team = officers.count_team(session, draw.team, chosen, last_day)
    refusals = [
        *refuse_items(session, draw),
        *rules.refuse_strata(pool.strata, draw.strata),
        *rules.refuse_codes([row[2] for row in pool.pool] + [row[0] for row in pool.excluded]),
        *rules.refuse_team(team.seats),
    ]
    if draw.last_day is None or draw.last_day < clock.today():
        refusals.append(rules.Finding("last_day_past"))
    warnings = rules.warn(pool.strata, team.seats, draw.cap, pool.drawn)
    return Overview(pool, team, refusals, warnings)


def refuse_items(session: Session, draw: Draw) -> list[rules.Finding]:
    """Items that are not on the published list today and on the last day, or cannot be checked."""
    rows = registry.items_by_ids(session, item_ids(session, draw))
    if not rows:
        return [rules.Finding("no_items")]
    owners = frozenset(row.department_id for row in rows)
    fit = {row.id for row in registry.drawable_items(session, owners)}
    if draw.last_day is not None:
        fit &= {row.id for row in registry.drawable_items(session, owners, draw.last_day)}
    return [rules.Finding("item_not_drawable", row.name) for row in rows if row.id not in fit]


def _open_plan(session: Session, draw_id: UUID, revision: int, by: Actor) -> Draw:
    draw = get_to_run(session, draw_id, by)
    if draw.state != rules.PLANNED:
        raise WrongState(state=draw.state)
    if draw.revision != revision:
        raise ChangedMeanwhile
    draw.revision += 1
    return draw


def _public_words(values: dict[str, Any]) -> dict[str, Any]:
    """The first step with telephone and identity numbers hidden in what people typed: names of
    draw and strata are frozen into files that are public for ever."""
    mask = disclosure.without_long_numbers
    strata = [part | {"label": mask(part["label"])} for part in values["strata"]]
    return values | {"name": mask(values["name"]), "strata": strata}


def _refuse_foreign(values: dict[str, Any], by: Actor) -> None:
    if values["department_id"] not in by.scope:
        raise OutsideYourDepartment


def _refuse_items(session: Session, wanted: Sequence[UUID], by: Actor) -> None:
    """Only items of one's departments that may be drawn on today."""
    fit = {item.id for item in registry.drawable_items(session, by.scope)}
    if not wanted or not fit.issuperset(wanted):
        raise CannotFreeze(reasons=["item_not_drawable"])


def _set_items(session: Session, draw: Draw, wanted: Sequence[UUID]) -> None:
    session.execute(delete(DrawItem).where(DrawItem.draw_id == draw.id))
    session.add_all(DrawItem(draw_id=draw.id, item_id=item) for item in dict.fromkeys(wanted))
    session.flush()


def _set_departments(session: Session, draw: Draw) -> None:
    """The leading department, those of the seats, those that own items and have no seat above."""
    items = registry.items_by_ids(session, item_ids(session, draw))
    tree = {row.id: row.parent_id for row in accounts.departments(session)}
    named = [draw.department_id, *(UUID(part["department_id"]) for part in draw.team)]
    covered = rules.homes(tree, named)
    named += [item.department_id for item in items if item.department_id not in covered]
    session.execute(delete(DrawDepartment).where(DrawDepartment.draw_id == draw.id))
    session.add_all(
        DrawDepartment(draw_id=draw.id, department_id=department, position=position)
        for position, department in enumerate(dict.fromkeys(named))
    )
    session.flush()
