"""Into whose visits, and whose events, a supervisor may adopt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.accounts.models import RoleGrant
from backend.app.ledger.models import LedgerEntry
from backend.app.sync.models import QuarantinedEvent
from backend.app.visits.models import Visit
from tests.api.sync.conftest import Field
from tests.factories.accounts import make_account
from tests.factories.visits import make_team, make_visit

InField = Callable[..., Field]


def adopt(browser: Any, event: str, decision: str = "adopt") -> Any:
    form = {"events": [event], "decision": decision, "note": "情况属实"}
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


def _supervises(session: Session, officer: Field) -> None:
    session.add(
        RoleGrant(
            account_id=officer.account.id,
            department_id=officer.account.department_id,
            role="supervisor",
        )
    )
    session.commit()


@pytest.mark.parametrize("decision", ["adopt", "set_aside"])
def test_nobody_decides_about_their_own_entries(
    decision: str, in_field: InField, session: Session
) -> None:
    officer = in_field()
    _supervises(session, officer)
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")["id"]
    officer.sync(signature=None)
    reply = adopt(officer.client, event, decision)
    assert reply.status_code == 403
    assert "您参加了本次检查" in reply.get_data(as_text=True)
    assert untouched(session, event, officer.visit)


@pytest.mark.parametrize("decision", ["adopt", "set_aside"])
def test_nobody_decides_about_a_colleagues_entry_of_a_visit_they_took_part_in(
    decision: str, in_field: InField, session: Session
) -> None:
    lead = in_field()
    second = in_field(1, lead.team, lead.visit)
    _supervises(session, lead)
    event = second.phone.answers(lead.visit, lead.team.item.code + ":1", "fail")["id"]
    second.sync(signature=None)
    assert adopt(lead.client, event, decision).status_code == 403
    assert untouched(session, event, lead.visit)


@pytest.mark.parametrize(
    ("decision", "entry"), [("adopt", "entry.adopted"), ("set_aside", "entry.set_aside")]
)
def test_what_is_decided_about_an_entry_stands_in_the_ledger_with_its_reason(
    decision: str, entry: str, app: Any, in_field: InField, sign_in: Any, session: Session
) -> None:
    officer = in_field()
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")["id"]
    officer.sync(signature=None)
    browser = app.test_client()
    supervisor = make_account(department=officer.team.department)
    sign_in(browser, account=supervisor)
    assert adopt(browser, event, decision).status_code == 200
    session.rollback()
    [traced] = session.scalars(select(LedgerEntry).where(LedgerEntry.type == entry)).all()
    assert traced.subject == str(officer.visit)
    assert traced.actor == f"supervisor:{officer.team.department.code}"
    assert orjson.loads(traced.body or "{}") == {
        "event": event,
        "event_hash": session.get_one(QuarantinedEvent, UUID(event)).hash,
        "kept_because": "bad_signature",
        "reason": "情况属实",
        "by": str(supervisor.id),
    }
