"""The office's side: absences, batches on demand with a second person, withdrawals, rates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws.models import DrawReplacement
from backend.app.draws.service import drawing
from backend.app.platform import clock
from backend.app.platform.database import db
from backend.app.registry.models import Officer, OfficerLeave
from backend.app.replacements import service
from backend.app.replacements.models import ReplacementCall, Vacancy
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.factories.replacements import (
    Phones,
    dispatched,
    drawn_with_accounts,
    recused,
)

BOARD = "/office/replacements"


def all_of(model: Any) -> list[Any]:
    with Session(db.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(model)))


def change_officer(officer_id: UUID, **values: Any) -> None:
    with Session(db.engine) as session:
        officer = session.get_one(Officer, officer_id)
        for name, value in values.items():
            setattr(officer, name, value)
        session.commit()


def absence(officer: UUID, days: int = 40, **changes: str) -> dict[str, str]:
    today = clock.today()
    form = {
        "officer_id": str(officer),
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=days)).isoformat(),
        "reason": "illness",
    }
    return form | changes


def test_an_absence_is_looked_at_first_and_then_vacates_what_it_leaves_too_few_days(
    app: Flask, desk: Any
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    officer = sent.team(visit)[0]
    admin = desk(sent.county.operator_account)

    looked = admin.post(f"{BOARD}/absence", data=absence(officer)).get_data(as_text=True)
    assert visit.enterprise_name in looked
    assert all_of(Vacancy) == []
    reply = admin.post(f"{BOARD}/absence", data=absence(officer) | {"enter": "1"})
    assert reply.status_code == 303
    again = admin.post(f"{BOARD}/absence", data=absence(officer) | {"enter": "1"})
    assert again.status_code == 303

    seats = {one.visit_id for one in all_of(Vacancy)}
    mine = {one.id for one in sent.visits() if officer in sent.team(one)}
    assert seats == mine
    assert len(all_of(OfficerLeave)) == 1
    page = admin.get(BOARD).get_data(as_text=True)
    assert visit.enterprise_name in page
    assert "因病" in page


def test_a_short_absence_leaves_the_visits_where_they_are(app: Flask, desk: Any) -> None:
    sent = dispatched()
    officer = sent.team(sent.visits()[0])[0]

    admin = desk(sent.county.operator_account)
    admin.post(f"{BOARD}/absence", data=absence(officer, days=5) | {"enter": "1"})

    assert all_of(Vacancy) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2020-01-01", "starts_on": "2019-12-30"}, "已经结束"),
        ({"ends_on": "2020-01-01"}, "早于"),
        ({"starts_on": "gestern"}, "不是日期"),
        ({"reason": "vacation"}, "选择"),
        ({"officer_id": "nobody"}, 'id="error-officer_id">请选择执法人员'),
    ],
)
def test_a_bad_absence_is_refused_with_words_and_nothing_is_lost(
    app: Flask, desk: Any, changes: dict[str, str], words: str
) -> None:
    sent = dispatched()
    officer = sent.team(sent.visits()[0])[0]
    form = absence(officer, **changes) | {"enter": "1"}

    reply = desk(sent.county.operator_account).post(f"{BOARD}/absence", data=form)

    assert reply.status_code == 422
    page = reply.get_data(as_text=True)
    assert words in page
    assert form["ends_on"] in page
    assert all_of(Vacancy) == []


def test_another_departments_officers_cannot_be_marked_absent_or_seen(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, visit, _leaver = recused(phone_of)
    stranger = desk(make_account(role="department_admin", department=make_department("城管局")))

    form = absence(sent.team(visit)[1]) | {"enter": "1"}
    assert stranger.post(f"{BOARD}/absence", data=form).status_code == 404
    [waiting] = all_of(Vacancy)
    words = {"words": "换一个人"}
    assert stranger.post(f"{BOARD}/seats/{waiting.id}/withdraw", data=words).status_code == 404
    assert stranger.post(f"{BOARD}/draws/{sent.draw_id}/ask").status_code == 404
    assert visit.enterprise_name not in stranger.get(BOARD).get_data(as_text=True)
    assert all_of(Vacancy)[0].state == "waiting"


def test_a_batch_before_the_cut_off_needs_a_second_person_and_is_drawn_once(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, visit, leaver = recused(phone_of)
    admin, chen = desk(sent.county.operator_account), desk(sent.county.witness_account)

    for _twice in range(2):
        assert admin.post(f"{BOARD}/draws/{sent.draw_id}/ask").status_code == 303
    [call] = all_of(ReplacementCall)
    assert admin.post(f"{BOARD}/calls/{call.id}/release").status_code == 403
    assert all_of(DrawReplacement) == []
    for _twice in range(2):
        assert chen.post(f"{BOARD}/calls/{call.id}/release").status_code == 303

    assert [one.batch for one in all_of(DrawReplacement)] == [1]
    assert all_of(ReplacementCall)[0].state == "drawn"
    assert leaver not in sent.team(visit)
    page = chen.get(f"{BOARD}/batches").get_data(as_text=True)
    assert visit.enterprise_name in page
    assert "利害关系" in page


def test_asking_and_releasing_need_a_fresh_proof(app: Flask, desk: Any, phone_of: Phones) -> None:
    sent, _visit, _leaver = recused(phone_of)
    admin = desk(sent.county.operator_account, stepped_up=False)

    reply = admin.post(f"{BOARD}/draws/{sent.draw_id}/ask")

    assert "/office/step-up" in reply.headers["Location"]
    assert all_of(ReplacementCall) == []


def test_a_supervisor_who_leaves_a_seat_cannot_release_its_batch(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, _visit, leaver = recused(phone_of)
    service.ask(sent.draw_id, sent.county.operator)
    change_officer(leaver, account_id=sent.county.witness_account.id)
    [call] = all_of(ReplacementCall)

    reply = desk(sent.county.witness_account).post(f"{BOARD}/calls/{call.id}/release")

    assert reply.status_code == 403
    assert all_of(DrawReplacement) == []


def test_the_cut_off_overtakes_an_open_call(app: Flask, desk: Any, phone_of: Phones) -> None:
    sent, _visit, _leaver = recused(phone_of)
    service.ask(sent.draw_id, sent.county.operator)

    assert service.cut_off(sent.draw_id) is not None

    [call] = all_of(ReplacementCall)
    assert call.state == "overtaken"
    reply = desk(sent.county.witness_account).post(f"{BOARD}/calls/{call.id}/release")
    assert reply.status_code == 303
    assert len(all_of(DrawReplacement)) == 1


def test_with_nothing_waiting_a_batch_cannot_be_asked_for(app: Flask, desk: Any) -> None:
    sent = dispatched()

    reply = desk(sent.county.operator_account).post(f"{BOARD}/draws/{sent.draw_id}/ask")

    assert reply.status_code == 409
    assert "没有待补派的检查人员" in reply.get_data(as_text=True)


def test_a_withdrawn_recusal_keeps_the_officer_and_tells_the_phone(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    phone = phone_of(sent, leaver)
    phone.recuses(visit.id)
    [waiting] = all_of(Vacancy)
    admin = desk(sent.county.operator_account)
    address = f"{BOARD}/seats/{waiting.id}/withdraw"

    assert admin.post(address, data={"words": " "}).status_code == 422
    for _twice in range(2):
        assert admin.post(address, data={"words": "误按，经核实无利害关系"}).status_code == 303

    assert service.cut_off(sent.draw_id) is None
    assert leaver in sent.team(visit)
    pulled = next(v for v in phone.send()["visits"] if v["visit"] == str(visit.id))
    declined = [event for event in pulled["events"] if event["kind"] == "recusal.declined"]
    assert [event["body"]["reason"] for event in declined] == ["误按，经核实无利害关系"]


def test_an_absence_is_not_taken_back_from_an_officer_who_declared_a_ground(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    phone = phone_of(sent, leaver)
    admin = desk(sent.county.operator_account)
    admin.post(f"{BOARD}/absence", data=absence(leaver) | {"enter": "1"})
    phone.recuses(visit.id)
    waiting = next(one for one in all_of(Vacancy) if one.visit_id == visit.id)

    address = f"{BOARD}/seats/{waiting.id}/withdraw"
    reply = admin.post(address, data={"words": "已回岗"}, headers={"Accept": "application/json"})
    assert reply.status_code == 409

    assert service.cut_off(sent.draw_id) is not None
    assert leaver not in sent.team(visit)


def test_an_officer_deactivated_after_the_dispatch_leaves_with_the_next_batch(
    app: Flask, desk: Any
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    gone = sent.team(visit)[0]
    change_officer(gone, active=False)

    service.ask(sent.draw_id, sent.county.operator)

    reasons = {(one.cause, one.reason) for one in all_of(Vacancy)}
    assert reasons == {("unfit", "inactive")}
    assert service.cut_off(sent.draw_id) is not None
    assert all(gone not in sent.team(one) for one in sent.visits())


def test_an_officer_deactivated_between_draw_and_dispatch_is_replaced_and_the_visit_sent(
    app: Flask,
) -> None:
    sent = drawn_with_accounts()
    seats = [seat for row in range(16) for seat in sent.seats(row)]
    gone = next(seat.officer_id for seat in seats if seat.officer_id)
    change_officer(gone, active=False)
    held = {seat.row for seat in seats if seat.officer_id == gone}
    drawing.dispatch(sent.draw_id, sent.county.operator)
    assert held.isdisjoint(one.pool_row for one in sent.visits())

    service.ask(sent.draw_id, sent.county.operator)
    service.cut_off(sent.draw_id)

    assert held <= {one.pool_row for one in sent.visits()}
    assert all(gone not in sent.team(one) for one in sent.visits())


def test_nobody_absent_or_expired_is_drawn_into_a_seat(app: Flask, phone_of: Phones) -> None:
    sent = dispatched(officers=4)
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    others = [one for one in sent.accounts if one not in (leaver, stays)]
    change_officer(others[0], certificate_expires_on=clock.today())
    phone_of(sent, leaver).recuses(visit.id)

    service.cut_off(sent.draw_id)

    assert set(sent.team(visit)) == {stays, others[1]}


def test_rates_count_what_each_officer_left_by_reason(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    phone_of(sent, leaver).recuses(visit.id, "other_relation")
    service.cut_off(sent.draw_id)
    admin = desk(sent.county.operator_account)

    page = admin.get(f"{BOARD}/rates").get_data(as_text=True)

    name = next(one.name for one in sent.county.officers if one.id == leaver)
    assert page.index(name) < min(
        page.index(one.name) for one in sent.county.officers if one.id != leaver
    )
    assert "其他可能影响公正的关系" in page
    assert "无人被抽中" in admin.get(f"{BOARD}/rates?since=2020-01-01&until=2020-02-01").get_data(
        as_text=True
    )


def test_an_empty_board_says_what_would_stand_there(app: Flask, desk: Any) -> None:
    county = make.make_county()

    browser = desk(county.operator_account)

    assert "没有待补派的检查人员" in browser.get(BOARD).get_data(as_text=True)
    assert "尚未补派过" in browser.get(f"{BOARD}/batches").get_data(as_text=True)


def test_inspectors_see_none_of_it(app: Flask, desk: Any) -> None:
    sent = dispatched()
    inspector = desk(next(iter(sent.accounts.values())))

    for page in ("", "/absence", "/batches", "/rates"):
        assert inspector.get(BOARD + page).status_code == 403


def test_deactivating_an_officer_in_the_register_lets_the_seats_wait(app: Flask, desk: Any) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    gone = sent.team(visit)[0]
    admin = desk(sent.county.operator_account)
    address = f"/office/registry/officers/{gone}/edit"
    with Session(db.engine) as session:
        officer = session.get_one(Officer, gone)
        form = {
            "name": officer.name,
            "certificate": officer.certificate,
            "certificate_expires_on": officer.certificate_expires_on.isoformat(),
            "department_id": str(officer.department_id),
            "revision": str(officer.revision),
            "login": sent.accounts[gone].login,
        }

    assert admin.post(address, data=form).status_code == 303

    assert {(one.cause, one.reason) for one in all_of(Vacancy)} == {("unfit", "inactive")}
    assert len(all_of(Vacancy)) == sum(gone in sent.team(one) for one in sent.visits())


def test_an_expired_certificate_shows_on_the_board_before_anybody_asks(
    app: Flask, desk: Any
) -> None:
    sent = dispatched()
    change_officer(
        sent.team(sent.visits()[0])[0], certificate_expires_on=clock.today() - timedelta(days=1)
    )

    page = desk(sent.county.operator_account).get(BOARD).get_data(as_text=True)

    assert "名检查人员不能继续参加" in page


def test_leave_on_the_last_day_alone_takes_nobody_off_an_open_visit(app: Flask) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    officer = sent.team(visit)[0]
    with Session(db.engine) as session:
        days = {"starts_on": visit.due_on, "ends_on": visit.due_on}
        session.add(OfficerLeave(officer_id=officer, **days))
        session.commit()
    change_officer(sent.team(visit)[1], active=False)

    service.ask(sent.draw_id, sent.county.operator)
    service.cut_off(sent.draw_id)

    assert officer in sent.team(visit)
