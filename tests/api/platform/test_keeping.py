"""What caches may keep, whom the figures are for, and values that no column holds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from backend.app.platform.database import db

PRIVATE = ("/office/", "/office/people", "/office/account", "/api/v1/me", "/api/v1/sessions")


@pytest.mark.parametrize("address", PRIVATE)
def test_no_cache_keeps_what_only_a_signed_in_person_sees(
    address: str, client: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"


def test_no_cache_keeps_a_refusal_or_a_page_that_begins_a_session(client: Any) -> None:
    for address in ("/office/people", "/sign-in", "/api/v1/me", "/nowhere"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


def test_a_public_page_that_sets_the_session_is_kept_by_nobody(own_app: Any) -> None:
    """The session's cookie is written last, after every header."""

    @own_app.get("/careless")
    def careless() -> Any:
        from flask import make_response, session

        session["seen"] = True
        reply = make_response("public")
        reply.headers["Cache-Control"] = "public, max-age=60"
        return reply

    reply = own_app.test_client().get("/careless")
    assert "Set-Cookie" in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"


def test_public_pages_may_still_be_kept(client: Any) -> None:
    assert client.get("/").headers["Cache-Control"] == "public, max-age=60"


def test_the_figures_are_not_passed_on_by_a_proxy_on_this_machine(client: Any) -> None:
    assert client.get("/metrics").status_code == 200
    for name in ("Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"):
        reply = client.get("/metrics", headers={name: "203.0.113.9"})
        assert reply.status_code == 403, name


@pytest.mark.parametrize(
    "address",
    [
        "/results?to=9999-12-31",
        "/results?from=0001-01-01",
        "/open/v1/results?since=0001-01-01T00:00:00%2B14:00",
        "/open/v1/results?since=9999-12-31T23:59:59-12:00",
    ],
)
def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for(
    address: str, client: Any
) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/enterprises/%00", "/draws/%00", "/items/%00"])
def test_a_text_that_no_column_holds_is_refused_and_not_an_error_of_ours(
    address: str, client: Any
) -> None:
    assert client.get(address).status_code == 400


def test_a_sign_in_name_that_no_column_holds_is_refused(client: Any) -> None:
    form = {"login": "a\0b", "password": "correct horse"}
    assert client.post("/api/v1/session", json=form).status_code == 400


def test_an_error_of_the_database_tells_no_values(app: Any) -> None:
    """Such errors go to the log whole, and no person belongs there."""
    with Session(db.engine) as session, pytest.raises(StatementError) as caught:
        session.execute(text("SELECT :phone FROM no_such_table"), {"phone": "13955556666"})
    assert "13955556666" not in str(caught.value)
