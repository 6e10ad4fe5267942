"""The pages of a joint draw, pressed by the leading department and by an invited one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend.app.draws.service import drawing
from tests.api.draws.test_office import first_step, place_of, second_step
from tests.conftest import Browser
from tests.factories import draws as make

SignIn = Any


@pytest.fixture
def lead(app: Flask) -> make.County:
    return make.make_county()


@pytest.fixture
def other(app: Flask) -> make.County:
    return make.make_county(risks="", officers=3)


@pytest.fixture
def leader(app: Flask, client: Browser, sign_in: SignIn, lead: make.County) -> Browser:
    sign_in(client, account=lead.operator_account, stepped_up=True)
    return client


@pytest.fixture
def guest(app: Flask, sign_in: SignIn, other: make.County, leader: Browser) -> Any:
    browser: Any = app.test_client()
    sign_in(browser, account=other.operator_account)
    return browser


def invite(leader: Browser, lead: make.County, other: make.County) -> tuple[str, str]:
    """The draw's page and the invited department's part of it."""
    form = first_step(lead, department_ids=[str(other.department.id)])
    base = place_of(leader.post("/office/draws/new", data=form)).removesuffix("/who")
    return base, f"{base}/parts/{other.department.id}"


def part(other: make.County, **changes: Any) -> dict[str, Any]:
    form = {
        "item_ids": [str(other.item.id)],
        "t0-department_id": str(other.department.id),
        "t0-n": "2",
        "r0-industries": "食品",
        "revision": "1",
    }
    return form | changes


def test_an_invited_department_looks_accepts_and_the_draw_is_frozen(
    leader: Browser, guest: Browser, lead: make.County, other: make.County
) -> None:
    base, place = invite(leader, lead, other)
    room = leader.get(base).get_data(as_text=True)
    assert f"{other.department.name}受邀参加本次联合抽查，尚未答复。" in room
    assert "disabled" in room
    assert "等待本部门答复的联合抽查" in guest.get("/office/").get_data(as_text=True)
    assert "等待本部门答复的联合抽查" not in leader.get("/office/").get_data(as_text=True)
    page = guest.get(place).get_data(as_text=True)
    assert other.item.name in page and lead.item.name in page
    assert "同意参加" in page
    counted = guest.post(f"{place}/count", data=part(other)).get_data(as_text=True)
    assert "共同监管对象" in counted and "16" in counted
    assert place_of(guest.post(f"{place}/accept", data=part(other))) == base
    assert "等待本部门答复的联合抽查" not in guest.get("/office/").get_data(as_text=True)
    room = leader.get(base).get_data(as_text=True)
    assert "已同意" in room and "尚未答复" not in room
    assert "共同监管对象" in room
    assert place_of(leader.post(f"{base}/freeze", data={"revision": "2"})) == base
    assert "名录" in leader.get(base).get_data(as_text=True)


def test_a_department_that_declines_says_why_to_the_leading_one(
    leader: Browser, guest: Browser, lead: make.County, other: make.County
) -> None:
    base, place = invite(leader, lead, other)
    values = {"reason": "本季已安排专项检查", "revision": "1"}
    assert place_of(guest.post(f"{place}/decline", data=values)) == base
    room = leader.get(base).get_data(as_text=True)
    assert "已谢绝" in room and "本季已安排专项检查" in room
    response: Any = leader.post(f"{base}/freeze", data={"revision": "2"})
    assert response.status_code == 422


def test_a_part_with_nothing_in_it_or_items_nobody_checks_comes_back_with_sentences(
    leader: Browser, guest: Browser, lead: make.County, other: make.County
) -> None:
    _base, place = invite(leader, lead, other)
    empty: Any = guest.post(f"{place}/accept", data={"revision": "1"})
    assert empty.status_code == 422
    assert "请至少选择一个事项或设一个检查人员名额" in empty.get_data(as_text=True)
    seatless = {"item_ids": [str(other.item.id)], "revision": "1"}
    answer: Any = guest.post(f"{place}/accept", data=seatless)
    assert answer.status_code == 422
    assert "本部门的事项至少需要一名本部门检查人员" in answer.get_data(as_text=True)
    bad: Any = guest.post(f"{place}/accept", data=part(other, **{"r0-regions": "山东"}))
    assert "2 至 12 位" in bad.get_data(as_text=True)
    wrong = guest.post(f"{place}/count", data=part(other, **{"r0-regions": "山东"}))
    assert "2 至 12 位" in wrong.get_data(as_text=True)


def test_the_leading_department_sees_the_part_but_cannot_answer_it(
    leader: Browser, lead: make.County, other: make.County
) -> None:
    _base, place = invite(leader, lead, other)
    page = leader.get(place).get_data(as_text=True)
    assert "只有受邀部门的管理员可以代表该部门答复" in page
    response: Any = leader.post(f"{place}/accept", data=part(other))
    assert response.status_code == 403


def test_a_part_of_a_department_that_was_not_asked_is_not_found(
    app: Flask, leader: Browser, guest: Browser, lead: make.County, other: make.County
) -> None:
    third = make.make_county(risks="")
    base, _place = invite(leader, lead, other)
    response: Any = leader.get(f"{base}/parts/{third.department.id}")
    assert response.status_code == 404
    alone = place_of(leader.post("/office/draws/new", data=first_step(lead)))
    response = guest.get(alone.removesuffix("/who") + f"/parts/{other.department.id}")
    assert response.status_code == 404


def test_the_leading_department_sets_seats_for_those_it_invited(
    leader: Browser, lead: make.County, other: make.County
) -> None:
    base, _place = invite(leader, lead, other)
    page = leader.get(f"{base}/who").get_data(as_text=True)
    assert page.count(f'value="{other.department.id}" selected') == 1
    fresh = leader.get(f"/office/draws/seat?draw_id={base.rsplit('/', 1)[1]}")
    assert other.department.name in fresh.get_data(as_text=True)
    form = second_step(
        lead, **{"t1-department_id": str(other.department.id), "t1-n": "1", "t1-speciality": ""}
    )
    counted = leader.post(f"{base}/officers", data=form).get_data(as_text=True)
    assert counted.count("<h3>") == 2
    assert place_of(leader.post(f"{base}/who", data=form)) == base


def test_a_draw_is_extended_by_its_page(leader: Browser, lead: make.County) -> None:
    draw_id = make.drawn(lead)
    base = f"/office/draws/{draw_id}"
    assert f"{base}/extend" in leader.get(base).get_data(as_text=True)
    page = leader.get(f"{base}/extend").get_data(as_text=True)
    assert 'name="more-S01"' in page and "剩余" in page
    wrong: Any = leader.post(f"{base}/extend", data={"more-S01": "viele", "seen": "0"})
    assert wrong.status_code == 422
    form = {"more-S01": "1", "more-S02": "", "reason": "线索增多", "seen": "0"}
    assert place_of(leader.post(f"{base}/extend", data=form)) == base
    room = leader.get(base).get_data(as_text=True)
    assert "第 1 次增抽" in room
    assert "线索增多" in leader.get(f"{base}/extend").get_data(as_text=True)
    again: Any = leader.post(f"{base}/extend", data=form)
    assert again.status_code == 409


def test_a_frozen_draw_says_that_it_cannot_be_extended(leader: Browser, lead: make.County) -> None:
    page = leader.get(f"/office/draws/{make.frozen(lead)}/extend").get_data(as_text=True)
    assert "本次抽取不能增抽" in page


def test_rosters_and_extensions_are_public_without_signing_in(
    app: Flask, leader: Browser, guest: Browser, lead: make.County, other: make.County
) -> None:
    base, place = invite(leader, lead, other)
    place_of(guest.post(f"{place}/accept", data=part(other)))
    place_of(leader.post(f"{base}/freeze", data={"revision": "2"}))
    draw_id = UUID(base.rsplit("/", 1)[1])
    run = {"text": make.TEXT, "rand": make.RAND, "dice": make.DICE}
    drawing.run_routine(draw_id, lead.operator, lead.witness, **run)
    drawing.extend(draw_id, {"S01": 1}, "投诉集中", 0, lead.operator)
    number = make.stored(draw_id).number
    reader: Any = app.test_client()
    page = reader.get(f"/draws/{number}").get_data(as_text=True)
    assert "投诉集中" in page and "已增加 1 户" in page
    assert "各部门名录" in page and other.department.name in page
    told = reader.get(f"/open/v1/draws/{number}").get_json()
    assert told["rosters"]["everywhere"] == 16
    assert [(one["number"], one["rows"]) for one in told["extensions"]] == [(1, 1)]
