"""The office pages of a draw, pressed one after the other as people do."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.service import holding
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock
from backend.app.platform.database import db
from tests.conftest import Browser
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department

SignIn = Any


@pytest.fixture
def county(app: Flask) -> make.County:
    return make.make_county()


@pytest.fixture
def operator(app: Flask, client: Browser, sign_in: SignIn, county: make.County) -> Browser:
    sign_in(client, account=county.operator_account, stepped_up=True)
    return client


@pytest.fixture
def witness(app: Flask, operator: Browser, sign_in: SignIn, county: make.County) -> Browser:
    browser: Any = app.test_client()
    sign_in(browser, account=county.witness_account)
    return browser  # type: ignore[no-any-return]


def first_step(county: make.County, **changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "name": "食品经营双随机抽查",
        "department_id": str(county.department.id),
        "item_ids": [str(county.item.id)],
        "s0-risk_classes": ["A"],
        "s0-mode": "ratio",
        "s0-ratio": "50%",
        "s7-risk_classes": ["B"],
        "s7-mode": "number",
        "s7-count": "2",
        "recent_months": "6",
        "other_draw": "1",
        "revision": "1",
    }
    return form | changes


def second_step(county: make.County, **changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "t0-department_id": str(county.department.id),
        "t0-n": "2",
        "cap": "20",
        "last_day": (clock.today() + timedelta(days=20)).isoformat(),
        "revision": "1",
    }
    return form | changes


def place_of(response: Any) -> str:
    assert response.status_code == 303, response.get_data(as_text=True)[:2000]
    return str(response.headers["Location"])


def test_a_draw_goes_from_plan_to_visits_by_its_pages(
    operator: Browser, witness: Browser, county: make.County
) -> None:
    place = place_of(operator.post("/office/draws/new", data=first_step(county)))
    base = place.removesuffix("/who")
    assert place_of(operator.post(place, data=second_step(county))) == base
    page = operator.get(base).get_data(as_text=True)
    assert "封存名录" in page
    assert place_of(operator.post(f"{base}/freeze", data={"revision": "2"})) == base
    draw = make.stored(UUID(base.rsplit("/", 1)[1]))
    freeze = drawkit.freeze_hash(drawkit.parse_canonical(draw.freeze_json.encode(), "freeze.json"))
    secret = drawkit.witness_secret(make.TEXT, make.RAND)
    commitment = drawkit.witness_commitment(freeze, "w1", secret)
    place_of(witness.post(f"{base}/witness/commit", data={"commitment": commitment}))
    place_of(operator.post(f"{base}/open"))
    page = witness.get(f"{base}/witness").get_data(as_text=True)
    assert "轮到您了" in page
    reveal = {"token": "w1", "text": make.TEXT, "rand": make.RAND.hex()}
    place_of(witness.post(f"{base}/witness/reveal", data=reveal))
    for number, digits in enumerate(("63454", "66039", "01031", "69462"), 1):
        throw = {"number": number, "digits": " ".join(digits)}
        place_of(operator.post(f"{base}/throw", data=throw))
        seen = {"number": number, "attempt": 1, "digits": digits, "verdict": "yes"}
        place_of(witness.post(f"{base}/verdict", data=seen))
    place_of(operator.post(f"{base}/lots"))
    page = operator.get(base).get_data(as_text=True)
    assert "第〇一签" in page
    assert "第〇七签" in page
    place_of(operator.post(f"{base}/dispatch"))
    assert make.stored(draw.id).state == "dispatched"
    bundle = operator.get(f"/open/v1/draws/{draw.number}.zip")
    assert drawkit.verify_bundle(bundle.get_data()).status == drawkit.EQUAL


def test_every_page_shows_in_both_languages(
    operator: Browser, witness: Browser, county: make.County
) -> None:
    planned = make.plan(county)
    frozen = make.frozen(county)
    drawn = make.drawn(county)
    operator.get("/")
    for language in ("zh-CN", "en"):
        operator.set_cookie("lang", language)
        witness.set_cookie("lang", language)
        for address in (
            "/office/draws",
            "/office/draws/new",
            f"/office/draws/{planned}/what",
            f"/office/draws/{planned}/who",
            f"/office/draws/{planned}",
            f"/office/draws/{frozen}",
            f"/office/draws/{drawn}",
            "/office/draws/stratum",
            "/office/draws/seat",
        ):
            response = operator.get(address)
            assert response.status_code == 200, address
            text = response.get_data(as_text=True)
            assert not re.search(r"%\(\w+\)s", text)
            assert bool(re.search(r"封存|抽取|比例|名额", text)) == (language == "zh-CN") or (
                language == "en"
            )
        assert witness.get(f"/office/draws/{frozen}/witness").status_code == 200
        assert witness.get(f"/office/draws/{drawn}/witness").status_code == 200


def test_the_count_follows_what_is_typed(operator: Browser, county: make.County) -> None:
    page = operator.post("/office/draws/count", data=first_step(county)).get_data(as_text=True)
    assert "从 16 户中抽取 7 户" in page
    page = operator.post(
        "/office/draws/count", data=first_step(county, **{"s0-ratio": "half"})
    ).get_data(as_text=True)
    assert "比例请写成" in page


def test_a_wrong_form_comes_back_with_its_values_and_reasons(
    operator: Browser, county: make.County
) -> None:
    response = operator.post(
        "/office/draws/new", data=first_step(county, name="x", item_ids=[], **{"s0-ratio": "9/2"})
    )
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "比例请写成" in page
    assert 'value="9/2"' in page


def test_freezing_asks_for_a_fresh_proof(
    app: Flask, client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.plan(county)
    sign_in(client, account=county.operator_account)
    response = client.post(f"/office/draws/{draw_id}/freeze", data={"revision": "2"})
    assert response.status_code in {303, 307}
    assert "/office/step-up" in response.headers["Location"]
    assert make.stored(draw_id).state == "planned"


def test_a_draw_of_another_department_is_not_there(
    client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.frozen(county)
    sign_in(client, role="department_admin", stepped_up=True)
    assert client.get(f"/office/draws/{draw_id}").status_code == 404
    assert client.post(f"/office/draws/{draw_id}/open").status_code == 404
    assert client.post(f"/office/draws/{draw_id}/cancel", data={"reason": "x"}).status_code == 404


def test_an_inspector_sees_no_draws(client: Browser, sign_in: SignIn) -> None:
    sign_in(client, role="inspector")
    assert client.get("/office/draws").status_code == 403


def test_a_supervisor_cannot_run_a_draw(
    client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.frozen(county)
    sign_in(client, account=county.witness_account, stepped_up=True)
    for step in ("freeze", "open", "throw", "lots", "dispatch", "cancel", "discard"):
        assert client.post(f"/office/draws/{draw_id}/{step}").status_code == 403, step


def test_a_refused_form_leads_back_to_its_page(operator: Browser, county: make.County) -> None:
    draw_id = make.frozen(county)
    room = f"/office/draws/{draw_id}"
    for came, link in (
        (f"http://localhost{room}", f'href="{room}"'),
        ("http://localhost//elsewhere.example/x", 'href="/elsewhere.example/x"'),
        ("https://elsewhere.example/x", None),
    ):
        page = operator.post(f"{room}/throw", data={}, headers={"Referer": came})
        assert page.status_code >= 400
        text = page.get_data(as_text=True)
        assert ("返回刚才的页面" in text) is (link is not None)
        assert link is None or link in text


def test_oversight_voids_what_another_authority_ran(
    client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.drawn(county)
    office = make_department("审改办", is_oversight=True)
    watchdog = make_account(role="oversight", department=office)
    sign_in(client, account=watchdog, stepped_up=True)
    place_of(client.post(f"/office/draws/{draw_id}/void", data={"reason": "名录有误"}))
    draw = make.stored(draw_id)
    assert (draw.state, draw.end_reason) == ("voided", "名录有误")
    assert draw.result_sha256
    assert client.get(f"/open/v1/draws/{draw.number}.zip").status_code == 200
    page = client.get(f"/draws/{draw.number}").get_data(as_text=True)
    for said in ("名录有误", "不据此检查任何检查对象", "均未派发"):
        assert said in page, said
    assert "尚未检查" not in page
    for listing in ("/draws", "/"):
        listed = client.get(listing).get_data(as_text=True)
        assert str(draw.number) in listed
        assert "人，未派发" in listed, listing


def test_only_the_oversight_office_gets_the_copy_with_every_recusal(
    app: Flask, operator: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.drawn(county)
    address = f"/office/draws/{draw_id}/audit.zip"
    assert operator.post(address).status_code == 403
    assert "audit.zip" not in operator.get(f"/office/draws/{draw_id}").get_data(as_text=True)
    nobody: Any = app.test_client()
    assert nobody.post(address).status_code == 303
    watchdog: Any = app.test_client()
    office = make_department("审改办", is_oversight=True)
    sign_in(watchdog, account=make_account(role="oversight", department=office))
    assert address in watchdog.get(f"/office/draws/{draw_id}").get_data(as_text=True)
    assert watchdog.get(address).status_code == 405
    response = watchdog.post(address)
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    assert response.cache_control.no_store
    report = drawkit.verify_bundle(response.get_data())
    assert report.status == drawkit.EQUAL, report.verdict
    assert "recusals-key.json" in drawkit.read_bundle(response.get_data())
    frozen = make.frozen(county)
    assert watchdog.post(f"/office/draws/{frozen}/audit.zip").status_code == 404


def test_whoever_takes_the_copy_with_every_recusal_is_named_on_the_draws_page(
    app: Flask, operator: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.drawn(county)
    address, page = f"/office/draws/{draw_id}/audit.zip", f"/office/draws/{draw_id}"
    office = make_department("审改办", is_oversight=True)
    taker = make_account(role="oversight", department=office)
    watchdog: Any = app.test_client()
    sign_in(watchdog, account=taker, stepped_up=True)
    assert operator.post(address).status_code == 403
    assert "已被取得" not in operator.get(page).text
    before = operator.get(page).text, make.stored(draw_id).moves
    copies = [watchdog.post(address).get_data() for _ in range(2)]
    shown = operator.get(page).text
    assert "已被取得 2 次" in shown and shown.count(f"{taker.name} · 审改办") == 2
    assert taker.name not in before[0] and make.stored(draw_id).moves == before[1] + 2
    public = app.test_client().get(f"/draws/{make.stored(draw_id).number}")
    assert public.status_code == 200 and taker.name not in public.text
    with Session(db.engine) as session:
        query = select(LedgerEntry).where(LedgerEntry.type == "export.made")
        entries = session.scalars(query).all()
    assert [one.subject for one in entries] == [make.stored(draw_id).number] * 2
    digests = [hashlib.sha256(copy).hexdigest() for copy in copies]
    assert [json.loads(one.body or b"") for one in entries] == [{"sha256": d} for d in digests]
    told = b"".join(one.entry + (one.body or b"") for one in entries).decode()
    assert str(taker.id) not in told and taker.name not in told
    place_of(watchdog.post(f"{page}/void", data={"reason": "名录有误"}))


@pytest.mark.parametrize(("ticked", "field"), [("1", "recusals_sha256"), ("", "recusals_root")])
def test_the_form_of_the_freeze_says_whether_every_recusal_is_public(
    operator: Browser, county: make.County, ticked: str, field: str
) -> None:
    draw_id = make.plan(county)
    page = operator.get(f"/office/draws/{draw_id}").get_data(as_text=True)
    assert "公开全部回避名单" in page
    form = {"revision": "2", "form": "routine", "dice": "5"} | (
        {"all_recusals": ticked} if ticked else {}
    )
    place_of(operator.post(f"/office/draws/{draw_id}/freeze", data=form))
    assert field in (make.stored(draw_id).freeze_json or "")
    board = operator.get(f"/office/draws/{draw_id}").get_data(as_text=True)
    assert ("回避名单校验值" in board) == (not ticked)


def test_the_picture_is_sent_only_when_the_draw_has_moved(
    operator: Browser, county: make.County
) -> None:
    draw_id = make.frozen(county)
    first = operator.get(f"/office/draws/{draw_id}/live")
    assert first.status_code == 200
    seen = {"If-None-Match": first.headers["ETag"]}
    quiet = operator.get(f"/office/draws/{draw_id}/live", headers=seen)
    assert (quiet.status_code, quiet.get_data()) == (304, b"")
    holding.cancel(draw_id, "停电", county.operator)
    moved = operator.get(f"/office/draws/{draw_id}/live", headers=seen)
    assert "停电" in moved.get_data(as_text=True)
