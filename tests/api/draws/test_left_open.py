"""A draw that lies after its first reveal is named, to the office and to everybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from backend.app.draws.service import holding
from backend.app.platform import clock
from backend.app.platform.access import OVERSIGHT
from tests.conftest import Browser, SignIn
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.service.draws.test_ceremony import county

__all__ = ["county"]

PUBLIC = ("/", "/draws", "/fairness")


def page(client: Browser, address: str, lang: str = "en") -> str:
    reply = client.get(address, headers={"X-Lang": lang})
    assert reply.status_code == 200, address
    return str(reply.get_data(as_text=True))


def pass_hours(app: Flask, hours: float) -> None:
    later = clock.now() + timedelta(hours=hours)
    app.extensions["evenhand.clock"] = lambda: later


def lying(app: Flask, county: make.County, hours: float = 25) -> UUID:
    """A draw whose throws nobody types."""
    draw_id, _phones = hold.revealed(county)
    pass_hours(app, hours)
    return draw_id


def test_before_a_day_has_passed_nothing_is_said(
    app: Flask, client: Browser, county: make.County
) -> None:
    number = make.stored(lying(app, county, hours=23.9)).number
    for address in (*PUBLIC, f"/draws/{number}", f"/live/{number}"):
        assert "left open" not in page(client, address).lower()
    assert client.get(f"/open/v1/draws/{number}").get_json()["left_open_since"] is None


@pytest.mark.parametrize(("lang", "words"), [("en", "left open"), ("zh-CN", "久未完成")])
def test_after_a_day_everybody_reads_since_when_and_which_office(
    app: Flask, client: Browser, county: make.County, lang: str, words: str
) -> None:
    draw = make.stored(lying(app, county))
    assert draw.opened_at is not None
    since = clock.local(draw.opened_at).strftime("%H:%M")
    for address in ("/", "/draws", f"/draws/{draw.number}", f"/live/{draw.number}"):
        text = page(client, address, lang)
        assert words in text.lower() and since in text, address
        assert county.department.name in text, address
    assert words in page(client, "/fairness", lang).lower()
    told = client.get(f"/open/v1/draws/{draw.number}").get_json()["left_open_since"]
    assert told.startswith(draw.opened_at.isoformat()[:16])
    assert client.get("/open/v1/fairness").get_json()["county"]["left_open"] == 1


def test_a_live_page_that_is_open_learns_it_without_a_reload(
    app: Flask, client: Browser, county: make.County
) -> None:
    draw_id, _phones = hold.revealed(county)
    address = f"/live/{make.stored(draw_id).number}/board"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    pass_hours(app, 25)
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 200 and "久未完成" in again.get_data(as_text=True)


def test_oversight_finds_it_on_the_first_page_and_in_the_list(
    app: Flask, client: Browser, county: make.County, sign_in: SignIn
) -> None:
    draw_id = lying(app, county)
    sign_in(client, role=OVERSIGHT, department=make_department("审改办", is_oversight=True))
    assert "Draws left open after a reveal" in page(client, "/office/")
    text = page(client, "/office/draws")
    assert f"/office/draws/{draw_id}" in text and "Left open" in text
    assert county.department.name in text


def test_who_does_not_see_the_department_is_not_told_in_the_office(
    app: Flask, client: Browser, county: make.County, sign_in: SignIn
) -> None:
    lying(app, county)
    sign_in(client, role="department_admin", department=make_department("别的局"))
    assert "left open" not in page(client, "/office/").lower()
    assert "left open" not in page(client, "/office/draws").lower()


def test_finished_late_or_void_it_is_no_longer_open_and_still_counted(
    app: Flask, client: Browser, county: make.County
) -> None:
    void_id = lying(app, county)
    office = make_department("审改办", is_oversight=True)
    watch = make.actor_of(
        make_account(role=OVERSIGHT, department=office),
        OVERSIGHT,
        scope=frozenset({county.department.id}),
    )
    holding.void(void_id, "无人掷骰", watch)
    for address in ("/", "/draws"):
        assert "left open" not in page(client, address).lower()
    assert "Draws that were left open" in page(client, "/fairness")
    assert client.get("/open/v1/fairness").get_json()["county"]["left_open"] == 1


def test_a_rehearsal_that_lies_is_nobodys_business(
    app: Flask, client: Browser, county: make.County
) -> None:
    copy = holding.rehearse(make.plan(county), county.operator)
    holding.freeze(copy, make.stored(copy).revision, county.operator, shape=hold.SHAPE)
    holding.begin(copy, county.operator)
    hold.committed(copy)
    holding.close_list(copy, county.operator)
    holding.open_operator(copy, county.operator)
    pass_hours(app, 25)
    for address in PUBLIC:
        assert "left open" not in page(client, address).lower()
