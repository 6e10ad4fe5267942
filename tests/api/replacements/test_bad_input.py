"""What people and programs send that cannot be: refused by name, and nothing changes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws.models import DrawReplacement
from backend.app.platform.database import db
from backend.app.replacements import service
from backend.app.replacements.models import ReplacementCall, Vacancy
from tests.factories.accounts import make_account, make_department
from tests.factories.replacements import Phones, dispatched, recused

BOARD = "/office/replacements"


def only(model: Any) -> Any:
    with Session(db.engine, expire_on_commit=False) as session:
        return session.scalars(select(model)).one()


@pytest.mark.parametrize("words", ["", " ", "x", "字" * 1001])
def test_a_request_is_withdrawn_only_with_a_reason_of_some_length(
    app: Flask, desk: Any, phone_of: Phones, words: str
) -> None:
    sent, _visit, _leaver = recused(phone_of)
    admin = desk(sent.county.operator_account)

    reply = admin.post(f"{BOARD}/seats/{only(Vacancy).id}/withdraw", data={"words": words})

    assert reply.status_code == 422
    assert only(Vacancy).state == "waiting"


def test_a_seat_that_was_drawn_again_cannot_be_withdrawn(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, _visit, _leaver = recused(phone_of)
    service.cut_off(sent.draw_id)
    admin = desk(sent.county.operator_account)

    reply = admin.post(f"{BOARD}/seats/{only(Vacancy).id}/withdraw", data={"words": "还是留下"})

    assert reply.status_code == 409
    assert only(Vacancy).state == "filled"


def test_ids_of_nothing_are_not_found(app: Flask, desk: Any) -> None:
    sent = dispatched()
    admin, chen = desk(sent.county.operator_account), desk(sent.county.witness_account)

    words = {"words": "没有这个名额"}
    assert admin.post(f"{BOARD}/seats/{uuid4()}/withdraw", data=words).status_code == 404
    assert admin.post(f"{BOARD}/draws/{uuid4()}/ask").status_code == 404
    assert admin.post(f"{BOARD}/calls/{uuid4()}/take-back").status_code == 404
    assert chen.post(f"{BOARD}/calls/{uuid4()}/release").status_code == 404
    assert chen.get(f"{BOARD}/batches?page=x").status_code == 200
    assert chen.get(f"{BOARD}/rates?since=tomorrow&until=").status_code == 200


def test_a_supervisor_of_another_department_cannot_release_and_oversight_can(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, _visit, _leaver = recused(phone_of)
    service.ask(sent.draw_id, sent.county.operator)
    call = only(ReplacementCall)
    stranger = desk(make_account(role="supervisor", department=make_department("城管局")))
    oversight = desk(make_account(role="oversight", department=make_department("审改办")))

    assert stranger.post(f"{BOARD}/calls/{call.id}/release").status_code == 404
    assert only(ReplacementCall).state == "open"
    assert oversight.post(f"{BOARD}/calls/{call.id}/release").status_code == 303

    assert only(DrawReplacement).batch == 1


def test_a_call_that_was_taken_back_cannot_be_released(
    app: Flask, desk: Any, phone_of: Phones
) -> None:
    sent, _visit, _leaver = recused(phone_of)
    service.ask(sent.draw_id, sent.county.operator)
    call = only(ReplacementCall)
    admin, chen = desk(sent.county.operator_account), desk(sent.county.witness_account)

    assert admin.post(f"{BOARD}/calls/{call.id}/take-back").status_code == 303
    assert chen.post(f"{BOARD}/calls/{call.id}/release").status_code == 303

    assert only(ReplacementCall).state == "withdrawn"
    with Session(db.engine) as session:
        assert session.scalars(select(DrawReplacement)).all() == []


def test_a_phone_that_sends_nonsense_as_a_ground_is_refused_whole(
    app: Flask, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    hand = phone_of(sent, sent.team(visit)[0])
    hand.phone.does(visit.id, "recusal.requested", {"ground": ""})

    reply = hand.client.post("/api/v1/sync", json=hand.phone.call())

    assert reply.status_code == 422
    with Session(db.engine) as session:
        assert session.scalars(select(Vacancy)).all() == []
