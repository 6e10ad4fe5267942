"""Making visits out of a draw, seeing them within one's departments, sending records back."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import uuid4

import orjson
import pytest
import rfc8785
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.platform.access import Actor
from backend.app.platform.errors import NotFound
from backend.app.visits import service as visits
from backend.app.visits.errors import NotHandedIn, WrongState
from backend.app.visits.models import Visit, VisitEvent
from tests.factories.accounts import make_department
from tests.factories.visits import draw_proof, make_team, make_visit, passing_points


def actor_of(team: object, *departments: object) -> Actor:
    account = team.accounts[0]  # type: ignore[attr-defined]
    return Actor(
        account_id=account.id,
        login=account.login,
        name=account.name,
        department_id=account.department_id,
        department_name="",
        roles=frozenset({"supervisor"}),
        find_scope=lambda: frozenset(one.id for one in departments),  # type: ignore[attr-defined]
        session_id=uuid4(),
    )


def test_a_visit_pins_its_package_in_canonical_form(session: Session) -> None:
    visit = make_visit(make_team(passing_points(2)))
    row = session.get_one(Visit, visit)
    body = visits.package_bodies(session, [visit])[visit]
    assert body.encode() == rfc8785.dumps(orjson.loads(body))
    assert hashlib.sha256(body.encode()).hexdigest() == row.package_sha256
    package = visits.package(session, visit)
    assert len(package["challenge"]) == 64
    assert [officer["seat"] for officer in package["officers"]] == [0, 1]
    assert (row.state, row.points_total, row.missing_count) == ("assigned", 2, 3)
    assert visits.check(session, visit) == []


def test_dispatching_twice_makes_each_visit_once(session: Session) -> None:
    team = make_team()
    first = make_visit(team)
    row = session.get_one(Visit, first)
    again = visits.NewVisit(
        draw_id=team.draw.id,
        enterprise_id=row.enterprise_id,
        pool_row=row.pool_row,
        lot_number=row.lot_number,
        officer_ids=[officer.id for officer in team.officers],
        item_ids=[team.item.id],
        due_on=date(2026, 12, 1),
        draw_proof=draw_proof(team, row.pool_row),
    )
    assert visits.create_visits(session, [again]) == 0
    assert len(visits.of_draw(session, team.draw.id)) == 1


def test_every_visit_has_a_challenge_of_its_own(session: Session) -> None:
    team = make_team()
    made = [make_visit(team) for _ in range(3)]
    assert len({session.get_one(Visit, one).challenge for one in made}) == 3


def test_a_visit_is_seen_by_its_departments_only(session: Session) -> None:
    team = make_team()
    visit = make_visit(team)
    inside = actor_of(team, team.department)
    outside = actor_of(team, make_department())
    assert visits.get(session, visit, inside).id == visit
    with pytest.raises(NotFound):
        visits.get(session, visit, outside)
    assert visits.listed(session, inside, ["assigned"], 1).total == 1
    assert visits.listed(session, outside, ["assigned"], 1).total == 0


def test_the_list_is_searched_by_name_and_by_the_beginning_of_the_code(session: Session) -> None:
    team = make_team()
    one, _other = make_visit(team), make_visit(team)
    row = session.get_one(Visit, one)
    actor = actor_of(team, team.department)

    def found(words: str) -> int:
        return visits.listed(session, actor, ["assigned"], 1, words).total

    assert found(row.enterprise_code) == 1
    assert found(f" {row.enterprise_code[:4]}\u3000{row.enterprise_code[4:].lower()}") == 1
    assert found("青禾食品") == 2
    assert found("【青禾】 食品\u200b") == 2
    assert found("%") == 0
    assert found("没有这家") == 0


def test_a_record_that_was_not_handed_in_cannot_be_read_or_sent_back(session: Session) -> None:
    team = make_team()
    visit = make_visit(team)
    with pytest.raises(NotHandedIn):
        visits.record(session, visit)
    with pytest.raises(WrongState):
        visits.reopen(session, visit, "原因", actor_of(team, team.department))
    assert session.scalars(select(VisitEvent)).all() == []


@pytest.mark.parametrize("state", ["assigned", "under_way", "sealed", "sent_back", "confirmed"])
def test_only_a_complete_visit_is_confirmed(state: str, session: Session) -> None:
    visit = make_visit()
    session.execute(update(Visit).where(Visit.id == visit).values(state=state))
    with pytest.raises(WrongState):
        visits.move(session, visit, "confirmed")


def test_a_visit_is_confirmed_and_then_disclosed(session: Session) -> None:
    visit = make_visit()
    session.execute(update(Visit).where(Visit.id == visit).values(state="complete"))
    assert visits.move(session, visit, "confirmed").state == "confirmed"
    assert visits.move(session, visit, "disclosed").state == "disclosed"


def test_a_changed_event_or_column_is_found(session: Session) -> None:
    visit = make_visit()
    session.execute(update(Visit).where(Visit.id == visit).values(points_answered=2))
    assert visits.check(session, visit) == ["points_answered"]
