"""A whole joint draw as a ceremony: three witnesses with phones of their own and no account, one of
whom leaves before revealing and is typed in from the slip, up to the public page and its verifier.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.app.draws import service
from tests.factories import draws as make

from . import office
from .conftest import Server

PHONE = {"width": 390, "height": 844}
OFFICES = ("县人大代表", "县政协委员", "县融媒体中心记者")
NAMES = ("张三丰", "李四光", "王五常")
PICTURES = os.environ.get("CEREMONY_PICTURES")


def keep(page: Page, name: str) -> None:
    """A picture for people who want to look, when a folder is given for it."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def joint_plan() -> tuple[make.County, str]:
    """Two departments, each with a seat and an item; accepted, ready to be frozen."""
    lead, other = make.make_county(officers=4), make.make_county(officers=4, risks="")
    draw_id = service.prepare(
        make.what(
            lead,
            item_ids=[lead.item.id],
            department_ids=[other.department.id],
            name="食品安全与消防联合抽查",
        ),
        lead.operator,
    )
    team = [
        {"department_id": str(one.department.id), "speciality": "", "n": 1} for one in (lead, other)
    ]
    service.change_who(draw_id, make.who(lead, team=team), lead.operator)
    make.accept(draw_id, other)
    return lead, str(draw_id)


def follow(chromium: Browser, address: str, **options: object) -> Page:
    """A page in a browser of its own, without any account."""
    context: BrowserContext = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


def witness(chromium: Browser, address: str, place: int) -> Page:
    """A phone that scans the code, takes a place and commits."""
    page = follow(chromium, address, viewport=PHONE, has_touch=True, is_mobile=True)
    page.fill("[name=name]", NAMES[place])
    page.fill("[name=office]", OFFICES[place])
    page.locator("button", has_text="登记").click()
    page.fill("[data-text]", f"骰子 {place} 416")
    if place == 0:
        keep(page, "phone-2-text")
        page.reload()
        page.fill("[data-text]", "Café".replace("é", "e\u0301") * 60)
        page.locator("button", has_text="作出承诺").click()
        expect(page.locator("[data-too-long]")).to_be_visible()
        page.fill("[data-text]", "Cafe\u0301 骰子 416")
    page.locator("button", has_text="作出承诺").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    return page


def test_a_joint_ceremony_goes_from_the_freeze_to_an_equal_draw_though_a_witness_leaves(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    lead, draw_id = joint_plan()
    address = f"{server.origin}/office/draws/{draw_id}"
    operator = office.desk(chromium, server, lead.operator_account.login)
    operator.goto(address)
    operator.check("[name=form][value=ceremony]")
    keep(operator, "office-1-freeze")
    operator.locator("button", has_text="Freeze the registers").click()
    office.step_up(operator)
    expect(operator.locator("button", has_text="Begin the ceremony")).to_be_visible()
    number = make.stored(make.UUID(draw_id)).number or ""
    live = follow(chromium, f"{server.origin}/live/{number}", viewport=office.DESKTOP)
    wall = operator.context.new_page()
    wall.goto(f"{address}/projector")
    operator.locator("button", has_text="Begin the ceremony").click()
    office.step_up(operator)
    expect(wall.locator(".cer-code")).to_be_visible()
    keep(wall, "wall-1-code")
    code = wall.locator(".cer-join .cer-mono").inner_text()
    assert code.startswith(f"{server.origin}/w/")
    expect(live.locator(".cer-code")).to_have_count(0)

    phones = [witness(chromium, code, place) for place in range(3)]
    keep(phones[0], "phone-3-slip")
    leaver = slip_of(phones[2])
    phones[2].context.close()
    began = monotonic()
    for page in (wall, live, phones[0]):
        expect(page.locator("body")).to_contain_text(OFFICES[2])
    assert monotonic() - began < 2
    keep(wall, "wall-2-committed")
    expect(wall.locator("body")).to_contain_text(NAMES[2])
    assert NAMES[2] not in live.content()
    assert NAMES[2] not in phones[0].content()

    operator.locator("button", has_text="Close the list with 3 witnesses").click()
    operator.locator("button", has_text="Reveal the operator's number").click()
    office.step_up(operator)
    phones[0].reload()
    for phone in phones[:2]:
        phone.locator("button[data-own]").click()
        expect(phone.locator("text=您已揭示").first).to_be_visible()
    expect(operator.locator(f"#slip-{leaver['place']}")).to_be_visible()
    operator.locator(f"#slip-{leaver['place']} summary").click()
    operator.fill(f"#slip-text-{leaver['place']}", leaver["text"])
    operator.fill(f"#slip-rand-{leaver['place']}", leaver["rand"])
    keep(operator, "office-2-slip")
    operator.locator("button", has_text="Check against the commitment").click()
    expect(operator.locator("[name=digits]")).to_be_visible()

    throw(operator, phones[:2], wall)
    operator.locator("button", has_text="Draw the lots").click()
    office.step_up(operator)
    expect(operator.locator("button", has_text="visits to the officers")).to_be_visible()
    keep(operator, "office-3-drawn")
    expect(wall.locator(".cer-newest")).to_be_visible()
    keep(wall, "wall-4-turning")
    wall.reload()
    expect(wall.locator(".cer-newest")).to_have_count(0, timeout=20_000)
    expect(wall.locator(".cer-slip")).to_have_count(7)
    keep(wall, "wall-5-all")
    keep(phones[0], "phone-5-end")
    expect(live.locator(".cer-slip")).to_have_count(7)
    keep(live, "live-2-all")
    assert not live.context.cookies()
    for officer in lead.officers:
        assert officer.name not in live.content()

    live.locator("a", has_text="复算").first.click()
    expect(live.locator("#verdict")).to_contain_text("逐字节相同", timeout=60_000)


def slip_of(phone: Page) -> dict[str, str]:
    """What stands on the witness's slip."""
    return {
        "place": phone.locator(".slip-card .mono").nth(1).inner_text(),
        "text": phone.locator("[data-show-text]").inner_text(),
        "rand": phone.locator("[data-show-rand]").inner_text(),
    }


def throw(operator: Page, phones: list[Page], wall: Page) -> None:
    """Four throws; one is typed wrongly first, and one phone loses its connection for a while."""
    for number, digits in enumerate(("63455", "63454", "66039", "01031", "69462")):
        operator.fill("[name=digits]", digits)
        operator.locator("button", has_text="Show it to the second person").click()
        phone = phones[number % 2]
        expect(phone.locator(".cer-big")).to_have_text(" ".join(digits))
        if number == 0:
            keep(phone, "phone-4-throw")
            keep(wall, "wall-3-dice")
            keep(operator, "office-4-throw")
            phone.locator("button", has_text="不一致").click()
        else:
            phone.context.set_offline(number == 2)
            if number == 2:
                phone.locator("button", has_text="完全一致").click()
                expect(phone.locator("[data-lost-connection]")).to_be_visible()
                phone.context.set_offline(False)
                expect(phone.locator("[data-lost-connection]")).to_be_hidden(timeout=15_000)
            phone.locator("button", has_text="完全一致").click()
        expect(operator.locator(".cer-throw.waits")).to_have_count(0)
