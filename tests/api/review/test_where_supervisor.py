"""A supervisor decides where they are supervisor, not wherever another role lets them look."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, RoleGrant
from tests.conftest import Browser
from tests.factories.accounts import make_account, make_department
from tests.factories.field import handed_in


def also(session: Session, account: Account, role: str, department: Any) -> Account:
    session.add(RoleGrant(account_id=account.id, department_id=department.id, role=role))
    session.commit()
    return account


@pytest.mark.parametrize("step", ["confirm", "send-back"])
def test_being_inspector_there_and_supervisor_elsewhere_is_not_enough(
    step: str, client: Browser, sign_in: Any, session: Session
) -> None:
    field, digest = handed_in()
    person = also(session, make_account(role="supervisor"), "inspector", field.department)
    sign_in(client, account=person, stepped_up=True)
    body = {"revision": 1, "digest": digest}
    body |= {"reasons": [{"reason": "重拍"}]} if step == "send-back" else {}
    reply = client.post(f"/api/v1/reviews/{field.visit}/{step}", json=body)
    assert reply.status_code == 403
    assert reply.get_json()["code"] == "review.other_department"


def test_a_supervisor_who_is_at_home_elsewhere_decides(
    client: Browser, sign_in: Any, session: Session
) -> None:
    field, digest = handed_in()
    home = make_department()
    person = make_account(role="inspector", department=home)
    sign_in(client, account=also(session, person, "supervisor", field.department), stepped_up=True)
    body = {"revision": 1, "digest": digest}
    reply = client.post(f"/api/v1/reviews/{field.visit}/confirm", json=body)
    assert reply.status_code == 200
