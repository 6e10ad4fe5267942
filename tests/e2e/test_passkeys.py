"""Passkeys in real Chromium with its virtual authenticator, against the real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from backend.app.platform.database import db
from tests.factories.accounts import PASSWORD, make_account

pytestmark = pytest.mark.one_database


@pytest.fixture
def page(server, chromium) -> Iterator[Page]:
    """Yield a page of a browser whose device has an authenticator that always says yes."""
    context = chromium.new_context(base_url=server.origin, locale="zh-CN")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def sign_in_with_password(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.primary").click()
    page.wait_for_url("**/office/")


def add_passkey(page: Page, name: str) -> None:
    page.goto("/office/account")
    page.locator("#new-passkey").fill(name)
    page.locator("[data-passkey-add] button").click()
    page.locator(f'input[name=name][value="{name}"]').wait_for()


def sign_out(page: Page) -> None:
    page.locator("form[action='/office/sign-out'] button").click()
    page.wait_for_url("**/sign-in")


def forget_proof(account_id) -> None:
    """Make every proof of identity of the account an old one."""
    from sqlalchemy import update
    from sqlalchemy.orm import Session

    from backend.app.accounts.models import LoginSession

    with Session(db.engine) as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == account_id)
            .values(step_up_at=None)
        )
        session.commit()


def test_a_person_adds_a_passkey_signs_in_with_it_and_proves_again_who_they_are(behind, page):
    account = make_account(role="system_admin")
    sign_in_with_password(page, account.login)
    add_passkey(page, "办公电脑")
    sign_out(page)

    page.locator("[data-passkey-sign-in] button").click()
    page.wait_for_url("**/office/")
    assert account.name in page.locator(".side-foot").inner_text()

    forget_proof(account.id)
    page.goto("/office/step-up?next=/office/account")
    page.locator("[data-passkey-step-up] button").click()
    page.wait_for_url("**/office/account")
    assert page.locator("input[name=name]").input_value() == "办公电脑"


def test_a_removed_passkey_signs_nobody_in(behind, page):
    account = make_account(role="supervisor")
    sign_in_with_password(page, account.login)
    add_passkey(page, "旧手机")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("form[action$='/remove'] button").click()
    page.locator(".flash.ok").wait_for()
    sign_out(page)

    page.locator("[data-passkey-sign-in] button").click()
    page.locator("[data-passkey-sign-in] [role=alert]").wait_for(state="visible")
    assert page.url.endswith("/sign-in")


def test_adding_a_passkey_asks_for_a_fresh_proof_first(behind, page):
    account = make_account(role="supervisor")
    sign_in_with_password(page, account.login)
    forget_proof(account.id)
    page.goto("/office/account")
    page.locator("[data-passkey-add] button").click()
    page.wait_for_url("**/office/step-up?next=/office/account")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.primary").click()
    page.wait_for_url("**/office/account")


def test_the_phone_asks_for_the_password_in_place_and_then_adds_the_passkey(behind, page):
    account = make_account(role="inspector")
    page.goto("/app/")
    page.locator("[name=login]").fill(account.login)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("nav").wait_for()
    page.evaluate("location.hash = '#/me'")
    forget_proof(account.id)

    page.locator("[data-passkey]").click()
    question = page.locator("[data-prove]")
    question.locator("[name=password]").fill("not the password")
    page.keyboard.press("Enter")
    question.locator("[role=alert]").wait_for()
    question.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[role=status]", has_text="已添加").wait_for()

    assert page.locator("[data-prove]").count() == 0
    passkeys = page.evaluate("fetch('/api/v1/passkeys').then(reply => reply.json())")
    assert len(passkeys) == 1
