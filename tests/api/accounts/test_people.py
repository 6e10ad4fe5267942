"""Looking after people and departments: who may touch whom, and what is traced."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.app.accounts.models import Account, Department, RoleGrant, RoleProposal
from backend.app.accounts.service.trace import pseudonym
from backend.app.ledger.models import LedgerEntry, QueuedEntry
from tests.api.accounts.looking import traced
from tests.factories.accounts import PASSWORD, make_account, make_department

ROLES = "/office/people/{}/roles"
NEW = {"name": "新人", "login": "xinren", "employee_number": "A-1001"}


def roles_of(session, account) -> set[tuple[str, str]]:
    session.rollback()
    query = select(RoleGrant.role, RoleGrant.department_id)
    rows = session.execute(query.where(RoleGrant.account_id == account.id)).all()
    session.rollback()
    return {(role, str(place)) for role, place in rows}


def test_an_administrator_sees_the_people_of_their_departments_only(client, sign_in):
    mine = make_department("农业局")
    below = make_department("种子站", parent=mine)
    here = make_account(role=None, department=below, name="站员")
    elsewhere = make_account(role=None, name="别处")
    sign_in(client, role="department_admin", department=mine)
    listed = client.get("/office/people").text
    assert here.name in listed
    assert elsewhere.name not in listed
    assert client.get(f"/office/people/{elsewhere.id}").status_code == 404


def test_people_are_found_by_name_role_department_and_state(client, sign_in):
    home = make_department()
    found = make_account(role="supervisor", department=home, name="欧阳修")
    make_account(role="inspector", department=home, name="王安石")
    ended = make_account(role="supervisor", name="苏东坡", active=False)
    sign_in(client, role="system_admin")
    page = client.get(f"/office/people?q=阳修&role=supervisor&department={home.id}").text
    assert found.name in page
    assert "王安石" not in page
    assert ended.name not in client.get("/office/people").text
    assert ended.name in client.get("/office/people?state=ended").text
    odd = client.get("/office/people?department=nonsense&page=x&role=king&q=%25")
    assert odd.status_code == 200


def test_a_person_is_added_with_a_code_to_hand_over(client, sign_in, session):
    home = make_department()
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    sent = NEW | {"login": "Xin.Ren", "department_id": str(home.id), "locale": "zh-CN"}
    reply = client.post("/office/people/new", data=sent)
    assert reply.headers["Cache-Control"] == "no-store"
    assert 'class="big-code"' in reply.text
    made = session.scalar(select(Account).where(Account.login == "xin.ren"))
    assert (made.name, made.password_hash) == ("新人", None)


def test_a_taken_sign_in_name_is_said_beside_its_field(client, sign_in):
    home = make_department()
    taken = make_account(department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    sent = NEW | {"login": taken.login.upper(), "department_id": str(home.id)}
    reply = client.post("/office/people/new", data=sent)
    assert reply.status_code == 409
    assert 'id="error-login"' in reply.text


def test_one_person_has_one_account(client, sign_in):
    home = make_department()
    admin = sign_in(client, role="department_admin", department=home, stepped_up=True)
    has = make_account(department=home, name="李四")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in has.employee_number.lower())
    sent = NEW | {"employee_number": f" {wide} ", "department_id": str(home.id)}
    reply = client.post("/office/people/new", data=sent, headers={"X-Lang": "en"})
    assert reply.status_code == 409
    assert "This employee number belongs to another account" in reply.text
    assert has.name in reply.text and home.name in reply.text
    assert has.name in client.get(f"/office/people?q={has.employee_number}").text
    assert (
        admin.name
        not in client.get(f"/office/people?q={has.employee_number}").text.split("<main", 1)[1]
    )


def test_the_number_of_an_old_account_is_put_right_by_an_administrator(client, sign_in, session):
    home = make_department()
    sign_in(client, role="department_admin", department=home)
    old = make_account(department=home)
    session.execute(
        update(Account)
        .where(Account.id == old.id)
        .values(employee_number=old.login.upper(), number_checked=False)
    )
    session.commit()
    page = client.get(f"/office/people/{old.id}", headers={"X-Lang": "en"}).text
    assert "This account is older than employee numbers" in page
    sent = {
        "name": old.name,
        "login": old.login,
        "employee_number": "gh-204",
        "department_id": home.id,
    }
    assert client.post(f"/office/people/{old.id}", data=sent).status_code == 303
    session.expire_all()
    kept = session.get(Account, old.id)
    assert (kept.employee_number, kept.number_checked) == ("GH-204", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("login", "王五"),
        ("name", ""),
        ("department_id", "x"),
        ("login", ""),
        ("employee_number", ""),
    ],
)
def test_a_bad_field_is_marked_and_the_rest_is_kept(client, sign_in, field, value):
    home = make_department()
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    sent = NEW | {"department_id": str(home.id), field: value}
    reply = client.post("/office/people/new", data=sent)
    assert reply.status_code == 422
    assert f'id="error-{field}"' in reply.text


def test_nobody_is_added_to_a_department_one_does_not_administer(client, sign_in, session):
    sign_in(client, role="department_admin", stepped_up=True)
    elsewhere = make_department()
    sent = NEW | {"department_id": str(elsewhere.id)}
    assert client.post("/office/people/new", data=sent).status_code == 403
    assert session.scalar(select(Account).where(Account.login == "xinren")) is None


def test_changing_roles_needs_a_fresh_proof(client, sign_in, session):
    home = make_department()
    person = make_account(role="inspector", department=home)
    sign_in(client, role="department_admin", department=home)
    reply = client.post(ROLES.format(person.id), data={"grant": []})
    assert reply.status_code == 303
    assert reply.location.startswith("/office/step-up?next=%2Foffice%2Fkept%2F")
    assert roles_of(session, person) == {("inspector", str(home.id))}


def test_roles_are_given_and_taken_within_the_own_departments_and_traced(client, sign_in, session):
    home = make_department()
    below = make_department(parent=home)
    person = make_account(role="inspector", department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": [f"inspector:{below.id}"]})
    assert roles_of(session, person) == {("inspector", str(below.id))}
    assert traced(session, str(person.id)) == [], "entries are public: no account by its id"
    [entry] = traced(session, pseudonym(person.id))
    assert (entry.type, entry.actor) == ("role.granted", f"department_admin:{home.code}")
    assert person.name.encode() not in entry.body


@pytest.mark.parametrize("role", ["oversight", "system_admin"])
def test_a_department_administrator_cannot_give_a_wide_role(client, sign_in, session, role):
    home = make_department(is_oversight=True)
    person = make_account(role=None, department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": [f"{role}:{home.id}"]})
    assert roles_of(session, person) == set()


def test_a_role_cannot_be_given_in_somebody_elses_department(client, sign_in, session):
    home, elsewhere = make_department(), make_department()
    person = make_account(role=None, department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": [f"supervisor:{elsewhere.id}"]})
    assert roles_of(session, person) == set()


def test_being_supervisor_elsewhere_does_not_widen_an_administrators_reach(
    client, sign_in, session
):
    home, elsewhere = make_department(), make_department()
    person = make_account(role=None, department=elsewhere)
    admin = make_account(role="department_admin", department=home)
    session.add(RoleGrant(account_id=admin.id, department_id=elsewhere.id, role="supervisor"))
    session.commit()
    sign_in(client, account=admin, stepped_up=True)
    assert client.get(f"/office/people/{person.id}").status_code == 200
    client.post(ROLES.format(person.id), data={"grant": [f"inspector:{elsewhere.id}"]})
    assert roles_of(session, person) == set()


def test_nobody_changes_their_own_roles(client, sign_in, session):
    admin = sign_in(client, role="system_admin", stepped_up=True)
    client.post(ROLES.format(admin.id), data={"grant": []})
    assert {role for role, _ in roles_of(session, admin)} == {"system_admin"}


def test_holders_of_wide_roles_are_out_of_a_department_administrators_reach(client, sign_in):
    home = make_department()
    chief = make_account(role="system_admin", department=home)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    assert client.post(f"/office/people/{chief.id}/active", data={"active": "0"}).status_code == 403
    assert client.post(f"/office/people/{chief.id}/code").status_code == 403


def test_holders_of_roles_elsewhere_are_out_of_a_department_administrators_reach(
    client, sign_in, session
):
    """An activation code for such an account would hand those roles over with it."""
    above = make_department()
    home = make_department(parent=above)
    chief = make_account(role="inspector", department=home, activated=False)
    session.add(RoleGrant(account_id=chief.id, department_id=above.id, role="department_admin"))
    session.commit()
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    assert client.post(f"/office/people/{chief.id}/code").status_code == 403
    assert client.post(f"/office/people/{chief.id}/active", data={"active": "0"}).status_code == 403
    other = make_account(role="department_admin", department=above)
    sign_in(client, account=other, stepped_up=True)
    assert client.post(f"/office/people/{chief.id}/code").status_code == 200


def test_the_oversight_role_lives_in_the_oversight_office(client, sign_in, session):
    office, other = make_department(is_oversight=True), make_department()
    person = make_account(role=None, department=other)
    sign_in(client, role="system_admin", stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": [f"oversight:{other.id}"]})
    assert roles_of(session, person) == set()
    client.post(ROLES.format(person.id), data={"grant": [f"oversight:{office.id}"]})
    proposed = session.scalars(select(RoleProposal.department_id)).all()
    assert proposed == [office.id]


def test_ending_an_account_signs_its_browsers_out_at_once(app, client, sign_in):
    home = make_department()
    person = make_account(role="inspector", department=home)
    theirs = app.test_client()
    sign_in(theirs, account=person)
    sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(f"/office/people/{person.id}/active", data={"active": "0"})
    assert theirs.get("/api/v1/me").status_code == 401
    client.post(f"/office/people/{person.id}/active", data={"active": "1"})
    assert theirs.get("/api/v1/me").status_code == 401


def test_no_public_entry_about_a_person_holds_the_id_of_an_account(client, sign_in, session):
    home = make_department()
    person = make_account(role="inspector", department=home)
    admin = sign_in(client, role="department_admin", department=home, stepped_up=True)
    client.post(ROLES.format(person.id), data={"grant": [f"supervisor:{home.id}"]})
    client.post(f"/office/people/{person.id}/active", data={"active": "0"})
    passwords = {"old": PASSWORD, "new": "another long secret"}
    client.post("/office/account/password", data=passwords)
    session.rollback()
    entries = session.scalars(select(QueuedEntry.entry)).all()
    entries += session.scalars(select(LedgerEntry.entry)).all()
    assert len(entries) == 4
    for entry in entries:
        for account in (person, admin):
            assert str(account.id).encode() not in entry
            assert account.id.hex.encode() not in entry


def test_oversight_reads_people_and_changes_nobody(client, sign_in):
    person = make_account()
    sign_in(client, role="oversight", stepped_up=True)
    assert client.get(f"/office/people/{person.id}").status_code == 200
    assert client.post(ROLES.format(person.id), data={}).status_code == 403


def department_form(**changes) -> dict[str, str]:
    values = {"code": "NEW-1", "name": "水务局", "region_code": "370399", "active": "1"}
    return values | {name: str(value) for name, value in changes.items()}


def test_the_tree_shows_departments_below_each_other(client, sign_in):
    top = make_department("市政府")
    low = make_department("水务局", parent=top)
    sign_in(client, role="system_admin")
    page = client.get("/office/departments").text
    assert page.index(top.name) < page.index(low.name)


def test_a_department_is_added_below_another(client, sign_in, session):
    top = make_department()
    sign_in(client, role="system_admin", stepped_up=True)
    client.post("/office/departments/new", data=department_form(parent_id=top.id))
    made = session.scalar(select(Department).where(Department.code == "NEW-1"))
    assert (made.name, made.parent_id) == ("水务局", top.id)


def test_a_department_cannot_stand_below_itself(client, sign_in, session):
    top = make_department()
    low = make_department(parent=top)
    sign_in(client, role="system_admin", stepped_up=True)
    sent = department_form(code=top.code, parent_id=low.id)
    assert client.post(f"/office/departments/{top.id}", data=sent).status_code == 422
    assert session.get(Department, top.id).parent_id is None


def test_naming_another_oversight_office_ends_the_first(client, sign_in, session):
    make_department(is_oversight=True)
    second = make_department()
    sign_in(client, role="system_admin", stepped_up=True)
    sent = department_form(code=second.code, is_oversight=1)
    assert client.post(f"/office/departments/{second.id}", data=sent).status_code == 303
    offices = session.scalars(select(Department.id).where(Department.is_oversight)).all()
    assert offices == [second.id]
    session.rollback()
    sent = department_form(code=second.code)
    assert client.post(f"/office/departments/{second.id}", data=sent).status_code == 422


def test_a_department_with_people_is_not_ended(client, sign_in, session):
    home = make_department()
    person = make_account(department=home)
    sign_in(client, role="system_admin", stepped_up=True)
    sent = department_form(code=home.code)
    sent.pop("active")
    assert client.post(f"/office/departments/{home.id}", data=sent).status_code == 422
    session.execute(update(Account).where(Account.id == person.id).values(active=False))
    session.commit()
    assert client.post(f"/office/departments/{home.id}", data=sent).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"), [("code", "水 务"), ("region_code", "37"), ("name", ""), ("parent_id", "x")]
)
def test_a_bad_department_field_is_marked(client, sign_in, field, value):
    sign_in(client, role="system_admin", stepped_up=True)
    reply = client.post("/office/departments/new", data=department_form(**{field: value}))
    assert reply.status_code == 422
    assert f'id="error-{field}"' in reply.text


def test_a_department_code_belongs_to_one(client, sign_in):
    first = make_department()
    sign_in(client, role="system_admin", stepped_up=True)
    reply = client.post("/office/departments/new", data=department_form(code=first.code))
    assert reply.status_code == 409


def test_only_the_system_administrator_edits_departments(client, sign_in):
    sign_in(client, role="department_admin", stepped_up=True)
    assert client.post("/office/departments/new", data=department_form()).status_code == 403


def test_the_overview_counts_people_who_are_not_activated(client, sign_in, session):
    home = make_department()
    person = make_account(role=None, department=home)
    sign_in(client, role="department_admin", department=home)
    assert '/office/people"><b>' not in client.get("/office/").text
    session.execute(update(Account).where(Account.id == person.id).values(password_hash=None))
    session.commit()
    assert '/office/people"><b>1</b>' in client.get("/office/").text


def test_the_first_sign_in_page_sets_the_password(client, sign_in):
    person = make_account(role="supervisor", activated=False)
    sign_in(client, role="system_admin", stepped_up=True)
    page = client.post(f"/office/people/{person.id}/code").text
    code = page.split('<p class="big-code">')[1].split("<")[0]
    client.post("/office/sign-out")
    sent = {"login": person.login, "code": code, "password": "一个足够长的新口令句子"}
    assert client.post("/activate", data={**sent, "code": "AAAA"}).status_code == 401
    assert client.post("/activate", data=sent).location == "/office/"


def test_the_overview_names_certificates_that_end(client, sign_in, session):
    from datetime import timedelta

    from backend.app.platform import clock
    from backend.app.registry.models import Officer

    home, elsewhere = make_department(), make_department()
    for number, (place, days) in enumerate([(home, -1), (home, 5), (home, 900), (elsewhere, -1)]):
        session.add(
            Officer(
                department_id=place.id,
                name="执法员",
                certificate=f"370399{number:05}",
                certificate_expires_on=clock.today() + timedelta(days=days),
                specialities=[],
                active=True,
                search_text="",
            )
        )
    session.commit()
    sign_in(client, role="department_admin", department=home)
    page = client.get("/office/").text
    assert 'state=expired"><b>1</b>' in page
    assert 'state=expiring"><b>1</b>' in page
