"""Signing in and out through the real endpoints."""

from __future__ import annotations

import pytest

from tests.factories.accounts import PASSWORD, make_account


def test_a_person_signs_in_and_is_known(client, sign_in):
    account = sign_in(client, role="inspector")
    me = client.get("/api/v1/me").get_json()
    assert me["login"] == account.login
    assert me["roles"] == ["inspector"]
    assert me["epoch"] == client.get("/api/v1/me").headers["Evenhand-Epoch"]


def test_a_signed_out_browser_is_nobody(client, sign_in):
    sign_in(client)
    assert client.delete("/api/v1/session").status_code == 204
    reply = client.get("/api/v1/me")
    assert reply.status_code == 401
    assert reply.get_json()["code"] == "access.sign_in_required"


def test_the_page_signs_in_without_javascript_and_goes_where_one_wanted(client, sign_in):
    account = make_account(role="supervisor")
    sent = {"login": account.login, "password": PASSWORD, "next": "/office/people?page=2"}
    reply = client.post("/sign-in", data=sent)
    assert (reply.status_code, reply.location) == (303, "/office/people?page=2")
    assert client.get("/office/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client, elsewhere):
    account = make_account(role="supervisor")
    sent = {"login": account.login, "password": PASSWORD, "next": elsewhere}
    assert client.post("/sign-in", data=sent).location == "/office/"


def test_an_inspector_who_signs_in_starts_in_the_phone_app(client):
    account = make_account(role="inspector")
    reply = client.post("/sign-in", data={"login": account.login, "password": PASSWORD})
    assert reply.location == "/app/"


def test_an_inspector_who_opened_the_office_is_led_to_the_phone_app(client):
    account = make_account(role="inspector")
    sent = {"login": account.login, "password": PASSWORD, "next": "/office/"}
    assert client.post("/sign-in", data=sent).location == "/app/"
    refused = client.get("/office/", headers={"Accept": "text/html"})
    assert refused.status_code == 403
    assert 'href="/app/"' in refused.text


def test_a_wrong_password_shows_the_page_again_with_the_name_kept(client):
    account = make_account(role="supervisor")
    reply = client.post("/sign-in", data={"login": account.login, "password": "wrong"})
    assert reply.status_code == 401
    assert f'value="{account.login}"' in reply.text


def as_full_width(text):
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@pytest.mark.parametrize(
    "typed", [as_full_width, " {}\u3000".format, "\u200b{}\ufeff".format, str.upper]
)
def test_a_name_opens_the_account_however_it_was_typed(client, typed):
    account = make_account(role="supervisor")
    reply = client.post("/sign-in", data={"login": typed(account.login), "password": PASSWORD})
    assert reply.status_code == 303


@pytest.mark.parametrize("known", [True, False])
def test_a_letter_that_only_looks_right_is_named_whether_or_not_the_name_exists(client, known):
    login = f"{make_account(role='supervisor').login}\u0430" if known else "nobody\u0430"
    reply = client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert reply.status_code == 401
    assert f"账号第{len(login)}位“\u0430”不是账号可用的字符" in reply.text


def test_a_password_spoiled_by_the_keyboard_is_named_and_counts_as_it_was_typed(client):
    login = make_account(role="supervisor").login
    wide = client.post("/sign-in", data={"login": login, "password": as_full_width(PASSWORD)})
    blank = client.post("/sign-in", data={"login": login, "password": f"{PASSWORD} "})
    assert (wide.status_code, blank.status_code) == (401, 401)
    assert "含有全角字符" in wide.text
    assert "首尾有空格" in blank.text


def test_a_form_that_a_step_up_interrupts_goes_on_after_it(client, sign_in):
    sign_in(client, role="system_admin")
    reply = client.post("/office/departments/new", data={"name": "城管局", "code": "Q9"})
    assert reply.status_code == 303
    kept = reply.location.removeprefix("/office/step-up?next=").replace("%2F", "/")
    refused = client.post("/office/step-up", data={"password": "no", "next": kept})
    assert refused.status_code == 403
    assert f'value="{kept}"' in refused.text
    proven = client.post("/office/step-up", data={"password": PASSWORD, "next": kept})
    assert proven.location == kept
    page = client.get(kept).text
    assert 'action="/office/departments/new"' in page
    assert "城管局" in page


def test_signing_out_ends_the_session_for_good(client, sign_in):
    sign_in(client)
    assert client.post("/office/sign-out").location == "/sign-in"
    assert client.get("/office/").location == "/sign-in?next=%2Foffice%2F"
