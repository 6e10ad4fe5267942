"""Renewing the access of an account in use takes two persons, tells the owner, and takes a day."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, CredentialReset, Department, Passkey
from backend.app.accounts.service.trace import pseudonym
from backend.app.platform import clock
from tests.api.accounts.looking import traced
from tests.api.accounts.test_roles import desk
from tests.conftest import SignIn
from tests.factories.accounts import PASSWORD, make_account, make_department

PEOPLE, RESETS = "/office/people", "/office/people/resets"
EN = {"X-Lang": "en"}


def ordered(session: Session, orders: Any, owner: Account, *kept: Passkey) -> UUID:
    """The id of a renewal that the desk ``orders`` has ordered for the owner."""
    data = {"kept": [str(one.id) for one in kept]}
    assert orders.post(f"{PEOPLE}/{owner.id}/reset", data=data).status_code == 303
    found = session.scalars(select(CredentialReset.id)).one()
    session.rollback()
    return found


def later(session: Session, hours: int) -> None:
    """The day after an agreement is over by so many hours."""
    then = clock.now() - timedelta(hours=hours)
    session.execute(update(CredentialReset).values(works_at=then))
    session.commit()


def admin(home: Department, role: str = "department_admin") -> Account:
    return make_account(role=role, department=home)


def test_an_administrator_does_not_reset_a_supervisors_code_alone_and_the_owner_is_told(
    app: Flask, client: Any, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    owner = make_account(role="supervisor", department=home)
    orders = desk(app, sign_in, admin(home))
    refused = orders.post(f"{PEOPLE}/{owner.id}/code", headers=EN)
    assert (refused.status_code, "big-code" in refused.text) == (409, False)
    reset = ordered(session, orders, owner)
    assert orders.post(f"{RESETS}/{reset}/agree").status_code == 404
    assert orders.post(f"{RESETS}/{reset}/code").status_code == 409
    sign_in(client, account=owner)
    for page in ("/office/", "/office/account"):
        assert "Somebody ordered on" in client.get(page, headers=EN).text
    assert client.post("/office/account/reset/object").status_code == 303
    second = desk(app, sign_in, admin(home))
    assert second.post(f"{RESETS}/{reset}/agree").status_code == 409
    assert "was stopped" in client.get("/office/", headers=EN).text
    client.post("/office/account/reset/read")
    assert "was stopped" not in client.get("/office/", headers=EN).text
    assert client.post("/api/v1/session", json={"login": owner.login, "password": PASSWORD})
    kinds = [entry.type for entry in traced(session, pseudonym(owner.id))]
    assert kinds == ["credential.reset", "credential.reset"]


@pytest.mark.parametrize("role", ["department_admin", "oversight"])
def test_the_code_is_made_a_day_after_the_agreement_at_once_if_oversight_agrees(
    app: Flask, client: Any, sign_in: SignIn, session: Session, role: str
) -> None:
    home = make_department()
    office = home if role != "oversight" else make_department(is_oversight=True)
    owner = make_account(role="supervisor", department=home)
    keys = [
        Passkey(account_id=owner.id, credential_id=bytes([n]), public_key=b"k", name=str(n))
        for n in range(2)
    ]
    session.add_all(keys)
    session.commit()
    orders, second = desk(app, sign_in, admin(home)), desk(app, sign_in, admin(office, role))
    reset = ordered(session, orders, owner, keys[0])
    for _press in range(2):
        assert second.post(f"{RESETS}/{reset}/agree").status_code == 303
    if role != "oversight":
        assert orders.post(f"{RESETS}/{reset}/code").status_code == 409
        later(session, 1)
    made = orders.post(f"{RESETS}/{reset}/code")
    code = re.search(r'class="big-code"[^>]*>([^<]+)<', made.text)
    assert code is not None
    live = select(Passkey.id).where(Passkey.revoked_at.is_(None))
    assert session.scalars(live).all() == [keys[0].id]
    session.rollback()
    sent = {"login": owner.login, "code": code[1].strip(), "password": "一个足够长的新口令句子"}
    assert client.post("/activate", data=sent).status_code == 303
    assert "Your access was renewed on" in client.get("/office/", headers=EN).text
    assert orders.post(f"{RESETS}/{reset}/code").status_code == 409


def test_a_dependent_person_does_not_agree_to_a_renewal(
    app: Flask, client: Any, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    owner = make_account(role="supervisor", department=home)
    orders = desk(app, sign_in, admin(home))
    reset = ordered(session, orders, owner)
    yesterday = clock.now() - timedelta(days=1)
    puppet = make_account(role="department_admin", department=home, created_at=yesterday)
    assert desk(app, sign_in, puppet).post(f"{RESETS}/{reset}/agree").status_code == 409
    assert orders.post(f"{RESETS}/{reset}/withdraw").status_code == 303
    assert desk(app, sign_in, admin(home)).post(f"{RESETS}/{reset}/agree").status_code == 409
