"""What is typed into a form of the office outlives the session in which it was begun."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import LoginSession
from backend.app.platform import clock
from backend.app.platform.forms.kept import KeptForm
from backend.app.platform.forms.sent import SentForm
from tests.factories.accounts import PASSWORD, add_role, make_account, make_department

TYPED = "写了一半的话，还没有送出"
SECRET = {
    "accounts.do_change_password",
    "draws.slip",
    "draws.witness_reveal",
}
NOTHING = {"accounts.do_sign_out", "accounts.do_step_up"}
SAMPLES = {"UUIDConverter": UUID(int=7), "IntegerConverter": 1}


@pytest.fixture
def author(client, sign_in):
    """A person with every role of the office, signed in."""
    made = make_account(role="system_admin", department=make_department(is_oversight=True))
    for role in ("department_admin", "supervisor", "oversight"):
        add_role(made, role)
    sign_in(client, account=made, stepped_up=True)
    return made


def office_forms(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every form of the office."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or ()) or view.__dict__.get("access") == "public":
            continue
        values = {n: SAMPLES.get(type(c).__name__, "x") for n, c in rule._converters.items()}
        _domain, address = rule.build(values) or ("", "")
        if not address.startswith("/api/"):
            yield rule.endpoint, address


def form_on(client, address: str = "/office/account") -> dict[str, str]:
    """The hidden marks of the first form on a page."""
    page = client.get(address).get_data(as_text=True)
    names = ("csrf_token", "form_id")
    return {n: re.search(f'name="{n}" value="([^"]+)"', page)[1] for n in names}


def end_session(session: Session) -> None:
    session.execute(update(LoginSession).values(revoked_at=clock.now()))
    session.commit()


def take_kept(session: Session) -> KeptForm | None:
    """The only kept form, which is then forgotten."""
    session.rollback()
    row = session.scalar(select(KeptForm))
    if row is not None:
        session.expunge(row)
        session.execute(delete(KeptForm))
    session.commit()
    return row


def kept_address(reply) -> str:
    """Where the kept form goes on, from an answer that leads there or to signing in first."""
    target = urlsplit(reply.headers["Location"])
    return parse_qs(target.query).get("next", [target.path])[0]


def test_every_form_is_kept_when_its_session_has_ended(app, client, author, session):
    marks = form_on(client)
    end_session(session)
    lost = []
    for endpoint, address in office_forms(app):
        reply = client.post(address, data={**marks, "note": TYPED})
        row = take_kept(session)
        if endpoint in SECRET | NOTHING:
            fine = (row is None and "lost=secret" in reply.location) or endpoint in NOTHING
        else:
            fine = row is not None and ["note", TYPED] in row.fields and row.address == address
            fine = fine and reply.location.startswith("/sign-in?next=%2Foffice%2Fkept%2F")
        if not fine or reply.status_code != 303:
            lost.append(f"{endpoint} {address} answered {reply.status_code} {reply.location}")
    assert not lost, "\n".join(lost)
    assert {endpoint for endpoint, _address in office_forms(app)} >= SECRET | NOTHING


def test_every_form_of_a_page_from_before_the_last_sign_in_is_kept(app, client, author, session):
    marks = form_on(client) | {"csrf_token": "of another session"}
    lost = []
    for endpoint, address in office_forms(app):
        reply = client.post(address, data={**marks, "note": TYPED}, without_token=True)
        row = take_kept(session)
        kept = row is not None and ["note", TYPED] in row.fields
        if endpoint in SECRET | NOTHING:
            fine = reply.status_code == 403 and row is None
        else:
            fine = reply.status_code == 303 and kept and "/office/kept/" in reply.location
        if not fine:
            lost.append(f"{endpoint} {address} answered {reply.status_code}")
    assert not lost, "\n".join(lost)


def test_an_interrupted_form_goes_on_after_signing_in(client, author, session):
    marks = form_on(client, "/office/departments/new")
    end_session(session)
    typed = {"name": "  某某所 \u200b", "code": "Ａ－１", "region_code": "370399", "active": "1"}
    reply = client.post("/office/departments/new", data={**marks, **typed})
    sign_in_page = client.get(reply.location).get_data(as_text=True)
    assert "某某所" not in sign_in_page
    signed = {"login": author.login, "password": PASSWORD, "next": kept_address(reply)}
    reply = client.post("/sign-in", data=signed)
    assert reply.location == signed["next"]
    page = client.get(reply.location).get_data(as_text=True)
    fields = re.findall(r'<textarea name="(\w+)" hidden readonly>\n(.*?)</textarea>', page, re.S)
    again = {name: unescape(text) for name, text in fields}
    assert {name: again[name] for name in typed} == typed
    again |= {"kept_id": reply.location.rsplit("/", 1)[1]}
    done = client.post("/office/departments/new", data=again)
    assert done.location == "/office/departments"
    listed = client.get(done.location).get_data(as_text=True)
    assert "某某所" in listed
    assert "A-1" in listed
    assert take_kept(session) is None


def test_a_kept_form_is_neither_shown_to_another_person_nor_sent_in_their_name(
    app, client, author, session, sign_in
):
    marks = form_on(client)
    end_session(session)
    reply = client.post("/office/departments/new", data={**marks, "name": TYPED})
    sign_in(client, role="system_admin", stepped_up=True)
    page = client.get(kept_address(reply)).get_data(as_text=True)
    assert TYPED not in page
    assert "/office/departments/new" not in page
    assert TYPED not in client.get("/office/kept").get_data(as_text=True)
    again = client.post("/office/departments/new", data={**marks, "name": TYPED})
    assert kept_address(again).startswith("/office/kept/")
    assert client.post(f"{kept_address(reply)}/drop").status_code == 303
    assert len(session.scalars(select(KeptForm)).all()) == 2


def test_a_mark_that_was_changed_keeps_nothing(client, author, session):
    marks = form_on(client)
    end_session(session)
    forged = marks["form_id"][:-1] + ("0" if marks["form_id"][-1] != "0" else "1")
    reply = client.post("/office/departments/new", data={**marks, "form_id": forged, "a": "b"})
    assert reply.location.startswith("/sign-in?next=%2Foffice%2F")
    assert take_kept(session) is None


def test_a_part_of_a_page_says_that_the_session_ended_and_leaves_the_page(client, author, session):
    end_session(session)
    reply = client.post("/office/draws/count", data={"a": "b"}, headers={"HX-Request": "true"})
    assert reply.status_code == 200
    assert reply.headers["HX-Retarget"] == "#notice"
    assert "HX-Redirect" not in reply.headers
    assert 'href="/sign-in"' in reply.get_data(as_text=True)


def test_a_password_is_in_no_row_of_forms(client, author, session):
    marks = form_on(client)
    client.post("/office/account/password", data={**marks, "old": "wrong one", "new": "a"})
    assert session.scalars(select(SentForm)).all() == []
    assert session.scalars(select(KeptForm)).all() == []


def test_the_first_page_names_forms_that_were_not_sent(client, author, session, sign_in):
    marks = form_on(client)
    end_session(session)
    client.post("/office/departments/new", data={**marks, "name": TYPED})
    sign_in(client, account=author)
    assert "/office/kept" in client.get("/office/").get_data(as_text=True)
    assert TYPED in client.get("/office/kept").get_data(as_text=True)


def test_a_refused_form_is_in_the_page_that_says_so(client, author):
    marks = form_on(client)
    absent = UUID(int=7)
    reply = client.post(f"/office/draws/{absent}/void", data={**marks, "reason": TYPED})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 404
    assert TYPED in page
    assert 'id="side"' in page


def test_files_have_to_be_chosen_again_and_are_named(client, author, session, sign_in):
    from io import BytesIO

    marks = form_on(client)
    end_session(session)
    data = {**marks, "kind": "officers", "file": (BytesIO(b"a,b"), "名单.csv")}
    reply = client.post("/office/registry/imports/new", data=data)
    sign_in(client, account=author)
    page = client.get(kept_address(reply)).get_data(as_text=True)
    assert "名单.csv" in page
    assert 'type="file" name="file"' in page
    assert "data-go-on" not in page
