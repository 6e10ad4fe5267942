"""A whole joint draw as a ceremony: three witnesses with phones of their own and no account, one of
whom leaves before revealing and is typed in from the slip, up to the public page and its verifier.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.app.draws import ceremony_rules
from backend.app.draws.service import drawing, holding, planning
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.serving import Server

from . import office
from .test_every_page import AXE, OVERFLOW, RUN_AXE, SIZES

PHONE = {"width": 390, "height": 844}
OFFICES = ("县人大代表", "县政协委员", "县融媒体中心记者")
NAMES = ("张三丰", "李四光", "王五常")
PICTURES = os.environ.get("CEREMONY_PICTURES")


def keep(page: Page, name: str) -> None:
    """Take a picture for people who want to look, if a folder is given for it."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def joint_plan() -> tuple[make.County, str]:
    """Make an accepted joint plan of two departments, each with a seat and an item; return the
    county and the plan's id."""
    lead, other = make.make_county(officers=4), make.make_county(officers=4, risks="")
    draw_id = planning.prepare(
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
    planning.change_who(draw_id, make.who(lead, team=team), lead.operator)
    make.accept(draw_id, other)
    return lead, str(draw_id)


def follow(chromium: Browser, address: str, **options: object) -> Page:
    """Return a page in a browser of its own, without any account."""
    context: BrowserContext = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


def witness(chromium: Browser, address: str, place: int) -> Page:
    """Return a phone that has scanned the code, taken a place and committed."""
    page = follow(chromium, address, viewport=PHONE, has_touch=True, is_mobile=True)
    page.fill("[name=name]", NAMES[place])
    page.fill("[name=office]", OFFICES[place])
    page.locator("button", has_text="登记").click()
    page.fill("[data-text]", f"骰子 {place} 416")
    if place == 0:
        keep(page, "phone-2-text")
        page.reload()
        page.fill("[data-text]", "Café".replace("é", "e\u0301") * 60)
        page.locator("button", has_text="提交密封随机数").click()
        expect(page.locator("[data-too-long]")).to_be_visible()
        page.fill("[data-text]", "Cafe\u0301 骰子 416")
    page.locator("button", has_text="提交密封随机数").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    return page


@pytest.mark.one_database
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
    joining = wall.locator(".cer-join:not(.cer-follow-code)")
    expect(joining.locator("img")).to_be_visible()
    keep(wall, "wall-1-code")
    code = joining.locator(".cer-mono").inner_text()
    assert code.startswith(f"{server.origin}/w/")
    expect(live.locator(".cer-code")).to_have_count(0)

    phones = [witness(chromium, code, place) for place in range(3)]
    keep(phones[0], "phone-3-slip")
    leaver = slip_of(phones[2])
    phones[2].context.close()
    for page in (wall, live, phones[0]):
        expect(page.locator("body")).to_contain_text(OFFICES[2])
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
        expect(phone.locator("text=您的随机数已公开").first).to_be_visible()
    expect(operator.locator(f"#slip-{leaver['place']}")).to_be_visible()
    operator.locator(f"#slip-{leaver['place']} summary").click()
    operator.fill(f"#slip-text-{leaver['place']}", leaver["text"])
    operator.fill(f"#slip-rand-{leaver['place']}", leaver["rand"])
    keep(operator, "office-2-slip")
    operator.locator(f"#slip-{leaver['place']} button").click()
    expect(operator.locator("[name=digits]")).to_be_visible()

    throw(operator, phones[:2], wall)
    watch_the_lots(operator, wall, live)
    keep(phones[0], "phone-5-end")
    for officer in lead.officers:
        assert officer.name not in live.content()
    live.locator("a", has_text="复算").first.click()
    expect(live.locator("#verdict")).to_contain_text("逐字节相同", timeout=60_000)


def watch_the_lots(operator: Page, wall: Page, live: Page) -> None:
    """Check that the lots turn over one by one, on the wall and for the public, and that a reload
    changes nothing."""
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
    expect(live.locator(".cer-slip")).to_have_count(7)
    keep(live, "live-2-all")
    assert not live.context.cookies()


def slip_of(phone: Page) -> dict[str, str]:
    """Return the text and bytes on the witness's slip."""
    expect(phone.locator("[data-secret]")).to_be_visible()
    return {
        "place": phone.locator(".slip-card .mono").nth(1).inner_text(),
        "text": phone.locator("[data-show-text]").inner_text(),
        "rand": phone.locator("[data-show-rand]").inner_text(),
    }


def throw(operator: Page, phones: list[Page], wall: Page) -> None:
    """Throw four times; one throw is first typed wrongly, and one phone loses its connection for a
    while."""
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


def look_closely(page: Page, place: str) -> list[str]:
    """Return what overflows, and what axe finds, on a page."""
    wrong = [f"{place}: wide {one}" for one in page.evaluate(OVERFLOW)]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return wrong + [f"{place}: {one}" for one in page.evaluate(RUN_AXE)]


@pytest.mark.one_database
def test_every_screen_of_a_ceremony_fits_and_is_accessible(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    county = make.make_county()
    joining, closed = hold.begun(county), hold.revealed(county)
    (waiting,) = hold.committed(joining, 1)
    holding.type_throw(closed[0], 1, "63454", county.operator)
    drawn = hold.revealed(county)
    hold.throw_all(drawn[0], county, drawn[1])
    drawing.draw_lots(drawn[0], county.operator)
    copy = holding.rehearse(make.plan(county), county.operator)
    holding.freeze(copy, 2, county.operator, shape=hold.SHAPE)
    shown = {"joining": joining, "throwing": closed[0], "drawn": drawn[0], "rehearsal": copy}
    phones = {"joining": waiting, "throwing": closed[1][0], "drawn": drawn[1][0]}
    wrong: list[str] = []
    for size, language in (("phone", "zh-CN"), ("desktop", "en")):
        context = chromium.new_context(  # a lot that is just turning has no contrast yet
            viewport=SIZES[size],  # type: ignore[arg-type]
            bypass_csp=True,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "lang", "value": language, "url": server.origin}])
        page = context.new_page()
        page.goto(f"{server.origin}/sign-in")
        page.fill("[name=login]", county.operator_account.login)
        page.fill("[name=password]", office.PASSWORD)
        page.click("form button.primary")
        page.wait_for_url("**/office/**")
        for state, draw_id in shown.items():
            number = make.stored(draw_id).number
            base = f"/office/draws/{draw_id}"
            for place in (base, f"{base}/projector", f"/live/{number}"):
                page.goto(server.origin + place)
                keep(page, f"{state}-{place.split('/')[1]}-{place.split('/')[-1][:5]}-{size}")
                wrong += look_closely(page, f"{state} {place} {size} {language}")
        for state, phone in phones.items():
            page.goto(f"{server.origin}/w/{phone.code}")
            kept = {"key": phone.key, "text": phone.text, "rand": phone.rand.hex()}
            page.evaluate(
                "([code, kept]) => localStorage.setItem(`evenhand-place:${code}`, kept)",
                [phone.code, json.dumps(kept)],
            )
            page.reload()
            expect(page.locator(".slip-card")).to_be_visible()
            keep(page, f"{state}-witness-{size}")
            wrong += look_closely(page, f"{state} witness {size} {language}")
        context.close()
    assert not wrong, "\n".join(wrong)


FIRST_VIEW = {
    "joining": (".cer-join .cer-code", ".cer-steps", ".cer-party:last-of-type", ".cer-down"),
    "throwing": (".cer-steps", ".cer-dice", ".cer-party:last-of-type"),
    "drawn": (".cer-steps", ".cer-slip"),
}
"""What matters at each stage."""


def with_four_strata(county: make.County) -> UUID:
    """Make a ceremony of four strata that lets witnesses in; return its id."""
    strata = [make.stratum(n, label=risk, risk_classes=[risk]) for n, risk in enumerate("ABCD")]
    draw_id = make.plan(county, strata=strata)
    holding.freeze(draw_id, 2, county.operator, shape=hold.SHAPE)
    holding.begin(draw_id, county.operator)
    return draw_id


def reveal_all(draw_id: UUID, county: make.County) -> list[hold.Phone]:
    """Let four witnesses commit and reveal, so that the dice are next; return their phones."""
    phones = hold.committed(draw_id, 4)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    for phone in phones:
        phone.reveal()
    return phones


@pytest.mark.one_database
def test_what_matters_at_each_stage_stands_in_the_first_view_of_the_wall(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    county = make.make_county(risks="A" * 40 + "B" * 20 + "C" * 10 + "D" * 6)
    joining, throwing, drawn = (with_four_strata(county) for _ in range(3))
    hold.committed(joining, 2)
    reveal_all(throwing, county)
    holding.type_throw(throwing, 1, "63454", county.operator)
    hold.throw_all(drawn, county, reveal_all(drawn, county))
    drawing.draw_lots(drawn, county.operator)
    stages = {"joining": joining, "throwing": throwing, "drawn": drawn}
    below: list[str] = []
    wall = office.desk(chromium, server, county.operator_account.login)
    for language in ("zh-CN", "en"):
        wall.context.add_cookies([{"name": "lang", "value": language, "url": server.origin}])
        for width, height in ((1280, 900), (1920, 1080)):
            wall.set_viewport_size({"width": width, "height": height})
            for stage, draw_id in stages.items():
                wall.goto(f"{server.origin}/office/draws/{draw_id}/projector")
                for part in FIRST_VIEW[stage]:
                    wall.locator(part).first.wait_for()
                    box = wall.locator(part).first.bounding_box()
                    assert box is not None, (stage, part)
                    if box["y"] + box["height"] > height:
                        below.append(f"{stage} {part} {width} {language}: {box}")
    assert not below, "\n".join(below)


@pytest.mark.one_database
def test_a_phone_that_can_keep_nothing_still_gets_through_with_its_slip(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    county = make.make_county()
    draw_id = hold.begun(county, ceremony_rules.Shape("ceremony", places=1, quorum=1))
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})"
    )
    page = context.new_page()
    page.goto(f"{server.origin}/w/{hold.code_of(draw_id)}")
    page.fill("[name=name]", NAMES[0])
    page.fill("[name=office]", OFFICES[0])
    page.locator("button", has_text="登记").click()
    page.fill("[data-text]", "骰子 416")
    page.locator("button", has_text="提交密封随机数").click()
    slip = slip_of(page)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    page.locator("button[data-own]").click()
    expect(page.locator("text=您的随机数已公开").first).to_be_visible()
    assert slip["rand"].replace(" ", "")
    context.close()


@pytest.mark.one_database
def test_a_page_from_before_the_cookie_was_lost_reloads_itself_and_keeps_the_place(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    county = make.make_county()
    draw_id = hold.begun(county, ceremony_rules.Shape("ceremony", places=1, quorum=1))
    page = follow(chromium, f"{server.origin}/w/{hold.code_of(draw_id)}", viewport=PHONE)
    page.fill("[name=name]", NAMES[0])
    page.fill("[name=office]", OFFICES[0])
    page.locator("button", has_text="登记").click()
    expect(page.locator("[data-text]")).to_be_visible()
    page.context.clear_cookies()
    with page.expect_navigation():
        page.fill("[data-text]", "骰子 416")
        page.locator("button", has_text="提交密封随机数").click()
    page.fill("[data-text]", "骰子 416")
    page.locator("button", has_text="提交密封随机数").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    page.context.close()


@pytest.mark.one_database
def test_a_phone_asks_for_its_panel_with_its_key_only_and_what_is_typed_stays(
    chromium: Browser, server: Server, behind: Flask
) -> None:
    county = make.make_county()
    draw_id = hold.begun(county, ceremony_rules.Shape("ceremony", places=1, quorum=1))
    page = follow(chromium, f"{server.origin}/w/{hold.code_of(draw_id)}", viewport=PHONE)
    asked: list[str | None] = []
    page.on(
        "request",
        lambda one: asked.append(one.headers.get("witness-key")) if "/panel" in one.url else None,
    )
    page.fill("[name=name]", NAMES[0])
    page.fill("[name=office]", OFFICES[0])
    page.locator("button", has_text="登记").click()
    page.fill("[data-text]", "骰子 416")
    for _ in range(3):
        with page.expect_response("**/panel"):
            pass
        expect(page.locator("[data-text]")).to_have_value("骰子 416")
        assert page.locator("[name=name]").count() == 0
    assert len(asked) > 3
    assert None not in asked
    page.context.close()
