"""A role counts in the department in which it is held: to look elsewhere is not to edit there."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.accounts.models import RoleGrant
from backend.app.platform.database import db
from tests.conftest import Browser
from tests.factories.accounts import make_account, make_department
from tests.factories.registry import make_enterprise, make_item, make_officer

BASE = "/office/registry"


@pytest.fixture(params=["supervisor", "oversight"])
def elsewhere(app: Flask, client: Browser, sign_in: Any, request: pytest.FixtureRequest) -> Any:
    """A department in which the signed-in administrator of another one holds a second role."""
    home = make_department(region_code="370301")
    other = make_department(region_code="370302")
    account = make_account(role="department_admin", department=home)
    with Session(db.engine) as session:
        session.add(
            RoleGrant(account_id=account.id, department_id=other.id, role=str(request.param))
        )
        session.commit()
    sign_in(client, account=account, stepped_up=True)
    return other, home


def test_items_and_officers_of_the_other_department_are_seen_and_not_edited(
    client: Browser, elsewhere: Any
) -> None:
    other, home = elsewhere
    item, officer = make_item(other.id, published=True), make_officer(other.id)
    own = make_officer(home.id)
    assert client.get(f"{BASE}/officers/{officer.id}").status_code == 200
    assert f"{officer.id}/edit" not in client.get(f"{BASE}/officers/{officer.id}").text
    assert f"{own.id}/edit" in client.get(f"{BASE}/officers/{own.id}").text
    publish = client.post(f"{BASE}/items/publish", data={"item": str(item.id), "published": "0"})
    assert publish.status_code == 403
    assert client.get(f"{BASE}/items/{item.id}/checklist").status_code == 403
    shown = client.get(f"{BASE}/items").text
    assert f'value="{item.id}"' not in shown


def test_enterprises_of_the_other_region_are_not_edited(client: Browser, elsewhere: Any) -> None:
    _other, _home = elsewhere
    inside = make_enterprise(region_code="370301")
    outside = make_enterprise(region_code="370302")
    assert f"{inside.id}/edit" in client.get(f"{BASE}/enterprises/{inside.id}").text
    assert f"{outside.id}/edit" not in client.get(f"{BASE}/enterprises/{outside.id}").text


def test_the_edit_pages_of_the_other_department_do_not_open(
    client: Browser, elsewhere: Any
) -> None:
    other, _home = elsewhere
    outside = make_enterprise(region_code="370302")
    edits = [
        f"{BASE}/items/{make_item(other.id, published=True).id}/edit",
        f"{BASE}/officers/{make_officer(other.id).id}/edit",
        f"{BASE}/enterprises/{outside.id}/edit",
    ]
    assert [client.get(edit).status_code for edit in edits] == [403, 403, 403]
    unfilled = [client.post(edit, data={}) for edit in edits]
    assert [reply.status_code for reply in unfilled] == [403, 403, 403]


def test_an_officer_is_not_tied_to_an_account_of_the_other_department(
    client: Browser, elsewhere: Any
) -> None:
    other, home = elsewhere
    account, officer = make_account(department=other), make_officer(home.id)
    form = {
        "name": officer.name,
        "certificate": officer.certificate,
        "certificate_expires_on": "2031-01-01",
        "department_id": str(home.id),
        "active": "1",
        "revision": "1",
    }
    edit = f"{BASE}/officers/{officer.id}/edit"
    assert client.post(edit, data={**form, "login": account.login}).status_code == 422
    own = make_account(department=home)
    assert client.post(edit, data={**form, "login": own.login}).status_code == 303
