"""Plans of draws until the freeze: making, changing, discarding and listing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....disclosure import service as disclosure
from ....platform import clock, ids
from ....platform.access import Actor
from ....platform.forms import Submission, made_before, note_made
from ....platform.pagination import Page, paginate
from ....platform.transactions import unit_of_work
from ....registry import service as registry
from ... import plan_rules, rules
from ...errors import (
    ChangedMeanwhile,
    ItemNotDrawable,
    OutsideYourDepartment,
    SeatOutsideTheDraw,
    WrongState,
)
from ...models import Draw
from ..ground import finding, recording
from . import counting, joint_parts, officers, rosters

USUAL_DAYS = 30
USUAL_SEATS = 2


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan counted on today's registers: counts, findings that forbid the freeze, findings worth
    knowing."""

    pool: counting.PoolCount
    team: officers.TeamCount
    common: rosters.RostersInCommon | None
    refusals: list[rules.Finding]
    warnings: list[rules.Finding]


def listed(session: Session, actor: Actor, state: str, page: int) -> Page[Draw]:
    """Return the draws of the departments this person sees, newest first; ``state`` empty for
    all."""
    query = select(Draw).where(Draw.id.in_(finding.visible_ids(actor)))
    if state:
        query = query.where(Draw.state == state)
    else:
        query = query.where(Draw.state != rules.DISCARDED)
    return paginate(session, query.order_by(Draw.created_at.desc(), Draw.id.desc()), page)


def item_ids(session: Session, draw: Draw) -> list[UUID]:
    """Return the draw's items, part by part and the leading department's first, then by code."""
    rows = joint_parts.items_of(session, draw)
    heads = joint_parts.heads(session, draw)
    homes = rules.homes(joint_parts.tree(session), heads)
    last = len(heads)

    def order(item: Any) -> tuple[int, bool, str]:
        home = homes.get(item.department_id)
        place = last if home is None else heads.index(home)
        return place, item.department_id != draw.department_id, item.code

    return [item.id for item in sorted(rows, key=order)]


def prepare(values: dict[str, Any], by: Actor, form: Submission | None = None) -> UUID:
    """Make a plan from the first step's form (see ``schemas.WhatForm``) and return its id; the
    same form makes one plan.

    Raises OutsideYourDepartment, ItemNotDrawable for items nobody may draw on,
    SeatOutsideTheDraw for a department that does not exist.
    """
    values = _public_words(values)
    invited = values.get("department_ids", ())
    with unit_of_work() as session:
        known = made_before(session, form)
        if known is not None:
            return known
        _refuse_foreign(session, values, by)
        _refuse_items(session, values["item_ids"], by, invited)
        draw = Draw(
            id=ids.new_id(),
            name=values["name"],
            department_id=values["department_id"],
            strata=values["strata"],
            exclusions=values["exclusions"],
            team=usual_team(values["department_id"], *invited),
            last_day=clock.today() + timedelta(days=USUAL_DAYS),
            created_by=by.account_id,
            created_at=clock.now(),
        )
        session.add(draw)
        session.flush()
        recording.note_step(session, draw, "prepared", by)
        joint_parts.set_items(session, draw, values["item_ids"])
        joint_parts.set_departments(session, draw, invited)
        note_made(session, form, draw.id)
        return draw.id


def change_what(draw_id: UUID, values: dict[str, Any], by: Actor) -> None:
    """Save the first step. Raises NotFound, WrongState, ChangedMeanwhile, ItemNotDrawable."""
    values = _public_words(values)
    with unit_of_work() as session:
        draw = _open_plan(session, draw_id, values["revision"], by)
        before = joint_parts.terms(session, draw)
        _refuse_foreign(session, values, by)
        invited = values.get("department_ids", ())
        _refuse_items(session, values["item_ids"], by, invited)
        kept = _others_items(session, draw, by, invited)
        if draw.department_id != values["department_id"]:
            draw.team = usual_team(values["department_id"], *invited)
        else:
            draw.team = _team_of(session, draw, invited)
        draw.name, draw.department_id = values["name"], values["department_id"]
        draw.strata, draw.exclusions = values["strata"], values["exclusions"]
        joint_parts.set_items(session, draw, [*values["item_ids"], *kept])
        joint_parts.set_departments(session, draw, invited)
        if joint_parts.terms(session, draw) != before:
            joint_parts.ask_again(session, draw)


def _others_items(session: Session, draw: Draw, by: Actor, invited: Sequence[UUID]) -> list[UUID]:
    """Return the items that invited departments chose and this person's form does not show."""
    places = rules.homes(joint_parts.tree(session), invited)
    own = accounts.permitted(session, by, "draw.prepare")
    return [
        item.id
        for item in joint_parts.items_of(session, draw)
        if item.department_id in places and item.department_id not in own
    ]


def _team_of(session: Session, draw: Draw, invited: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the team without departments that were taken out, and with the usual seats of new
    ones."""
    tree, known = joint_parts.tree(session), joint_parts.taking_part(session, draw)
    gone = set(known) - {draw.department_id} - set(invited)
    own = rules.homes(tree, [draw.department_id])
    out = {str(one) for one in rules.homes(tree, gone) if one not in own}
    new = [one for one in invited if one not in known]
    return plan_rules.team_with(draw.team, out, ()) + usual_team(*new)


def change_who(draw_id: UUID, values: dict[str, Any], by: Actor) -> None:
    """Save the second step: team, cap, last day.

    Raises NotFound, WrongState, ChangedMeanwhile, SeatOutsideTheDraw.
    """
    with unit_of_work() as session:
        draw = _open_plan(session, draw_id, values["revision"], by)
        before = joint_parts.terms(session, draw)
        known = joint_parts.taking_part(session, draw)
        homes = rules.homes(joint_parts.tree(session), known)
        allowed = accounts.permitted(session, by, "draw.prepare").union(homes)
        if any(UUID(part["department_id"]) not in allowed for part in values["team"]):
            raise SeatOutsideTheDraw
        draw.team, draw.cap, draw.last_day = values["team"], values["cap"], values["last_day"]
        joint_parts.set_departments(session, draw, known)
        if joint_parts.terms(session, draw) != before:
            joint_parts.ask_again(session, draw)


def discard(draw_id: UUID, by: Actor) -> None:
    """Give up a plan that was never frozen; a second call changes nothing. Raises NotFound,
    WrongState."""
    with unit_of_work() as session:
        draw = finding.get_to_run(session, draw_id, by, "draw.prepare")
        if draw.state == rules.DISCARDED:
            return
        if draw.state != rules.PLANNED:
            raise WrongState(state=draw.state)
        draw.state, draw.ended_by, draw.ended_at = rules.DISCARDED, by.account_id, clock.now()


def usual_team(*departments: UUID) -> list[dict[str, Any]]:
    """Return a team of two officers of each department."""
    return [
        {"department_id": str(one), "speciality": "", "n": USUAL_SEATS}
        for one in dict.fromkeys(departments)
    ]


def overview(session: Session, draw: Draw) -> Overview:
    """Count a plan on today's registers and return what forbids the freeze."""
    within = rosters.narrowing_rosters(session, draw)
    pool = counting.count_pool(
        session, draw.strata, draw.exclusions, within, sealed=bool(draw.sealed)
    )
    common = rosters.rosters_in_common(session, draw)
    chosen = item_ids(session, draw)
    last_day = draw.last_day or clock.today()
    team = officers.count_team(session, draw.team, chosen, last_day)
    refusals = [
        *refuse_items(session, draw),
        *_refuse_ended(session, draw),
        *_refuse_moved(session, draw),
        *plan_rules.refuse_parts(part_counts(session, draw)),
        *_refuse_pool(pool, common, draw),
        *plan_rules.refuse_codes([row[2] for row in pool.pool] + [row[0] for row in pool.excluded]),
        *plan_rules.refuse_team(team.seats),
    ]
    if draw.last_day is None or draw.last_day < clock.today():
        refusals.append(rules.Finding("last_day_past"))
    warnings = plan_rules.warn(pool.strata, team.seats, draw.cap, pool.drawn)
    warnings += _recused(session, draw, pool, team)
    return Overview(pool, team, common, refusals, warnings)


def _refuse_ended(session: Session, draw: Draw) -> list[rules.Finding]:
    """Return findings for departments of the plan that have ended since, so that none of their
    officers can go."""
    active = joint_parts.tree(session)
    ended = [one for one in joint_parts.taking_part(session, draw) if one not in active]
    return [
        rules.Finding("department_ended", accounts.department(session, one).name) for one in ended
    ]


def _refuse_moved(session: Session, draw: Draw) -> list[rules.Finding]:
    """Return findings for departments that stand elsewhere in the tree than when they answered."""
    names = {row.id: row.name for row in accounts.departments(session)}
    return [
        rules.Finding("part_moved", names[row.department_id])
        for row in joint_parts.moved(session, draw)
        if row.department_id in names
    ]


def _recused(
    session: Session, draw: Draw, pool: counting.PoolCount, team: officers.TeamCount
) -> list[rules.Finding]:
    """Return a finding that counts the enterprises whose team could not be whole because of
    recusals."""
    people = [one.id for one in team.eligible]
    grounds = registry.grounds_of(session, people)
    wanted = {enterprise.hex for _officer, enterprise in grounds}
    among = {row[1] for row in pool.pool if row[1] in wanted}
    pairs = [pair for pair in grounds if pair[1].hex in among]
    eligible = {place: officers.fitting(part, team) for place, part in enumerate(draw.team)}
    short = plan_rules.recused_seats(draw.team, eligible, pairs)
    return [rules.Finding("recusals_leave_vacant", count=short)] if short else []


def _refuse_pool(
    pool: counting.PoolCount, common: rosters.RostersInCommon | None, draw: Draw
) -> list[rules.Finding]:
    """Return the findings about the enterprises; rosters with nothing in common are named instead
    of empty strata."""
    if common is not None and common.everywhere == 0:
        return [rules.Finding("rosters_do_not_meet")]
    return plan_rules.refuse_strata(pool.strata, draw.strata)


def part_counts(session: Session, draw: Draw) -> list[plan_rules.PartCount]:
    """Return the parts of a joint draw counted, the leading one first; empty for one department."""
    asked = {row.department_id: row for row in joint_parts.asked_parts(session, draw)}
    if not asked:
        return []
    heads = [draw.department_id, *asked]
    homes = rules.homes(joint_parts.tree(session), heads)
    items = Counter(homes.get(item.department_id) for item in joint_parts.items_of(session, draw))
    seats: Counter[UUID | None] = Counter()
    for line in draw.team:
        seats[homes.get(UUID(line["department_id"]))] += line["n"]
    names = {row.id: row.name for row in accounts.departments(session)}
    return [
        plan_rules.PartCount(
            names.get(one, ""),
            asked[one].answer if one in asked else rules.ACCEPTED,
            items[one],
            seats[one],
        )
        for one in heads
    ]


def refuse_items(session: Session, draw: Draw) -> list[rules.Finding]:
    """Return findings for items that are not on the published list today and on the last day, or
    cannot be checked."""
    rows = joint_parts.items_of(session, draw)
    if not rows:
        return [rules.Finding("no_items")]
    owners = frozenset(row.department_id for row in rows)
    fit = {row.id for row in registry.drawable_items(session, owners)}
    if draw.last_day is not None:
        fit &= {row.id for row in registry.drawable_items(session, owners, draw.last_day)}
    return [rules.Finding("item_not_drawable", row.name) for row in rows if row.id not in fit]


def _open_plan(session: Session, draw_id: UUID, revision: int, by: Actor) -> Draw:
    draw = finding.get_to_run(session, draw_id, by, "draw.prepare")
    if draw.state != rules.PLANNED:
        raise WrongState(state=draw.state)
    if draw.revision != revision:
        raise ChangedMeanwhile
    draw.revision += 1
    recording.note_step(session, draw, "prepared", by)
    return draw


def _public_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the first step with telephone and identity numbers hidden in what people typed.

    Names of draw and strata are frozen into files that are public for ever.
    """
    mask = disclosure.without_long_numbers
    strata = [part | {"label": mask(part["label"])} for part in values["strata"]]
    return values | {"name": mask(values["name"]), "strata": strata}


def _refuse_foreign(session: Session, values: dict[str, Any], by: Actor) -> None:
    if values["department_id"] not in accounts.permitted(session, by, "draw.prepare"):
        raise OutsideYourDepartment
    invited = set(values.get("department_ids", ()))
    if not invited.issubset(joint_parts.tree(session)):
        raise SeatOutsideTheDraw


def _refuse_items(
    session: Session, wanted: Sequence[UUID], by: Actor, invited: Sequence[UUID]
) -> None:
    """Raise unless all wanted items may be drawn on today and belong to departments for which the
    person prepares. There may be none if invited departments bring some."""
    own = accounts.permitted(session, by, "draw.prepare")
    fit = {item.id for item in registry.drawable_items(session, own)}
    if not fit.issuperset(wanted) or not (wanted or invited):
        raise ItemNotDrawable
