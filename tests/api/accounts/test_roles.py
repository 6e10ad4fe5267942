"""Roles that decide are given by two persons who are independent of each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department, RoleProposal
from backend.app.accounts.service.trace import pseudonym
from backend.app.platform import clock
from tests.api.accounts.looking import traced
from tests.api.accounts.test_people import ROLES, roles_of
from tests.conftest import Browser, SignIn
from tests.factories.accounts import make_account, make_department

HERE = "/office/people/roles"


def proposed(
    client: Browser, sign_in: SignIn, session: Session, person: Account, role: str, by: Account
) -> UUID:
    """The id of a role that ``by`` proposed for ``person`` in the person's department."""
    sign_in(client, account=by, stepped_up=True)
    where = person.department_id
    client.post(ROLES.format(person.id), data={"grant": [f"{role}:{where}"]})
    found = session.scalars(select(RoleProposal.id)).one()
    session.rollback()
    return found


def desk(app: Flask, sign_in: SignIn, account: Account) -> Any:
    browser = app.test_client()
    sign_in(browser, account=account, stepped_up=True)
    return browser


def test_a_supervisor_is_made_by_two_persons_and_both_acts_are_traced(
    app: Flask, client: Browser, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    person = make_account(role=None, department=home)
    one, other = (make_account(role="department_admin", department=home) for _ in range(2))
    proposal = proposed(client, sign_in, session, person, "supervisor", one)
    assert roles_of(session, person) == set()
    assert client.post(f"{HERE}/{proposal}/agree").status_code == 404, "not by who proposed it"
    second = desk(app, sign_in, other)
    assert "待您同意的授权" in second.get("/office/").text
    assert person.name in second.get(HERE).text
    for _press in range(2):
        assert second.post(f"{HERE}/{proposal}/agree").status_code == 303
    assert roles_of(session, person) == {("supervisor", str(home.id))}
    kinds = [entry.type for entry in traced(session, pseudonym(person.id))]
    assert sorted(kinds) == ["role.granted", "role.proposed"]


def test_a_role_is_taken_away_at_once_and_traced(
    client: Browser, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    person = make_account(role="supervisor", department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": []})
    assert roles_of(session, person) == set()
    assert [entry.type for entry in traced(session, pseudonym(person.id))] == ["role.granted"]


def test_a_made_account_does_not_agree_to_the_roles_its_maker_proposes(
    app: Flask, client: Browser, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    person = make_account(role=None, department=home)
    maker = make_account(role="department_admin", department=home)
    yesterday = clock.now() - timedelta(days=1)
    puppet = make_account(role="department_admin", department=home, created_at=yesterday)
    proposal = proposed(client, sign_in, session, person, "supervisor", maker)
    reply = desk(app, sign_in, puppet).post(f"{HERE}/{proposal}/agree")
    assert (reply.status_code, "相互独立" in reply.text) == (409, True)
    assert roles_of(session, person) == set()


def test_who_is_tied_to_the_account_does_not_agree_to_its_role(
    app: Flask, client: Browser, sign_in: SignIn, session: Session
) -> None:
    home = make_department()
    one, other = (make_account(role="department_admin", department=home) for _ in range(2))
    makes = desk(app, sign_in, other)
    form = {"name": "新人", "login": "xinren", "employee_number": "7", "department_id": home.id}
    assert makes.post("/office/people/new", data=form).status_code == 200
    person = session.scalars(select(Account).where(Account.login == "xinren")).one()
    session.commit()
    proposal = proposed(client, sign_in, session, person, "supervisor", one)
    assert makes.post(f"{HERE}/{proposal}/agree").status_code == 409


@pytest.mark.parametrize("near", [True, False])
def test_a_role_over_all_departments_is_agreed_to_by_another_department(
    app: Flask, client: Browser, sign_in: SignIn, session: Session, near: bool
) -> None:
    office, elsewhere = make_department(is_oversight=True), make_department()
    person = make_account(role=None, department=office)
    one = make_account(role="system_admin", department=office)
    other = make_account(role="department_admin", department=office if near else elsewhere)
    proposal = proposed(client, sign_in, session, person, "oversight", one)
    reply = desk(app, sign_in, other).post(f"{HERE}/{proposal}/agree")
    assert reply.status_code == (403 if near else 303)
    assert (roles_of(session, person) == set()) is near


@pytest.mark.parametrize("ending", ["refuse", "withdraw", "late"])
def test_a_proposal_ends_by_refusal_withdrawal_or_after_thirty_days(
    app: Flask, client: Browser, sign_in: SignIn, session: Session, ending: str
) -> None:
    home = make_department()
    person = make_account(role=None, department=home)
    one, other = (make_account(role="department_admin", department=home) for _ in range(2))
    proposal = proposed(client, sign_in, session, person, "supervisor", one)
    second = desk(app, sign_in, other)
    if ending == "refuse":
        assert second.post(f"{HERE}/{proposal}/refuse", data={"words": " "}).status_code == 422
        assert second.post(f"{HERE}/{proposal}/refuse", data={"words": "不合适"}).status_code == 303
    elif ending == "withdraw":
        assert second.post(f"{HERE}/{proposal}/withdraw").status_code == 404
        assert client.post(f"{HERE}/{proposal}/withdraw").status_code == 303
    else:
        before = clock.now() - timedelta(days=30)
        session.execute(update(RoleProposal).values(proposed_at=before))
        session.commit()
    assert second.post(f"{HERE}/{proposal}/agree").status_code == 409
    assert person.name not in second.get(HERE).text
    assert roles_of(session, person) == set()


def test_one_department_does_not_see_the_roles_that_wait_in_another(
    app: Flask, client: Browser, sign_in: SignIn, session: Session
) -> None:
    home: Department = make_department()
    person = make_account(role=None, department=home)
    one = make_account(role="department_admin", department=home)
    proposal = proposed(client, sign_in, session, person, "supervisor", one)
    stranger = desk(app, sign_in, make_account(role="department_admin"))
    assert person.name not in stranger.get(HERE).text
    assert stranger.post(f"{HERE}/{proposal}/agree").status_code == 404
    assert stranger.post(f"{HERE}/{proposal}/refuse", data={"words": "不"}).status_code in {
        404,
        422,
    }
