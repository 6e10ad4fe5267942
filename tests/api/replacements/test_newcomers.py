"""Nobody enters absences alone until an officer comes who pleases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account
from backend.app.draws.errors import TookPart, WrongState
from backend.app.draws.models import DrawReplacement
from backend.app.draws.service import holding
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock
from backend.app.platform.access import DEPARTMENT_ADMIN, OVERSIGHT, SUPERVISOR
from backend.app.platform.database import db
from backend.app.registry.models import Officer
from backend.app.replacements import service
from backend.app.replacements.models import Vacancy
from backend.app.visits.models import Visit
from tests.api.replacements.test_office import BOARD, absence
from tests.factories.accounts import add_role, make_account, make_department
from tests.factories.draws import actor_of
from tests.factories.replacements import Phones, Sent, dispatched

CLOSED = f"{BOARD}/closed"


def make_watchdog() -> Account:
    return make_account(role=OVERSIGHT, department=make_department(is_oversight=True))


def asked() -> list[Vacancy]:
    with Session(db.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(Vacancy).where(Vacancy.state == "asked")))


def vacated() -> int:
    """Seats of which the ledger says that they were left."""
    with Session(db.engine) as session:
        query = select(func.count()).where(LedgerEntry.type == "draw.vacated")
        return session.scalar(query) or 0


def batches() -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(DrawReplacement)) or 0


def replaced(sent: Sent, phone_of: Phones) -> tuple[Visit, UUID]:
    """A visit and the officer whom a batch brought onto it."""
    visit = sent.visits()[0]
    before = sent.team(visit)
    phone_of(sent, before[-1]).recuses(visit.id)
    assert service.cut_off(sent.draw_id) is not None
    (newcomer,) = set(sent.team(visit)) - set(before)
    return visit, newcomer


def enter(admin: Any, officer: UUID) -> str:
    reply = admin.post(f"{BOARD}/absence", data=absence(officer) | {"enter": "1"})
    assert reply.status_code == 303
    return str(admin.get(BOARD, headers={"X-Lang": "en"}).get_data(as_text=True))


def test_an_administrator_alone_takes_nobody_off_whom_a_batch_has_just_brought(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    traced = vacated()
    admin = desk(sent.county.operator_account)
    looked = admin.post(f"{BOARD}/absence", data=absence(newcomer), headers={"X-Lang": "en"})
    assert "a second person has to agree" in looked.get_data(as_text=True)
    board = enter(admin, newcomer)
    enter(admin, newcomer)
    assert "waits for a second person" in board and "Agree: the seat" not in board

    (seat,) = asked()
    assert (seat.visit_id, seat.officer_id) == (visit.id, newcomer)
    others = [one for one in sent.visits() if newcomer in sent.team(one) and one.id != visit.id]
    assert vacated() - traced == len(others)
    service.cut_off(sent.draw_id)
    assert newcomer in sent.team(visit)
    assert admin.post(f"{BOARD}/seats/{seat.id}/agree").status_code == 403
    assert asked() != []


@pytest.mark.parametrize("role", [SUPERVISOR, OVERSIGHT])
def test_with_a_second_persons_word_the_seat_is_drawn_again(
    app: Flask, desk: Any, phone_of: Phones, role: str
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    enter(desk(sent.county.operator_account), newcomer)
    (seat,) = asked()
    office = sent.county.department if role == SUPERVISOR else make_department(is_oversight=True)
    second = desk(make_account(role=role, department=office))
    home = second.get("/office/", headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "Seats that wait for you as the second person" in home
    assert "同意补派他人" in second.get(BOARD).get_data(as_text=True)
    traced = vacated()
    for _press in range(2):
        assert second.post(f"{BOARD}/seats/{seat.id}/agree").status_code == 303
    assert vacated() == traced + 1
    assert service.cut_off(sent.draw_id) is not None
    assert newcomer not in sent.team(visit)
    with Session(db.engine) as session:
        kept = session.get_one(Vacancy, seat.id)
        assert kept.seconded_by not in (None, kept.asked_by) and kept.state == "filled"


def test_the_second_person_may_say_no_with_a_reason(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    enter(desk(sent.county.operator_account), newcomer)
    (seat,) = asked()
    supervisor = desk(sent.county.witness_account)
    address = f"{BOARD}/seats/{seat.id}/decline"
    assert supervisor.post(address, data={"words": " "}).status_code == 422
    assert supervisor.post(address, data={"words": "本人在岗"}).status_code == 303
    assert asked() == []
    page = supervisor.get(CLOSED, headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "本人在岗" in page and f"not agreed by {sent.county.witness_account.name}" in page
    assert supervisor.post(f"{BOARD}/seats/{seat.id}/agree").status_code == 409
    service.cut_off(sent.draw_id)
    assert newcomer in sent.team(visit)


@pytest.mark.parametrize("answer", ["agree", "decline"])
def test_the_second_persons_word_is_a_step_of_the_draw_which_they_do_not_declare_void(
    app: Flask, desk: Any, phone_of: Phones, answer: str
) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, phone_of)
    enter(desk(sent.county.operator_account), newcomer)
    (seat,) = asked()
    office = make_department(is_oversight=True)
    second, stranger = (make_account(role=OVERSIGHT, department=office) for _ in range(2))
    address = f"{BOARD}/seats/{seat.id}/{answer}"
    assert desk(second).post(address, data={"words": "本人在岗"}).status_code == 303
    scope = frozenset({sent.county.department.id})
    with pytest.raises(TookPart):
        holding.void(sent.draw_id, "不中意", actor_of(second, OVERSIGHT, scope=scope))
    with pytest.raises(WrongState):
        holding.void(sent.draw_id, "名录有误", actor_of(stranger, OVERSIGHT, scope=scope))


def _of_another_department(sent: Sent, newcomer: UUID) -> Account:
    return make_account(role=SUPERVISOR, department=make_department("别的局"))


def _who_entered_it(sent: Sent, newcomer: UUID) -> Account:
    add_role(sent.county.operator_account, SUPERVISOR)
    return sent.county.operator_account


def _the_officer(sent: Sent, newcomer: UUID) -> Account:
    add_role(sent.accounts[newcomer], SUPERVISOR)
    return sent.accounts[newcomer]


@pytest.mark.parametrize(
    ("who", "status"),
    [(_of_another_department, 404), (_who_entered_it, 403), (_the_officer, 403)],
)
def test_the_second_person_is_another_one_of_the_supervising_side(
    app: Flask,
    desk: Any,
    phone_of: Phones,
    who: Callable[[Sent, UUID], Account],
    status: int,
) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, phone_of)
    enter(desk(sent.county.operator_account), newcomer)
    (seat,) = asked()
    wrong = desk(who(sent, newcomer))
    assert wrong.post(f"{BOARD}/seats/{seat.id}/agree").status_code == status
    words = {"words": "不同意"}
    assert wrong.post(f"{BOARD}/seats/{seat.id}/decline", data=words).status_code == status
    assert len(asked()) == 1


def test_who_deactivates_a_newcomer_in_the_register_needs_a_second_person_too(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    both = make_account(role=DEPARTMENT_ADMIN, department=sent.county.department)
    add_role(both, SUPERVISOR)
    admin = desk(both)
    with Session(db.engine) as session:
        officer = session.get_one(Officer, newcomer)
        form = {
            "name": officer.name,
            "certificate": officer.certificate,
            "certificate_expires_on": officer.certificate_expires_on.isoformat(),
            "department_id": str(officer.department_id),
            "revision": str(officer.revision),
            "login": sent.accounts[newcomer].login,
        }
    address = f"/office/registry/officers/{newcomer}/edit"
    assert admin.post(address, data=form).status_code == 303
    seats = {seat.visit_id: seat for seat in asked()}
    assert visit.id in seats
    service.cut_off(sent.draw_id)
    assert newcomer in sent.team(visit)
    seat = seats[visit.id]
    assert admin.post(f"{BOARD}/seats/{seat.id}/agree").status_code == 403
    second = desk(sent.county.witness_account)
    assert second.post(f"{BOARD}/seats/{seat.id}/agree").status_code == 303
    assert service.cut_off(sent.draw_id) is not None
    assert newcomer not in sent.team(visit)


def test_the_newcomers_own_recusal_needs_nobody_elses_word(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    enter(desk(sent.county.operator_account), newcomer)
    phone_of(sent, newcomer).recuses(visit.id)
    assert asked() == []
    assert service.cut_off(sent.draw_id) is not None
    assert newcomer not in sent.team(visit)
    for desk_of in (desk(sent.county.operator_account), desk(make_watchdog())):
        page = desk_of.get(CLOSED, headers={"X-Lang": "en"}).get_data(as_text=True)
        assert "asked for recusal in the meantime: nobody had to agree" in page
        assert "本人申请回避，无须第二人同意" in desk_of.get(CLOSED).get_data(as_text=True)


def test_after_a_week_a_newcomer_is_an_officer_like_the_others(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    later = clock.now() + timedelta(days=7, minutes=1)
    app.extensions["evenhand.clock"] = lambda: later
    enter(desk(sent.county.operator_account), newcomer)
    assert asked() == []
    service.cut_off(sent.draw_id)
    assert newcomer not in sent.team(visit)


def test_an_absence_that_was_a_mistake_is_withdrawn_before_anybody_agreed(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, phone_of)
    admin = desk(sent.county.operator_account)
    enter(admin, newcomer)
    (seat,) = asked()
    reply = admin.post(f"{BOARD}/seats/{seat.id}/withdraw", data={"words": "录错人了"})
    assert reply.status_code == 303
    assert asked() == []
    assert (
        desk(sent.county.witness_account).post(f"{BOARD}/seats/{seat.id}/agree").status_code == 409
    )


def test_a_request_agreed_to_and_withdrawn_later_is_not_said_to_be_declined(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, phone_of)
    admin = desk(sent.county.operator_account)
    assert "No request was closed" in admin.get(CLOSED, headers={"X-Lang": "en"}).text
    enter(admin, newcomer)
    (seat,) = asked()
    assert desk(sent.county.witness_account).post(f"{BOARD}/seats/{seat.id}/agree").status_code
    words = {"words": "已销假返岗"}
    assert admin.post(f"{BOARD}/seats/{seat.id}/withdraw", data=words).status_code == 303
    page = admin.get(CLOSED, headers={"X-Lang": "en"}).text
    assert "已销假返岗" in page and "withdrawn" in page and "not agreed by" not in page


def test_another_department_does_not_see_the_closed_requests(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, phone_of)
    admin = desk(sent.county.operator_account)
    enter(admin, newcomer)
    (seat,) = asked()
    words = {"words": "录错人了"}
    assert admin.post(f"{BOARD}/seats/{seat.id}/withdraw", data=words).status_code == 303
    assert "录错人了" in admin.get(CLOSED).text
    stranger = desk(make_account(role=SUPERVISOR, department=make_department("别的局")))
    assert "录错人了" not in stranger.get(CLOSED).text
