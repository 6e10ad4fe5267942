"""Nobody enters leave for everybody else just before a batch, to choose who replaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws.models import DrawReplacement
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock, jobs
from backend.app.platform.access import DEPARTMENT_ADMIN, OVERSIGHT, SUPERVISOR, Actor
from backend.app.platform.database import db
from backend.app.platform.transactions import unit_of_work
from backend.app.registry import service as registry
from backend.app.registry.models import Enterprise, Officer, OfficerLeave, RecusalGround
from backend.app.replacements import service
from backend.app.replacements.errors import NotReleasedByOneself
from backend.app.replacements.models import ReplacementCall, Vacancy
from backend.app.visits.models import Visit
from tests.api.replacements.test_office import BOARD
from tests.factories import draws as drawing
from tests.factories.accounts import add_role, make_account, make_department
from tests.factories.replacements import Phones, Sent, dispatched


def rows_of(model: Any) -> list[Any]:
    with Session(db.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(model)))


def held_in_ledger() -> int:
    with Session(db.engine) as session:
        query = select(LedgerEntry.type).where(LedgerEntry.type == "draw.held")
        return len(session.scalars(query).all())


def seen(client: Any) -> dict[str, str]:
    """What the board's form of release sends along."""
    found = re.search('name="seen" value="([^"]*)"', client.get(BOARD).get_data(as_text=True))
    assert found is not None
    return {"seen": found[1]}


def one_left(phone_of: Phones, officers: int = 8) -> tuple[Sent, Visit, list[UUID]]:
    """A dispatched draw, a visit whose last officer asked for recusal, and who could come."""
    sent = dispatched(officers=officers)
    visit = sent.visits()[0]
    team = sent.team(visit)
    phone_of(sent, team[-1]).recuses(visit.id)
    return sent, visit, [one.id for one in sent.county.officers if one.id not in team]


def on_leave(officer: UUID, by: Actor, _visit: Visit) -> None:
    today = clock.today()
    with unit_of_work() as session:
        registry.add_leave(session, officer, today, today + timedelta(days=3), "", by=by)


def absent(officer: UUID, by: Actor, _visit: Visit) -> None:
    today = clock.today()
    service.enter_absence(officer, today, today + timedelta(days=9), "leave", by)


def deactivated(officer: UUID, by: Actor, _visit: Visit) -> None:
    with unit_of_work() as session:
        found = session.get_one(Officer, officer)
        names = ("name", "certificate", "department_id", "certificate_expires_on", "specialities")
        values = {name: getattr(found, name) for name in names} | {"login": "", "active": False}
        registry.change_officer(session, officer, values, found.revision, by)


def recused_by_the_office(officer: UUID, by: Actor, visit: Visit) -> None:
    with unit_of_work() as session:
        registry.declare_ground(
            session,
            session.get_one(Officer, officer),
            session.get_one(Enterprise, visit.enterprise_id),
            "interest",
            "",
            by=by,
        )


def leave_of_weeks(those: Sequence[UUID], sent: Sent) -> None:
    today = clock.today()
    for officer in those:
        with unit_of_work() as session:
            last = today + timedelta(days=20)
            registry.add_leave(session, officer, today, last, "", by=sent.county.operator)


def later(app: Flask, *, days: int) -> None:
    then = clock.now() + timedelta(days=days)
    app.extensions["evenhand.clock"] = lambda: then


def narrow(those: Sequence[UUID], by: Actor, visit: Visit) -> None:
    for officer in those:
        on_leave(officer, by, visit)


@pytest.mark.parametrize("way", [on_leave, absent, deactivated, recused_by_the_office])
def test_a_batch_from_which_the_office_took_all_but_one_waits_for_a_second_person(
    app: Flask,
    desk: Any,
    phone_of: Phones,
    way: Callable[[UUID, Actor, Visit], None],
) -> None:
    sent, visit, others = one_left(phone_of)
    before = sent.team(visit)
    for officer in others[1:]:
        way(officer, sent.county.operator, visit)
    for _day in range(2):
        assert service.cut_off(sent.draw_id) is None
    assert (sent.team(visit), rows_of(DrawReplacement), held_in_ledger()) == (before, [], 1)
    (call,) = rows_of(ReplacementCall)
    assert call.asked_by is None and (call.held["could"], call.held["can"]) == (6, 1)

    admin = desk(sent.county.operator_account)
    assert admin.post(f"{BOARD}/calls/{call.id}/release").status_code == 403
    assert admin.post(f"{BOARD}/calls/{call.id}/take-back").status_code == 404
    second = desk(sent.county.witness_account)
    page = second.get(BOARD, headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "Of 6 officers who could take the most narrowed one, the office has left 1." in page
    assert "截止时的补派批次自" in second.get(BOARD).get_data(as_text=True)
    home = second.get("/office/", headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "Batches that wait for your release" in home

    assert second.post(f"{BOARD}/calls/{call.id}/release", data=seen(second)).status_code == 303
    assert others[0] in sent.team(visit)
    number = drawing.stored(sent.draw_id).number
    public = second.get(f"/draws/{number}", headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "of 6 officers who could come, 1 were left" in public
    (told,) = second.get(f"/open/v1/draws/{number}").get_json()["replacements"]
    assert (told["held"]["could"], told["held"]["can"]) == (6, 1)
    shown = second.get(f"{BOARD}/batches", headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "Released by somebody of the supervising side." in shown


def test_whoever_entered_any_of_it_cannot_be_the_second_person(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, visit, others = one_left(phone_of)
    both = make_account(role=SUPERVISOR, department=sent.county.department)
    add_role(both, DEPARTMENT_ADMIN)
    by = drawing.actor_of(both, SUPERVISOR, DEPARTMENT_ADMIN)
    narrow(others[2:], sent.county.operator, visit)
    on_leave(others[1], by, visit)
    service.cut_off(sent.draw_id)
    (call,) = rows_of(ReplacementCall)
    with pytest.raises(NotReleasedByOneself):
        service.release(call.id, by)
    page = desk(both).get(BOARD).get_data(as_text=True)
    assert "截止时的补派批次自" in page and "/release" not in page
    watch = make_account(role=OVERSIGHT, department=make_department(is_oversight=True))
    client = desk(watch)
    assert client.post(f"{BOARD}/calls/{call.id}/release", data=seen(client)).status_code == 303
    assert others[0] in sent.team(visit)


def test_one_of_many_on_leave_and_own_recusals_hold_nothing(app: Flask, phone_of: Phones) -> None:
    sent, visit, others = one_left(phone_of)
    on_leave(others[0], sent.county.operator, visit)
    for officer in others[1:5]:
        theirs = next(one for one in sent.visits() if officer in sent.team(one))
        phone_of(sent, officer).recuses(theirs.id)
    assert service.cut_off(sent.draw_id) is not None
    assert held_in_ledger() == 0
    assert {one.state for one in rows_of(Vacancy)} <= {"filled", "unfilled"}


def test_leave_from_before_the_days_that_count_holds_nothing(app: Flask, phone_of: Phones) -> None:
    sent = dispatched(officers=8)
    visit = sent.visits()[0]
    team = sent.team(visit)
    others = [one.id for one in sent.county.officers if one.id not in team]
    leave_of_weeks(others[1:], sent)
    later(app, days=8)
    phone_of(sent, team[-1]).recuses(visit.id)
    assert service.cut_off(sent.draw_id) is not None
    assert others[0] in sent.team(visit)


def test_a_batch_is_held_however_long_nobody_releases_it(app: Flask, phone_of: Phones) -> None:
    sent = dispatched(officers=8)
    visit = sent.visits()[0]
    team = sent.team(visit)
    leave_of_weeks([one.id for one in sent.county.officers if one.id not in team][1:], sent)
    later(app, days=1)
    phone_of(sent, team[-1]).recuses(visit.id)
    assert service.cut_off(sent.draw_id) is None
    later(app, days=9)
    assert service.cut_off(sent.draw_id) is None


def test_a_request_taken_back_and_made_again_does_not_make_the_leave_between_them_old(
    app: Flask, phone_of: Phones
) -> None:
    sent = dispatched(officers=8)
    visit = sent.visits()[0]
    team = sent.team(visit)
    phone = phone_of(sent, team[-1])
    phone.recuses(visit.id)
    leave_of_weeks([one.id for one in sent.county.officers if one.id not in team][1:], sent)
    (asked,) = rows_of(Vacancy)
    service.withdraw(asked.id, "不再需要", sent.county.operator)
    later(app, days=9)
    phone.recuses(visit.id)
    assert service.cut_off(sent.draw_id) is None


@pytest.mark.parametrize("ended", [False, True])
def test_grounds_that_an_earlier_batch_took_along_are_counted_still(
    app: Flask, phone_of: Phones, *, ended: bool
) -> None:
    sent = dispatched(officers=8)
    first, second = sent.visits()[:2]
    others = [one.id for one in sent.county.officers if one.id not in sent.team(second)]
    for officer in others[1:]:
        recused_by_the_office(officer, sent.county.operator, second)
    phone_of(sent, sent.team(first)[-1]).recuses(first.id)
    assert service.cut_off(sent.draw_id) is not None
    for ground in rows_of(RecusalGround) if ended else ():
        if ground.event_id is None:
            with unit_of_work() as session:
                registry.revoke_ground(session, ground.officer_id, ground.id, sent.county.operator)
    phone_of(sent, sent.team(second)[-1]).recuses(second.id)
    assert service.cut_off(sent.draw_id) is None


def test_when_leave_is_taken_back_the_next_cut_off_draws(app: Flask, phone_of: Phones) -> None:
    sent, visit, others = one_left(phone_of)
    narrow(others[1:], sent.county.operator, visit)
    queued = len([one for one in rows_of(jobs.Job) if one.kind == service.CUT_OFF])
    assert service.cut_off(sent.draw_id) is None
    assert len([one for one in rows_of(jobs.Job) if one.kind == service.CUT_OFF]) == queued + 1
    for leave in rows_of(OfficerLeave):
        with unit_of_work() as session:
            registry.drop_leave(session, leave.officer_id, leave.id, sent.county.operator)
    assert service.cut_off(sent.draw_id) is not None
    assert [one.state for one in rows_of(ReplacementCall)] == ["overtaken"]
    assert [one.held for one in rows_of(DrawReplacement)] == [{}]


@pytest.mark.parametrize("again", [False, True])
def test_what_comes_between_looking_and_releasing_is_shown_before_anything_is_drawn(
    app: Flask, desk: Any, phone_of: Phones, *, again: bool
) -> None:
    """Nor does it help to ask again, which notes it with the call before the other one presses."""
    sent, visit, others = one_left(phone_of)
    service.ask(sent.draw_id, sent.county.operator)
    (call,) = rows_of(ReplacementCall)
    assert (call.asked_by, call.held) == (sent.county.operator.account_id, {})
    second = desk(sent.county.witness_account)
    page = seen(second)
    narrow(others[1:], sent.county.operator, visit)
    if again:
        service.ask(sent.draw_id, sent.county.operator)
    address = f"{BOARD}/calls/{call.id}/release"
    reply = second.post(address, data=page, headers={"X-Lang": "en"}, follow_redirects=True)
    assert "Meanwhile it was narrowed who can come" in reply.get_data(as_text=True)
    assert rows_of(DrawReplacement) == []
    assert second.post(address, data=seen(second)).status_code == 303
    (batch,) = rows_of(DrawReplacement)
    assert batch.held == {"seats": 1, "could": 6, "can": 1}
    assert held_in_ledger() == 1


def test_a_batch_asked_for_after_the_leave_says_so_at_once(app: Flask, phone_of: Phones) -> None:
    sent, visit, others = one_left(phone_of)
    narrow(others[1:], sent.county.operator, visit)
    for _press in range(2):
        service.ask(sent.draw_id, sent.county.operator)
    (call,) = rows_of(ReplacementCall)
    assert (call.held["could"], call.held["can"], call.held["seats"]) == (6, 1, 1)
    assert service.cut_off(sent.draw_id) is None
    by = sent.county.witness
    told = service.release(call.id, by)
    assert isinstance(told, service.Held), "who presses has not looked"
    assert isinstance(service.release(call.id, by, told.mark), service.Drawn)
