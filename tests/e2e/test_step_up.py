"""A form that a step-up interrupts goes on afterwards with what was typed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import LoginSession, RoleGrant
from backend.app.platform.database import db
from tests.factories.accounts import PASSWORD, make_account, make_department

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_roles_that_were_ticked_are_saved_after_the_proof(server, behind, chromium, script):
    home = make_department()
    admin = make_account(role="department_admin", department=home)
    person = make_account(role=None, department=home)
    context = chromium.new_context(base_url=server.origin, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"/sign-in?next=/office/people/{person.id}")
    page.locator("[name=login]").fill(admin.login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.primary").click()
    page.wait_for_url(f"**/office/people/{person.id}")
    with Session(db.engine) as session:
        session.execute(update(LoginSession).values(step_up_at=None))
        session.commit()

    page.locator(f"input[value='inspector:{home.id}']").check()
    page.locator("form[action$='/roles'] button.primary").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.primary").click()
    if not script:
        page.locator("form[data-go-on] button").click()
    page.locator(".flash.ok").wait_for()

    assert page.url.endswith(f"/office/people/{person.id}")
    assert page.locator(f"input[value='inspector:{home.id}']").is_checked()
    with Session(db.engine) as session:
        held = select(RoleGrant.role).where(RoleGrant.account_id == person.id)
        assert session.scalars(held).all() == ["inspector"]
    context.close()
