"""The main job, from an empty county to a published result that a reader re-computes.

An administrator imports registers from files, runs a draw with a witness, two inspectors fill
their visit with the server gone, send when it is back, settle what they saw differently, hand in;
a supervisor confirms; the public page shows it and the verifier says equal. On both databases.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from backend.app.platform.database import db
from backend.app.registry.models import Officer
from tests.factories.accounts import make_account, make_department
from tests.serving import Server

from . import office
from .phone import Phone

ITEMS = (
    "事项代码,抽查事项名称,事项类别,抽查依据,抽查对象\n"
    "SP01,食品销售者监督检查,重点,食品安全法,食品销售者\n"
)
POINTS = (
    "事项代码,记录表名称,序号,检查内容,填写方式,取证要求,单位,下限,上限\n"
    "SP01,食品销售检查表,1,营业执照有效,合格/不合格,,,,\n"
    "SP01,食品销售检查表,2,无超过保质期食品,合格/不合格,不合格时,,,\n"
    "SP01,食品销售检查表,3,冷冻柜温度,数值,不合格时,℃,,-18\n"
)
ENTERPRISES = 6


def codes(count: int) -> list[str]:
    """Return credit codes with right check digits."""
    fronts = [f"913703990000{number:05d}" for number in range(count)]
    return [front + uscc.calc_check_digit(front) for front in fronts]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return the registers as an office would hand them over, by kind; one is in the encoding of
    old spreadsheets."""
    rows = "".join(
        f"第{place}食品店,{code},柳泉街道{place}号,370399002,A\n"
        for place, code in enumerate(codes(ENTERPRISES), 1)
    )
    texts = {
        "items": ITEMS,
        "checklists": POINTS,
        "officers": "姓名,执法证号,执法证有效期至,执法资格\n王敏,37039901,2031.12.31,\n"
        "赵立,37039902,2031/12/31,\n",
        "enterprises": "企业名称,统一社会信用代码,注册地址,行政区划代码,风险分类\n" + rows,
    }
    made = {}
    for kind, text in texts.items():
        made[kind] = tmp_path / f"{kind}.csv"
        made[kind].write_bytes(text.encode("gb18030" if kind == "enterprises" else "utf-8"))
    return made


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a photo of some size."""
    path = tmp_path / "freezer.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(path, "JPEG", quality=80)
    return path


@pytest.fixture
def people(behind: Flask) -> dict[str, str]:
    """Make an administrator, a supervisor and two inspectors of one department; return their logins
    by role."""
    where = make_department("市场监督管理局")
    roles = {"admin": "department_admin", "chen": "supervisor"}
    for login, role in {**roles, "wang": "inspector", "zhao": "inspector"}.items():
        make_account(role=role, department=where, login=login, name=login)
    return {"department": where.name}


def link_officers() -> None:
    """Give the imported officers their accounts."""
    from backend.app.accounts.models import Account

    with Session(db.engine) as session:
        for certificate, login in (("37039901", "wang"), ("37039902", "zhao")):
            officer = session.scalars(
                select(Officer).where(Officer.certificate == certificate)
            ).one()
            account = session.scalars(select(Account).where(Account.login == login)).one()
            officer.account_id = account.id
        session.commit()


def test_a_drawn_visit_goes_from_import_to_a_published_result_that_anyone_recomputes(
    chromium: Browser, server: Server, people: dict[str, str], files: dict[str, Path], picture: Path
) -> None:
    admin = office.desk(chromium, server, "admin")
    for kind in ("items", "checklists", "officers", "enterprises"):
        office.import_file(admin, server, kind, files[kind])
    office.publish_items(admin, server)
    link_officers()
    address = office.prepare_draw(admin, server, "食品销售者监督检查", 2)
    chen = office.desk(chromium, server, "chen")
    office.run_draw(admin, chen, address)

    wang, zhao = Phone(chromium, server, "wang"), Phone(chromium, server, "zhao")
    wang.open_checklist()
    name = wang.page.locator("h1").inner_text().split(" · ")[0]
    zhao.page.locator(".slip", has_text=name).click()

    server.stop()
    fill_apart(wang, zhao, name, picture)
    server.start()

    for phone in (wang, zhao, wang):
        phone.go("#/sync")
        phone.page.locator("[data-send-now]").click()
        expect(phone.page.locator("text=本机内容全部送达").first).to_be_visible(timeout=30_000)
    settle_and_hand_in(wang, name)

    confirm(chen, server, name)
    admin.close()
    recompute(chromium, server, name)
    assert wang.errors == []
    assert zhao.errors == []


def fill_apart(wang: Phone, zhao: Phone, name: str, picture: Path) -> None:
    """Let both officers answer with the server gone; a reload in between loses nothing."""
    wang.answer("SP01:1", "pass")
    wang.answer("SP01:2", "pass")
    wang.write_number("SP01:3", "-16.5")
    wang.add_photo("SP01:3", picture)
    assert "已存本机" in wang.saved()
    wang.reload()
    expect(wang.point("SP01:3").locator("img")).to_have_count(1)
    expect(wang.point("SP01:1").locator("[data-mark=pass]")).to_have_attribute(
        "aria-pressed", "true"
    )
    zhao.page.locator("[data-start]").click()
    zhao.answer("SP01:1", "pass")
    zhao.answer("SP01:2", "fail")


def settle_and_hand_in(wang: Phone, name: str) -> None:
    """Let Wang see the dispute, settle it, set the result and hand in."""
    wang.go("#/tasks")
    wang.page.locator(".seg >> text=进行中").click()
    wang.page.locator(".slip", has_text=name).click()
    wang.page.locator("[data-start]").click()
    dispute = wang.point("SP01:2").locator("[data-settle]")
    expect(dispute).to_be_visible(timeout=20_000)
    dispute.click()
    wang.page.locator("[data-side]").filter(has_text="合格").first.click()
    expect(wang.point("SP01:2").locator("[data-settle]")).to_have_count(0)
    wang.page.locator("text=核对并提交").click()
    wang.page.check("[name=category][value='5']", force=True)
    wang.page.select_option("[name=follow]", "ordered")
    wang.page.fill("[name=date]", "2031-01-15")
    wang.page.locator("[data-save-result]").click()
    wang.page.locator("[data-hand-in]").click()
    wang.page.locator("[role=dialog] button.seal, dialog button.seal").last.click()
    expect(wang.page.locator(".done")).to_be_visible(timeout=20_000)
    wang.go("#/sync")
    wang.page.locator("[data-send-now]").click()
    expect(wang.page.locator("text=本机内容全部送达").first).to_be_visible(timeout=60_000)


def confirm(chen, server: Server, name: str) -> None:
    """Let the supervisor see failure and photo, and confirm."""
    chen.goto(server.origin + "/office/review")
    chen.locator("main a", has_text=name).first.click()
    expect(chen.locator("main")).to_contain_text("-16.5")
    expect(chen.locator("main img").first).to_be_visible()
    chen.locator("a, button", has_text="Confirm the result").first.click()
    office.step_up(chen)
    chen.locator("button", has_text="Confirm and publish").dblclick()
    office.step_up(chen)
    chen.wait_for_load_state()


def recompute(chromium: Browser, server: Server, name: str) -> None:
    """Let a reader find the result, and the browser compute its draw again."""
    reader = office.public(chromium)
    page = reader.new_page()
    page.goto(server.origin + "/")
    page.fill("[type=search]", name[:4])
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(name)
    page.locator("main a", has_text=name).first.click()
    expect(page.locator("main")).to_contain_text("发现问题已责令改正")
    page.goto(server.origin + "/draws")
    page.locator("a[href^='/verify/?draw=']").first.click()
    expect(page.locator("#verdict")).to_contain_text("逐字节相同", timeout=60_000)
    reader.close()
