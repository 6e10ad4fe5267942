"""Joint draws 联合抽查: several departments, one visit an enterprise, seats for each."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.service import drawing, holding, outcome, planning, telling
from backend.app.review import queueing, waiting
from backend.app.visits import service as visits
from backend.app.visits.models import Visit, VisitItem
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department


def joint(lead: make.County, other: make.County) -> make.County:
    """The leading county as oversight runs it, over both departments."""
    office = make_department("审改办", is_oversight=True)
    both = frozenset({lead.department.id, other.department.id, office.id})
    account = make_account(role="oversight", department=office)
    lead.operator = make.actor_of(account, "oversight", scope=both)
    return lead


def test_each_department_sits_with_its_own_officers_and_answers_its_own_items(
    app: Flask, session: Session
) -> None:
    lead, other = make.make_county(officers=4), make.make_county(officers=4, risks="")
    joint(lead, other)
    draw_id = planning.prepare(
        make.what(lead, item_ids=[other.item.id, lead.item.id]), lead.operator
    )
    team = [
        {"department_id": str(one.department.id), "speciality": "", "n": 1} for one in (lead, other)
    ]
    planning.change_who(draw_id, make.who(lead, team=team), lead.operator)
    make.accept(draw_id, other)
    holding.freeze(draw_id, 3, lead.operator)
    drawing.run_routine(
        draw_id, lead.operator, other.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    draw = make.stored(draw_id)
    homes = {officer.id: lead.department.code for officer in lead.officers}
    homes |= {officer.id: other.department.code for officer in other.officers}
    for seats in outcome.teams(outcome.seats_of(session, draw)).values():
        assert [homes.get(seat.officer_id) for seat in seats] == [  # type: ignore[arg-type]
            lead.department.code,
            other.department.code,
        ]
    public = telling.public_draw(session, draw.number or "")
    assert public is not None
    assert list(public.departments) == [lead.department.name, other.department.name]
    assert drawkit.verify_bundle(telling.bundle(session, draw.number or "")).status == 0
    session.rollback()
    assert drawing.dispatch(draw_id, lead.operator) == draw.drawn_rows
    visit = session.scalars(select(Visit).where(Visit.draw_id == draw_id)).first()
    assert visit is not None
    assert visit.department_id == lead.department.id
    items = session.scalars(select(VisitItem.item_id).where(VisitItem.visit_id == visit.id)).all()
    assert set(items) == {lead.item.id, other.item.id}
    pinned: Any = visits.package(session, visit.id)
    assert pinned["parts"] == [
        {"department": lead.department.name, "items": [lead.item.code], "seats": [0]},
        {"department": other.department.name, "items": [other.item.code], "seats": [1]},
    ]
    for supervisor in (lead.witness, other.witness):
        assert visits.get(session, visit.id, supervisor).id == visit.id


def test_a_visit_of_one_department_has_no_parts(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.drawn(county)
    drawing.dispatch(draw_id, county.operator)
    visit = visits.of_draw(session, draw_id)[0]
    assert "parts" not in visits.package(session, visit.id)


def test_one_specialist_for_two_seats_leaves_one_vacant_in_every_team(
    app: Flask, session: Session
) -> None:
    county = make.make_county(officers=4, risks="AAAA")
    with Session(session.bind) as writing:
        make.make_officer(writing, county.department, specialities=["特种设备"])
        writing.commit()
    draw_id = planning.prepare(make.what(county, strata=[make.stratum()]), county.operator)
    place = str(county.department.id)
    team = [
        {"department_id": place, "speciality": "特种设备", "n": 2},
        {"department_id": place, "speciality": "", "n": 1},
    ]
    planning.change_who(draw_id, make.who(county, team=team), county.operator)
    draw = make.stored(draw_id)
    seen = planning.overview(session, session.merge(draw))
    assert [finding.code for finding in seen.warnings] == ["seats_will_be_vacant"]
    session.rollback()
    holding.freeze(draw_id, 2, county.operator)
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    assert make.stored(draw_id).vacant_seats == 2


def test_a_joint_record_waits_in_the_queue_of_each_department_and_is_decided_by_the_leading_one(
    app: Flask, session: Session
) -> None:
    lead, other, third = make.make_county(), make.make_county(risks=""), make.make_county(risks="")
    values = make.what(lead, department_ids=[other.department.id])
    draw_id = planning.prepare(values, lead.operator)
    make.accept(draw_id, other)
    holding.freeze(draw_id, 2, lead.operator)
    drawing.run_routine(
        draw_id, lead.operator, lead.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    drawing.dispatch(draw_id, lead.operator)
    for visit in session.scalars(select(Visit).where(Visit.draw_id == draw_id)):
        visit.state = "complete"
    session.commit()
    drawn = make.stored(draw_id).drawn_rows
    queues = [queueing.queue(session, one.witness) for one in (lead, other, third)]
    assert [len(queue) for queue in queues] == [drawn, drawn, 0]
    assert [{entry.led for entry in queue} for queue in queues] == [{True}, {False}, set()]
    assert waiting.overview(session, other.witness) == []
    assert [card.number for card in waiting.overview(session, lead.witness)] == [drawn]
