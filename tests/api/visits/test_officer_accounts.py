"""An officer who gets an account, or another one, after the visits were sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.app.platform.transactions import unit_of_work
from backend.app.registry import service as registry
from backend.app.visits import service as visits
from tests.factories.accounts import make_account
from tests.factories.draws import actor_of
from tests.factories.visits import make_team, make_visit


def test_open_visits_follow_an_officer_to_another_account(app, session: Session) -> None:
    team = make_team()
    visit_id = make_visit(team)
    fresh = make_account(role="inspector", department=team.department)
    admin = make_account(role="department_admin", department=team.department)
    officer = registry.officers_by_ids(session, [team.officers[0].id])[0]
    form = {
        "login": fresh.login,
        "department_id": officer.department_id,
        "name": officer.name,
        "certificate": officer.certificate,
        "certificate_expires_on": officer.certificate_expires_on,
        "specialities": [],
        "phone": "",
        "active": True,
    }
    revision = officer.revision
    session.rollback()
    by = actor_of(admin, "department_admin", scope=frozenset({team.department.id}))
    with unit_of_work() as writing:
        registry.change_officer(writing, team.officers[0].id, form, revision, by)
    assert [one.id for one in visits.open_visits(session, fresh.id)] == [visit_id]
    assert visits.open_visits(session, team.accounts[0].id) == []
    assert [one.id for one in visits.open_visits(session, team.accounts[1].id)] == [visit_id]
