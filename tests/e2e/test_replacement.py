"""An officer steps back without a network, and lot draws another, whose phone gets the visit.

What the first officer still writes stays beside the record. The public verifier says equal.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from backend.app.visits.models import Visit
from tests.factories import draws as drawing
from tests.factories.replacements import Sent, dispatched
from tests.serving import Server

from . import office
from .phone import Phone

pytestmark = pytest.mark.one_database


def send(phone: Phone) -> None:
    """Send what waits, and see that nothing waits any more."""
    phone.go("#/sync")
    phone.page.locator("[data-send-now]").click()


def open_visit(phone: Phone, visit: Visit, part: str = "") -> None:
    phone.go(f"#/visit/{visit.id}{part}")


def ask_for_recusal(phone: Phone) -> None:
    """Ask for recusal through the sheet, with a ground and words."""
    phone.page.locator("[data-ask-recusal]").click()
    phone.page.locator("[name=ground][value=interest]").check(force=True)
    phone.page.fill("[name=words]", "我是该店股东")
    phone.page.locator("[data-send-recusal]").dblclick()
    expect(phone.page.locator("[data-recusal]")).to_contain_text("等待下一批补派")


def test_a_recusal_without_a_network_leads_to_another_officer_and_to_an_equal_draw(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    point = point_of(sent)
    wang = Phone(chromium, server, sent.accounts[leaver].login)
    zhao = Phone(chromium, server, sent.accounts[stays].login)
    open_visit(wang, visit)
    expect(wang.page.locator("[data-ask-recusal]")).to_be_visible()

    server.stop()
    ask_for_recusal(wang)
    expect(wang.page.locator("[data-start]")).to_have_count(0)
    wang.reload()
    expect(wang.page.locator("[data-recusal]")).to_contain_text("等待下一批补派")
    server.start()
    send(wang)
    admin = office.desk(chromium, server, sent.county.operator_account.login)
    chen = office.desk(chromium, server, sent.county.witness_account.login)
    expect_waiting(admin, server, visit)

    wang.context.set_offline(True)
    open_visit(wang, visit, "/check")
    wang.answer(point, "fail")
    draw_now(admin, chen, server)
    came = next(one for one in sent.team(visit) if one not in (leaver, stays))

    third = Phone(chromium, server, sent.accounts[came].login)
    open_visit(third, visit)
    expect(third.page.locator("[data-start]")).to_be_visible(timeout=20_000)
    expect(third.page.locator("main")).to_contain_text("检查人员与抽取结果一致")
    send(zhao)
    open_visit(zhao, visit)
    name = next(one.name for one in sent.county.officers if one.id == came)
    expect(zhao.page.locator("main")).to_contain_text(name, timeout=20_000)

    wang.context.set_offline(False)
    send(wang)
    expect(wang.page.locator("[data-needs-you]")).to_contain_text("改派他人", timeout=20_000)
    wang.go("#/tasks")
    expect(wang.page.locator("[data-left]")).to_contain_text("因你申请回避")
    open_visit(wang, visit)
    expect(wang.page.locator("[data-released]")).to_contain_text("因你申请回避")

    chen.goto(f"{server.origin}/office/review/{visit.id}")
    expect(chen.locator("[data-late]")).to_contain_text("1 entry that is not in the record")
    recompute(chromium, server, sent.draw_id)
    assert [phone.errors for phone in (wang, zhao, third)] == [[], [], []]


def point_of(sent: Sent) -> str:
    """Return the key of the only point of the checklist."""
    return f"{sent.county.item.code}:1"


def expect_waiting(admin: Page, server: Server, visit: Visit) -> None:
    """Expect that the seat waits in the office, with the officer's words."""
    admin.goto(server.origin + "/office/replacements")
    expect(admin.locator("main")).to_contain_text(visit.enterprise_name)
    expect(admin.locator("main")).to_contain_text("我是该店股东")


def draw_now(admin: Page, chen: Page, server: Server) -> None:
    """Let one person ask for the batch and another release the second link."""
    admin.locator("button", has_text="Draw before the cut-off").click()
    office.step_up(admin)
    expect(admin.locator(".call")).to_be_visible()
    chen.goto(server.origin + "/office/replacements")
    chen.locator("button", has_text="Release the second link and draw").dblclick()
    office.step_up(chen)
    expect(chen.locator(".flash").first).to_be_visible()
    chen.goto(server.origin + "/office/replacements/batches")
    expect(chen.locator("main")).to_contain_text("Batch 1")


def recompute(chromium: Browser, server: Server, draw_id: UUID) -> None:
    """Let a reader's browser compute draw and replacement again."""
    reader = office.public(chromium)
    page = reader.new_page()
    page.goto(f"{server.origin}/verify/?draw={drawing.stored(draw_id).number}")
    expect(page.locator("#verdict")).to_contain_text("逐字节相同", timeout=60_000)
    expect(page.locator("main")).to_contain_text("补派")
    reader.close()
