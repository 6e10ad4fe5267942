"""The office's disclosure pages: what is public and the working-day table."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from backend.app.disclosure import service as disclosure
from backend.app.platform import clock
from tests.conftest import Browser
from tests.factories.accounts import make_account, make_department
from tests.factories.disclosure import make_place, publish
from tests.factories.field import handed_in, make_field, work_again

TABLE = "/office/disclosures/working-days"


def test_the_list_shows_late_marks_and_only_ones_own_departments(
    client: Browser, sign_in: Any
) -> None:
    here, there = make_place(), make_place("消防救援大队")
    publish(here, "逾期的店", ended_on=clock.today() - timedelta(days=60))
    publish(here, "及时的店")
    publish(there, "别人的店")
    sign_in(client, account=here.supervisor)
    page = client.get("/office/disclosures").get_data(as_text=True)
    assert "逾期的店" in page
    assert "逾期公示" in page
    assert "别人的店" not in page
    late = client.get("/office/disclosures?late=1").get_data(as_text=True)
    assert "逾期的店" in late
    assert "及时的店" not in late


def test_running_clocks_are_listed_with_the_days_left_even_after_a_send_back(
    client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in("时钟在走的店")
    make_field("还没去的店", department=field.department)
    sign_in(client, department=field.department)
    page = client.get("/office/disclosures").get_data(as_text=True)
    assert "时钟在走的店" in page
    assert "剩 20 个工作日" in page
    assert "还没去的店" not in page
    body = {"revision": 1, "digest": digest, "reasons": [{"reason": "补拍"}]}
    client.post(f"/api/v1/reviews/{field.visit}/send-back", json=body)
    work_again(field)
    again = client.get("/office/disclosures").get_data(as_text=True)
    assert "时钟在走的店" in again
    assert "已退回" in again


def test_the_first_page_of_the_office_counts_what_waits_for_a_supervisor(
    client: Browser, sign_in: Any
) -> None:
    field, _digest = handed_in()
    sign_in(client, department=field.department)
    assert "待核查记录" in client.get("/office/").get_data(as_text=True)


def test_the_first_page_counts_results_that_are_overdue_or_soon_due(
    app: Flask, client: Browser, sign_in: Any, session: Session
) -> None:
    field, _digest = handed_in()
    last_day = disclosure.due_on(session, clock.today()).day
    session.rollback()
    sign_in(client, department=field.department)
    fresh = client.get("/office/").get_data(as_text=True)
    assert "逾期未公示" not in fresh
    assert "公示期限将至" not in fresh
    for days, words in ((-1, "公示期限将至"), (30, "逾期未公示")):
        moment = datetime.combine(last_day + timedelta(days=days), time(4), UTC)
        app.extensions["evenhand.clock"] = lambda moment=moment: moment
        later = app.test_client()
        sign_in(later, department=field.department)
        page = later.get("/office/").get_data(as_text=True)
        assert words in page
        assert 'href="/office/disclosures"><b>1</b>' in page
        del app.extensions["evenhand.clock"]


def test_an_empty_list_says_how_it_fills(client: Browser, sign_in: Any) -> None:
    sign_in(client)
    assert "核查确认后，结果即时公示" in client.get("/office/disclosures").get_data(as_text=True)


def test_oversight_keeps_the_working_day_table(client: Browser, sign_in: Any) -> None:
    office = make_department("审改办", is_oversight=True)
    sign_in(client, account=make_account(role="oversight", department=office))
    form = {"day": "2026-11-18", "works": "false", "note": "国办发明电〔2026〕1号"}
    assert client.post(TABLE, data=form).status_code == 303
    assert "国办发明电〔2026〕1号" in client.get(TABLE).get_data(as_text=True)
    assert client.post(TABLE, data=form).status_code == 409
    assert client.post(f"{TABLE}/remove", data={"day": "2026-11-18"}).status_code == 303
    assert "国办发明电〔2026〕1号" not in client.get(TABLE).get_data(as_text=True)


def test_a_day_that_is_none_is_refused_beside_its_field(client: Browser, sign_in: Any) -> None:
    office = make_department("审改办", is_oversight=True)
    sign_in(client, account=make_account(role="oversight", department=office))
    reply = client.post(TABLE, data={"day": "18.11.", "works": "false", "note": "x y"})
    assert reply.status_code == 422
    assert 'id="error-day"' in reply.get_data(as_text=True)


def test_a_supervisor_reads_the_table_and_does_not_change_it(client: Browser, sign_in: Any) -> None:
    sign_in(client)
    assert client.get(TABLE).status_code == 200
    form = {"day": "2026-11-18", "works": "false", "note": "x y"}
    assert client.post(TABLE, data=form).status_code == 403
