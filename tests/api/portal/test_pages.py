"""The portal as its readers meet it: no cookie, small, cacheable, honest when empty."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.draws.models import Draw
from backend.app.platform import clock
from tests.conftest import Browser
from tests.factories.accounts import make_department
from tests.factories.disclosure import (
    add_row,
    make_draw,
    make_enterprise,
    make_place,
    publish,
    publish_draw,
)
from tests.factories.field import handed_in

FIXED = ["/", "/results", "/draws", "/items", "/how-it-works", "/open-data", "/fairness"]
LARGEST = 50_000


def page(client: Browser, address: str, lang: str = "zh-CN") -> str:
    reply = client.get(address, headers={"X-Lang": lang})
    assert reply.status_code == 200, address
    return str(reply.get_data(as_text=True))


@pytest.mark.parametrize("address", FIXED)
def test_every_page_can_be_kept_by_a_cache_and_sets_no_cookie(
    client: Browser, address: str
) -> None:
    reply = client.get(address)
    assert reply.status_code == 200
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", FIXED)
def test_no_page_has_a_script_or_a_form_that_changes_something(
    client: Browser, address: str
) -> None:
    text = page(client, address)
    assert "<script" not in text
    assert 'method="post"' not in text
    assert "style=" not in text


def test_full_pages_stay_below_fifty_kilobytes(client: Browser, session: Session) -> None:
    place = make_place()
    name = "田庄镇恒通机械制造有限责任公司唐山镇第{}分公司"
    results = [publish(place, name.format(n)) for n in range(55)]
    draw = session.get_one(Draw, place.draw_id)
    for number in range(60):
        more = make_enterprise(session, name.format(number))
        add_row(session, draw, more, 4000 + number, 4000 + number)
    session.commit()
    publish_draw(place)
    for address in (*FIXED, f"/draws/{place.number}", f"/results/{results[0].id}"):
        for lang in ("zh-CN", "en"):
            assert len(page(client, address, lang).encode()) <= LARGEST, address


def test_the_home_page_shows_figures_newest_draws_and_results(client: Browser) -> None:
    place = make_place()
    publish_draw(place)
    publish(place, "索镇惠民大药房", category="1")
    publish(place, "逾期的店", category="5", ended_on=clock.today() - timedelta(days=60))
    text = page(client, "/")
    assert "食品安全与消防联合抽查" in text
    assert "抽 110 户" in text
    assert f"/verify/?draw={place.number}" in text
    assert "发现问题已责令改正" in text
    assert "其中逾期 1 项" in text


def test_empty_pages_say_what_will_come(client: Browser) -> None:
    assert "尚未进行抽取" in page(client, "/")
    assert "没有符合条件的结果" in page(client, "/results?q=没有这家店")
    assert "No draw has been held yet" in page(client, "/draws", "en")
    assert "各部门的抽查事项清单在此公布" in page(client, "/items")


def test_a_result_shows_its_document_digest_and_draw(client: Browser) -> None:
    place = make_place()
    publish_draw(place)
    result = publish(place, "索镇惠民大药房", ended_on=clock.today() - timedelta(days=60))
    text = page(client, f"/results/{result.id}")
    assert "逾期公示" in text
    assert f"/draws/{place.number}" in text
    digits = re.sub(r"\s", "", text)
    assert result.document.sha256 in digits
    raw = client.get(f"/open/v1/results/{result.id}/document")
    assert hashlib.sha256(raw.data).hexdigest() == result.document.sha256


def test_an_enterprise_without_anything_public_has_no_page(client: Browser) -> None:
    field, _digest = handed_in(complete=False)
    assert client.get("/enterprises/91370399MA0NOTHERE").status_code == 404
    waiting = page(client, f"/enterprises/{field.enterprise.code}")
    assert "剩 20 个工作日" in waiting


def test_the_running_clock_is_on_the_draws_page_from_the_first_day(
    client: Browser, session: Session
) -> None:
    field, _digest = handed_in(complete=False)
    draw = session.get_one(Draw, field.draw.id)
    add_row(session, draw, make_enterprise(session, "还没去的店"), field.pool_row + 1, 8)
    session.commit()
    text = page(client, f"/draws/{draw.number}")
    assert "公示期限 20" in text
    assert "还没去的店" in text
    assert "尚未检查" in text


def test_a_draw_without_a_result_shows_what_is_fixed_and_a_cancelled_one_why(
    client: Browser, session: Session
) -> None:
    department = make_department()
    sealed = make_draw(session, department, "待抽取的计划")
    sealed.state, sealed.drawn_at, sealed.seed = "frozen", None, None
    ended = make_draw(session, department, "取消的抽取")
    ended.state, ended.drawn_at, ended.end_reason = "cancelled", None, "名录有误"
    session.commit()
    text = page(client, "/draws")
    assert "名录已封存，尚未抽取" in text
    assert "已取消" in text
    assert "名录有误" in text
    assert f"/verify/?draw={sealed.number}" not in text
    assert "已经固定的内容" in page(client, f"/draws/{sealed.number}")


def test_a_page_that_is_not_there_looks_like_the_portal(client: Browser) -> None:
    for address in (
        "/nowhere",
        "/items/none",
        "/draws/none",
        "/results/00000000-0000-7000-8000-000000000000",
    ):
        reply = client.get(address)
        assert reply.status_code == 404
        assert 'class="portal"' in reply.get_data(as_text=True)


def test_what_cannot_be_read_is_left_out_and_said(client: Browser) -> None:
    publish(make_place(), "索镇惠民大药房")
    text = page(client, "/results?q=药房&category=99&from=yesterday&page=zero")
    assert "索镇惠民大药房" in text
    assert "部分查询条件无法识别" in text


def test_what_readers_type_comes_back_as_text(client: Browser) -> None:
    text = page(client, "/results?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in text


def test_the_language_is_a_link_that_stays_on_this_site(client: Browser) -> None:
    reply = client.get("/lang/en?next=/results")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/results")
    assert "lang=en" in reply.headers["Set-Cookie"]
    assert client.get("/lang/en?next=//evil.example").headers["Location"] == "/"
    assert client.get("/lang/xx").status_code == 404
    assert "Inspection results" in client.get("/results").get_data(as_text=True)


def test_the_feed_answers_programs(app: Flask, client: Browser) -> None:
    result = publish(make_place(), "索镇惠民大药房")
    app.extensions["evenhand.clock"] = lambda: clock._system() + timedelta(minutes=1)
    body = client.get("/open/v1/results?limit=1").get_json()
    assert [entry["id"] for entry in body["results"]] == [str(result.id)]
    assert body["results"][0]["document"]["enterprise"]["name"] == "索镇惠民大药房"
    following = client.get("/open/v1/results", query_string={"cursor": body["next"]}).get_json()
    assert following == {"results": [], "next": body["next"]}
    assert client.get(f"/open/v1/results/{result.id}").get_json() == body["results"][0]


@pytest.mark.parametrize(
    ("query", "status"), [("cursor=nonsense", 422), ("limit=0", 422), ("since=never", 422)]
)
def test_the_feed_refuses_what_it_cannot_read_by_name(
    client: Browser, query: str, status: int
) -> None:
    reply = client.get(f"/open/v1/results?{query}")
    assert reply.status_code == status
    assert reply.content_type == "application/problem+json"


def test_the_item_list_shows_published_valid_items_with_their_legal_basis(
    client: Browser, session: Any
) -> None:
    from backend.app.registry.models import InspectionItem

    department = make_department()
    today = clock.today()
    for code, published, last in (
        ("A-1", True, None),
        ("A-2", False, None),
        ("A-3", True, today - timedelta(days=1)),
    ):
        session.add(
            InspectionItem(
                code=code,
                name=f"事项{code}",
                department_id=department.id,
                legal_basis="《广告法》第四十六条",
                published=published,
                valid_to=last,
                search_text=f"事项{code}",
            )
        )
    session.commit()
    text = page(client, "/items")
    assert ("事项A-1" in text, "事项A-2" in text, "事项A-3" in text) == (True, False, False)
    assert "《广告法》第四十六条" in text
    assert "《广告法》第四十六条" in page(client, "/items/A-1")
    assert client.get("/items/A-2").status_code == 404


def test_search_engines_find_public_pages_only(client: Browser) -> None:
    place = make_place()
    publish_draw(place)
    result = publish(place, "索镇惠民大药房")
    text = client.get("/sitemap.xml").get_data(as_text=True)
    assert f"/results/{result.id}" in text
    assert f"/draws/{place.number}" in text
    assert "/office" not in text
    assert "Disallow: /office/" in client.get("/robots.txt").get_data(as_text=True)
