"""The supervisor's pages: what they show, what they say is missing, and deciding by form."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.disclosure.models import PublishedResult
from backend.app.visits.models import Visit
from tests.conftest import Browser
from tests.factories.accounts import make_account, make_department
from tests.factories.field import CANARIES, Field, handed_in, make_field, upload, work


def form(digest: str, **more: str) -> dict[str, str]:
    return {"revision": "1", "digest": digest, **more}


def text_of(client: Browser, address: str, lang: str = "zh-CN") -> str:
    reply = client.get(address, headers={"X-Lang": lang})
    assert reply.status_code == 200, reply.status_code
    return str(reply.get_data(as_text=True))


def record_page(client: Browser, field: Field, query: str = "", lang: str = "zh-CN") -> str:
    return text_of(client, f"/office/review/{field.visit}{query}", lang)


def test_the_queue_shows_what_waits_in_ones_departments_only(client: Browser, sign_in: Any) -> None:
    bureau = make_department()
    handed_in("自己的店", department=bureau)
    handed_in("别人的店")
    make_field("还没查的店", department=bureau)
    sign_in(client, department=bureau)
    text = text_of(client, "/office/review")
    assert "自己的店" in text
    assert "剩 20 个工作日" in text
    assert "别人的店" not in text
    assert "还没查的店" not in text


def test_an_empty_queue_says_what_will_come(client: Browser, sign_in: Any) -> None:
    sign_in(client)
    assert "检查人员提交记录后会出现在这里" in text_of(client, "/office/review")


def test_the_record_shows_failures_first_and_all_on_request(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in()
    sign_in(client, department=field.department)
    failures = record_page(client, field)
    assert "冷库温度" in failures
    assert "要求：≤ -18" in failures
    assert CANARIES["answer"] not in failures
    assert CANARIES["answer"] in record_page(client, field, "?show=all")


def test_evidence_that_has_not_come_is_said_plainly_and_bars_the_button(
    client: Browser, sign_in: Any
) -> None:
    field = make_field()
    data = work(field)
    from tests.factories.field import seal

    seal(field)
    sign_in(client, department=field.department)
    text = record_page(client, field)
    assert "证据 0 / 1" in text
    assert "仍在手机上" in text
    assert "还有 1 份证据未到，到齐后才能确认" in text
    assert re.search(r"<button[^>]*disabled[^>]*>确认结果", text)
    upload(field, data)
    text = record_page(client, field)
    assert "证据 1 / 1 已到，摘要一致" in text
    assert f'href="/office/review/{field.visit}/confirm"' in text


def test_the_page_masks_the_contacts_telephone(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in()
    sign_in(client, department=field.department)
    text = record_page(client, field)
    assert CANARIES["contact phone"] not in text
    assert "139****4444" in text
    assert CANARIES["officer phone"] not in text


def test_the_page_shows_claimed_and_received_times_and_the_draw(
    client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department)
    text = record_page(client, field, lang="en")
    for words in ("Claimed", "Received", "Record handed in", "Row in the sealed register"):
        assert words in text
    assert f"/verify/?draw={field.draw.number}" in text
    assert digest[:4] in text


def test_a_photo_has_a_page_of_its_own_with_what_is_not_proven(
    client: Browser, session: Session, sign_in: Any
) -> None:
    from backend.app.visits import service as visits

    field, _digest = handed_in()
    [piece] = visits.state(session, field.visit)["evidence"].values()
    session.rollback()
    sign_in(client, department=field.department)
    address = f"/office/review/{field.visit}/evidence/{piece['id']}"
    text = text_of(client, address)
    assert f"/office/evidence/{piece['id']}/thumb1280" in text
    assert "不能证明" in text
    missing = f"/office/review/{field.visit}/evidence/00000000-0000-7000-8000-000000000000"
    assert client.get(missing).status_code == 404


def test_who_decides_nothing_reads_whose_decision_it_is(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in()
    bureau = field.department
    sign_in(client, account=make_account(role="department_admin", department=bureau))
    text = record_page(client, field)
    assert f"该记录由{bureau.name}的监督人员决定" in text
    assert "该记录属于其他部门" not in text


def test_confirming_shows_first_what_the_public_will_read(client: Browser, sign_in: Any) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    address = f"/office/review/{field.visit}/confirm"
    text = text_of(client, address)
    assert "公众看到的全部内容" in text
    assert CANARIES["note"] not in text
    reply = client.post(address, data=form(digest))
    assert (reply.status_code, reply.headers["Location"]) == (303, f"/office/review/{field.visit}")
    after = record_page(client, field)
    assert "查看公示页面" in after
    assert "/confirm" not in after


def test_confirming_without_a_fresh_proof_leads_over_the_step_up(
    client: Browser, sign_in: Any
) -> None:
    field, _digest = handed_in()
    sign_in(client, department=field.department)
    reply = client.get(f"/office/review/{field.visit}/confirm")
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/office/step-up?next=")


def test_sending_back_by_form_needs_a_reason_and_keeps_what_was_typed(
    client: Browser, session: Session, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department)
    address = f"/office/review/{field.visit}/send-back"
    empty = client.post(address, data=form(digest))
    assert empty.status_code == 422
    assert "请至少填写一条理由" in empty.get_data(as_text=True)
    reason = {f"reason:point:{field.key('1')}": "照片看不清日期"}
    assert client.post(address, data=form(digest, **reason)).status_code == 303
    assert session.get_one(Visit, field.visit).state == "sent_back"
    text = record_page(client, field)
    assert "照片看不清日期" in text and field.key("1") not in text.split("照片看不清日期")[0][-200:]
    assert "检查人员正在处理该记录" in text


def test_a_form_that_was_tampered_with_is_refused(
    client: Browser, session: Session, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    address = f"/office/review/{field.visit}/confirm"
    for data in ({}, form("x"), {**form(digest), "revision": "0"}):
        assert client.post(address, data=data).status_code == 422
    assert client.post(address, data=form(digest), without_token=True).status_code == 403
    assert session.scalars(select(PublishedResult)).all() == []


def test_oversight_looks_and_does_not_decide(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in()
    office = make_department("审改办", is_oversight=True)
    sign_in(client, account=make_account(role="oversight", department=office), stepped_up=True)
    text = record_page(client, field)
    assert "确认结果" not in text
    assert client.get(f"/office/review/{field.visit}/confirm").status_code == 403


def test_the_public_meets_no_review_page(app: Flask, client: Browser) -> None:
    field, _digest = handed_in()
    for address in ("/office/review", f"/office/review/{field.visit}"):
        reply = client.get(address)
        assert (reply.status_code, reply.headers["Location"][:9]) == (303, "/sign-in?")
