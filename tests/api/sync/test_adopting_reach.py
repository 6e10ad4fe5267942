"""Into whose visits, and whose events, a supervisor may adopt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts.models import RoleGrant
from backend.app.sync.models import QuarantinedEvent
from backend.app.visits.models import Visit
from tests.api.sync.conftest import Field
from tests.factories.accounts import make_account
from tests.factories.visits import make_team, make_visit

InField = Callable[..., Field]


def adopt(browser: Any, event: str) -> Any:
    form = {"events": [event], "decision": "adopt", "note": "情况属实"}
    return browser.post("/office/quarantine", data=form, follow_redirects=True)


def untouched(session: Session, event: str, visit: UUID) -> bool:
    session.rollback()
    waits = session.get_one(QuarantinedEvent, UUID(event)).decision is None
    return waits and session.get_one(Visit, visit).revision == 0


def test_a_supervisor_cannot_write_into_another_departments_visit_through_an_own_officer(
    app: Any, in_field: InField, sign_in: Any, session: Session
) -> None:
    officer = in_field()
    theirs = make_team()
    visit = make_visit(theirs)
    event = officer.phone.answers(visit, theirs.item.code + ":1", "pass")["id"]
    officer.send()
    browser = app.test_client()
    sign_in(browser, account=make_account(department=officer.team.department))
    assert event in browser.get("/office/quarantine").get_data(as_text=True)
    assert "1 条未能采纳" in adopt(browser, event).get_data(as_text=True)
    assert untouched(session, event, visit)


def test_nobody_adopts_their_own_entries(in_field: InField, session: Session) -> None:
    officer = in_field()
    grant = RoleGrant(
        account_id=officer.account.id,
        department_id=officer.account.department_id,
        role="supervisor",
    )
    session.add(grant)
    session.commit()
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")["id"]
    officer.sync(signature=None)
    assert "1 条未能采纳" in adopt(officer.client, event).get_data(as_text=True)
    assert untouched(session, event, officer.visit)
