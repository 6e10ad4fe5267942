"""Replacements in a joint draw: each department's officers, and each department's reasons."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws.service import drawing, holding, planning
from backend.app.platform.database import db
from backend.app.replacements import service
from backend.app.replacements.models import Vacancy
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.factories.replacements import Phones, Sent, give_accounts

BOARD = "/office/replacements"


def waiting_seats() -> list[Vacancy]:
    with Session(db.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(Vacancy).where(Vacancy.state == "waiting")))


def test_in_a_joint_draw_each_department_keeps_its_officers_reasons(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, other = joint()
    visit = sent.visits()[0]
    theirs = {one.id for one in other.officers}
    leaver = next(one for one in sent.team(visit) if one in theirs)
    phone_of(sent, leaver).recuses(visit.id, "interest", "canary-words")

    lead, own = desk(sent.county.operator_account), desk(other.operator_account)

    seen = lead.get(BOARD).get_data(as_text=True)
    assert visit.enterprise_name in seen
    assert "回避" in seen
    assert "canary-words" not in seen
    assert "有直接利害关系" not in seen
    assert "canary-words" in own.get(BOARD).get_data(as_text=True)
    [waiting] = waiting_seats()
    words = {"words": "替他决定"}
    assert lead.post(f"{BOARD}/seats/{waiting.id}/withdraw", data=words).status_code == 404
    assert service.cut_off(sent.draw_id) is not None
    came = next(one for one in sent.team(visit) if one in theirs)
    assert came != leaver


def joint() -> tuple[Sent, make.County]:
    """A dispatched draw of two departments with a seat each, led by oversight."""
    first = make.make_county(officers=3)
    other = make.make_county(officers=3, risks="")
    office = make_department("审改办", is_oversight=True)
    everything = frozenset({first.department.id, other.department.id, office.id})
    account = make_account(role="oversight", department=office)
    first.operator = make.actor_of(account, "oversight", scope=everything)
    accounts = give_accounts(first, other)
    items = [other.item.id, first.item.id]
    draw_id = planning.prepare(make.what(first, item_ids=items), first.operator)
    team = [
        {"department_id": str(one.department.id), "speciality": "", "n": 1}
        for one in (first, other)
    ]
    planning.change_who(draw_id, make.who(first, team=team), first.operator)
    make.accept(draw_id, other)
    holding.freeze(draw_id, 3, first.operator)
    drawing.run_routine(
        draw_id,
        first.operator,
        other.witness,
        text=make.TEXT,
        rand=make.RAND,
        dice=make.DICE,
    )
    drawing.dispatch(draw_id, first.operator)
    return Sent(first, draw_id, accounts), other
