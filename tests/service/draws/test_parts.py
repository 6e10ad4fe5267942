"""An invited department's part: asked, accepted, declined, asked again, and who may answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.accounts.models import RoleGrant
from backend.app.draws import rules
from backend.app.draws.errors import (
    CannotFreeze,
    ChangedMeanwhile,
    ItemNotDrawable,
    NotYourPart,
    OutsideYourDepartment,
    ReasonMissing,
    SeatOutsideTheDraw,
)
from backend.app.draws.service import holding, planning
from backend.app.platform.errors import NotFound
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.service.draws.test_steps import opened


def invitation(lead: make.County, *others: make.County, **changes: Any) -> UUID:
    """A plan of ``lead`` to which the others are invited."""
    invited = [other.department.id for other in others]
    return planning.prepare(make.what(lead, department_ids=invited, **changes), lead.operator)


def answers(session: Session, draw_id: UUID) -> list[str]:
    found = [row.answer for row in planning.asked_parts(session, make.stored(draw_id))]
    session.rollback()
    return found


def refusals(draw_id: UUID, county: make.County) -> list[str]:
    with pytest.raises(CannotFreeze) as caught:
        holding.freeze(draw_id, make.stored(draw_id).revision, county.operator)
    return list(caught.value.extra["reasons"])


def test_the_freeze_waits_until_every_invited_department_has_accepted(app: Flask) -> None:
    lead, one, two = (make.make_county(risks=risks) for risks in ("AAAABB", "", ""))
    draw_id = invitation(lead, one, two)
    assert refusals(draw_id, lead).count("part_not_answered") == 2
    make.accept(draw_id, one)
    assert refusals(draw_id, lead) == ["part_not_answered"]
    make.accept(draw_id, two)
    holding.freeze(draw_id, make.stored(draw_id).revision, lead.operator)
    assert make.stored(draw_id).state == rules.FROZEN


def test_a_department_that_declined_keeps_the_draw_from_being_frozen_until_it_is_taken_out(
    app: Flask, session: Session
) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    planning.decline(draw_id, other.department.id, "本季人手不足", 1, other.operator)
    assert refusals(draw_id, lead) == ["part_declined"]
    planning.change_what(draw_id, make.what(lead, revision=2), lead.operator)
    holding.freeze(draw_id, 3, lead.operator)
    draw = make.stored(draw_id)
    assert len(draw.team) == 1
    assert planning.taking_part(session, draw) == [lead.department.id]


def test_declining_needs_a_reason(app: Flask) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    with pytest.raises(ReasonMissing):
        planning.decline(draw_id, other.department.id, "  ", 1, other.operator)


def test_a_change_of_the_plan_asks_again_and_an_unchanged_one_does_not(
    app: Flask, session: Session
) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other)
    invited = {"department_ids": [other.department.id]}
    planning.change_what(draw_id, make.what(lead, revision=2, **invited), lead.operator)
    assert answers(session, draw_id) == ["accepted"]
    more = [make.stratum(0, num=60, ratio="60%")]
    changed = make.what(lead, strata=more, revision=3, **invited)
    planning.change_what(draw_id, changed, lead.operator)
    assert answers(session, draw_id) == ["invited"]


def test_items_an_invited_department_chose_stay_when_the_leading_one_saves(
    app: Flask, session: Session
) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other)
    values = make.what(lead, revision=2, department_ids=[other.department.id])
    planning.change_what(draw_id, values, lead.operator)
    assert planning.item_ids(session, make.stored(draw_id)) == [lead.item.id, other.item.id]


def test_only_an_administrator_of_the_invited_department_answers_for_it(app: Flask) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    office = make_department("审改办", is_oversight=True)
    account = make_account(role="oversight", department=office)
    both = frozenset({lead.department.id, other.department.id})
    overseer = make.actor_of(account, "oversight", scope=both)
    values = {"item_ids": [other.item.id], "team": [], "roster": {}, "revision": 1}
    for stranger in (lead.operator, overseer, other.witness):
        with pytest.raises((NotYourPart, NotFound)):
            planning.accept(draw_id, other.department.id, values, stranger)


def test_an_administrator_elsewhere_who_only_supervises_here_does_not_run_its_draws(
    app: Flask,
) -> None:
    county, elsewhere = make.make_county(), make.make_county(risks="")
    with Session(app.extensions["sqlalchemy"].engine) as writing:
        account = elsewhere.operator_account
        writing.add(
            RoleGrant(account_id=account.id, department_id=county.department.id, role="supervisor")
        )
        writing.commit()
    both = frozenset({county.department.id, elsewhere.department.id})
    person = make.actor_of(account, "department_admin", "supervisor", scope=both)
    draw_id = make.plan(county)
    for step in (
        lambda: holding.freeze(draw_id, 2, person),
        lambda: planning.change_who(draw_id, make.who(county, revision=2), person),
        lambda: planning.discard(draw_id, person),
        lambda: planning.prepare(make.what(county), person),
    ):
        with pytest.raises(OutsideYourDepartment):
            step()
    holding.freeze(draw_id, 2, county.operator)


def test_what_is_not_the_departments_cannot_be_its_part(app: Flask) -> None:
    lead, other, third = (make.make_county() for _ in range(3))
    draw_id = invitation(lead, other)
    with pytest.raises(ItemNotDrawable):
        make.accept(draw_id, other, item_ids=[third.item.id])
    seat = {"department_id": str(third.department.id), "speciality": "", "n": 1}
    with pytest.raises(SeatOutsideTheDraw):
        make.accept(draw_id, other, team=[seat])
    with pytest.raises(ChangedMeanwhile):
        make.accept(draw_id, other, revision=7)


def test_the_leading_department_cannot_seat_one_that_was_not_invited(app: Flask) -> None:
    lead, stranger = make.make_county(), make.make_county()
    draw_id = make.plan(lead)
    seat = {"department_id": str(stranger.department.id), "speciality": "", "n": 2}
    with pytest.raises(SeatOutsideTheDraw):
        planning.change_who(draw_id, make.who(lead, team=[seat], revision=2), lead.operator)
    with pytest.raises(SeatOutsideTheDraw):
        planning.prepare(make.what(lead, department_ids=[UUID(int=99)]), lead.operator)


def test_items_without_a_seat_of_their_department_are_refused(app: Flask) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other, team=[])
    assert refusals(draw_id, lead) == ["items_without_seats"]


def test_a_department_below_the_leading_one_is_not_asked(app: Flask, session: Session) -> None:
    lead = make.make_county()
    station = make_department("监管所", parent=lead.department)
    draw_id = planning.prepare(make.what(lead, department_ids=[station.id]), lead.operator)
    assert answers(session, draw_id) == []
    assert planning.taking_part(session, make.stored(draw_id)) == [lead.department.id, station.id]


def test_the_draw_is_from_what_all_rosters_have_in_common(app: Flask, session: Session) -> None:
    lead, other = make.make_county(risks="AAAAAABBBB"), make.make_county(risks="CC")
    with Session(session.bind) as writing:
        drinks = {make.make_enterprise(writing, industry="饮料").id for _ in range(4)}
        writing.commit()
    draw_id = invitation(lead, other, strata=[make.stratum(0)])
    make.accept(draw_id, other, roster={"industries": ["饮料"]})
    draw = session.merge(make.stored(draw_id))
    seen = planning.overview(session, draw)
    assert seen.common is not None
    assert (seen.common.sizes, seen.common.everywhere) == ([10, 4], 4)
    assert seen.common.pairs == {(0, 1): 4}
    assert {row[1] for row in seen.pool.pool} == {one.hex for one in drinks}
    session.rollback()
    holding.freeze(draw_id, make.stored(draw_id).revision, lead.operator)
    assert make.stored(draw_id).pool_rows == 4
    assert '"industries":["饮料"]' in (make.stored(draw_id).plan_json or "")


def test_rosters_that_do_not_meet_are_said_to_be_empty(app: Flask) -> None:
    lead, other = make.make_county(risks="AAAA"), make.make_county(risks="")
    draw_id = invitation(lead, other, strata=[make.stratum(0)])
    make.accept(draw_id, other, roster={"regions": ["99"]})
    assert refusals(draw_id, lead) == ["rosters_do_not_meet"]


def test_a_department_above_the_leading_one_does_not_touch_its_part(
    app: Flask, session: Session
) -> None:
    above = make.make_county(risks="")
    lead = make.make_county(department=make_department("分局", parent=above.department))
    draw_id = invitation(lead, above)
    make.accept(draw_id, above)
    draw = make.stored(draw_id)
    assert set(planning.item_ids(session, draw)) == {lead.item.id, above.item.id}
    assert [(one["department_id"], one["n"]) for one in draw.team] == [
        (str(lead.department.id), 2),
        (str(above.department.id), 1),
    ]
    session.rollback()
    with pytest.raises(ItemNotDrawable):
        make.accept(draw_id, above, item_ids=[lead.item.id])


def test_a_department_that_ended_after_it_accepted_is_refused_by_name(
    app: Flask, session: Session
) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other)
    session.merge(other.department).active = False
    session.commit()
    assert "department_ended" in refusals(draw_id, lead)


def test_a_department_whose_head_left_the_draw_is_asked_itself(app: Flask) -> None:
    lead, above = make.make_county(), make_department("市监管局")
    below = make_department("分局", parent=above)
    both = make.what(lead, department_ids=[above.id, below.id])
    draw_id = planning.prepare(both, lead.operator)
    planning.change_who(draw_id, make.who(lead), lead.operator)
    alone = make.what(lead, department_ids=[below.id], revision=2)
    planning.change_what(draw_id, alone, lead.operator)
    with pytest.raises(CannotFreeze) as refused:
        holding.freeze(draw_id, 3, lead.operator)
    assert refused.value.extra["reasons"] == ["part_not_answered"]


def test_an_administrator_elsewhere_types_no_slip_of_a_draw_they_only_see(app: Flask) -> None:
    county, elsewhere = make.make_county(), make.make_county(risks="")
    both = frozenset({county.department.id, elsewhere.department.id})
    person = make.actor_of(elsewhere.operator_account, "department_admin", scope=both)
    draw_id = opened(county)
    slip = (draw_id, "w1", make.TEXT, make.RAND.hex())
    with pytest.raises(OutsideYourDepartment):
        holding.type_slip(*slip, person)
    holding.type_slip(*slip, county.operator)


def test_a_plan_takes_items_and_seats_of_departments_that_one_prepares_for_alone(
    app: Flask,
) -> None:
    county, elsewhere = make.make_county(), make.make_county(risks="")
    both = frozenset({county.department.id, elsewhere.department.id})
    person = make.actor_of(county.operator_account, "department_admin", scope=both)
    with pytest.raises(ItemNotDrawable):
        planning.prepare(make.what(county, item_ids=[elsewhere.item.id]), person)
    draw_id = planning.prepare(make.what(county), person)
    seat = {"department_id": str(elsewhere.department.id), "speciality": "", "n": 2}
    with pytest.raises(SeatOutsideTheDraw):
        planning.change_who(draw_id, make.who(county, team=[seat]), person)
