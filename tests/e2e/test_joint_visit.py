"""A joint visit on two phones of two departments: whose items are whose, and what the supervisors
of both see."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from backend.app.draws.service import drawing, holding, planning
from backend.app.visits.models import Visit
from tests.factories import draws as make
from tests.factories.replacements import Sent, give_accounts
from tests.serving import Server

from . import office
from .phone import Phone

pytestmark = pytest.mark.one_database


def joint(lead: make.County, other: make.County) -> UUID:
    """Make a dispatched joint draw of one enterprise with one seat a department; return its id."""
    one = [make.stratum(mode="number", num=0, den=1, count=1)]
    values = make.what(lead, strata=one, department_ids=[other.department.id])
    draw_id = planning.prepare(values, lead.operator)
    seats = [
        {"department_id": str(each.department.id), "speciality": "", "n": 1}
        for each in (lead, other)
    ]
    planning.change_who(draw_id, make.who(lead, team=seats), lead.operator)
    make.accept(draw_id, other)
    holding.freeze(draw_id, 3, lead.operator)
    run = {"text": make.TEXT, "rand": make.RAND, "dice": make.DICE}
    drawing.run_routine(draw_id, lead.operator, lead.witness, **run)
    assert drawing.dispatch(draw_id, lead.operator) == 1
    return draw_id


def test_each_department_answers_its_own_items_and_who_answers_for_another_is_named(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    lead, other = make.make_county(officers=3), make.make_county(officers=3, risks="")
    accounts = give_accounts(lead, other)
    sent = Sent(lead, joint(lead, other), accounts)
    visit = sent.visits()[0]
    first, second = sent.team(visit)
    mine, theirs = f"{other.item.code}:1", f"{lead.item.code}:1"

    host = Phone(chromium, server, accounts[first].login)
    guest = Phone(chromium, server, accounts[second].login)
    guest.open_checklist()
    guest.go(f"#/visit/{visit.id}/handin")
    named = guest.page.locator("[data-of-item]")
    expect(named).to_have_text([lead.item.name, other.item.name])
    guest.go(f"#/visit/{visit.id}/check")
    parts = guest.page.locator("[data-part]")
    expect(parts).to_have_text([other.department.name, lead.department.name])
    guest.answer(mine, "pass")
    expect(guest.point(theirs).locator("[data-mark=pass]")).to_be_disabled()
    expect(guest.page.locator("[data-next]")).to_have_text("本部门已全部作答")
    guest.page.locator("[data-take-over]").click()
    guest.page.locator("[data-yes]").click()
    guest.answer(theirs, "pass")
    guest.send_now()
    expect(guest.page.locator("text=本机内容全部送达").first).to_be_visible(timeout=60_000)

    host.send_now()
    host.go(f"#/visit/{visit.id}/check")
    expect(host.page.locator("[data-part]").first).to_have_text(lead.department.name)
    expect(host.point(theirs).locator("[data-mark=pass]")).to_have_attribute(
        "aria-pressed", "true", timeout=20_000
    )
    hand_in(host, visit)

    desk = office.desk(chromium, server, lead.witness_account.login)
    desk.goto(f"{server.origin}/office/review/{visit.id}")
    name = next(one.name for one in other.officers if one.id == second)
    expect(desk.locator("main")).to_contain_text(f"answered by {name} of another department")
    beside = office.desk(chromium, server, other.witness_account.login)
    beside.goto(f"{server.origin}/office/review")
    expect(beside.locator("main")).to_contain_text(f"{lead.department.name} leads and decides")
    assert [guest.errors, host.errors] == [[], []]


def hand_in(phone: Phone, visit: Visit) -> None:
    """Record that nothing was found, hand in, and send."""
    page = phone.page
    phone.go(f"#/visit/{visit.id}/handin")
    page.check("[name=category][value='1']", force=True)
    page.locator("[data-save-result]").click()
    page.locator("[data-hand-in]").click()
    page.locator("[role=dialog] button.seal, dialog button.seal").last.click()
    expect(page.locator(".done")).to_be_visible(timeout=20_000)
    phone.send_now()
    expect(page.locator("text=本机内容全部送达").first).to_be_visible(timeout=60_000)
