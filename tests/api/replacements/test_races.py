"""Two at once: a batch is drawn once, a seat waits once, a hand-in and a batch do not cross."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.models import DrawReplacement
from backend.app.draws.service import telling
from backend.app.platform import clock, jobs
from backend.app.platform.database import db
from backend.app.platform.errors import Problem
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.replacements import service
from backend.app.replacements.models import ReplacementCall, Vacancy
from tests.api.replacements.test_newcomers import replaced
from tests.factories import draws as drawing
from tests.factories.replacements import Phones, dispatched, recused


def take(event: dict[str, Any]) -> None:
    """Take the recusal of a phone's event, as the delivery of its news does."""
    with unit_of_work() as session:
        service.recuse(session, UUID(event["id"]))


def at_once(app: Flask, *steps: Callable[[], Any]) -> list[Any]:
    """Run steps in threads of their own; a problem is a result like another."""

    def run(step: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                return step()
            except Problem as problem:
                return problem

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def count(model: Any) -> int:
    with Session(db.engine) as session:
        return len(session.scalars(select(model)).all())


def test_four_cut_offs_at_once_are_one_batch(app: Flask, phone_of: Phones) -> None:
    sent, _visit, _leaver = recused(phone_of)

    made = at_once(app, *[lambda: service.cut_off(sent.draw_id)] * 4)

    assert sum(one is not None for one in made) == 1
    assert count(DrawReplacement) == 1


def test_two_who_ask_and_a_cut_off_at_once_are_one_batch(app: Flask, phone_of: Phones) -> None:
    sent, _visit, _leaver = recused(phone_of)
    operator = sent.county.operator

    at_once(
        app,
        lambda: service.ask(sent.draw_id, operator),
        lambda: service.ask(sent.draw_id, operator),
        lambda: service.cut_off(sent.draw_id),
    )

    assert count(DrawReplacement) == 1
    assert count(ReplacementCall) <= 1


def test_a_job_that_runs_twice_lets_a_seat_wait_once(app: Flask, phone_of: Phones) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    hand = phone_of(sent, sent.team(visit)[0])
    event = hand.phone.does(visit.id, "recusal.requested", {"ground": "interest"})
    hand.send()

    at_once(app, *[lambda: take(event)] * 3)

    assert count(Vacancy) == 1


def test_an_absence_and_a_recusal_at_once_are_one_request_for_a_newcomers_seat(
    app: Flask, phone_of: Phones
) -> None:
    sent = dispatched()
    visit, newcomer = replaced(sent, phone_of)
    hand = phone_of(sent, newcomer)
    event = hand.phone.does(visit.id, "recusal.requested", {"ground": "interest"})
    hand.send()
    today = clock.today()
    admin = sent.county.operator
    away = (newcomer, today, today + timedelta(days=60), "illness")

    found = at_once(
        app,
        lambda: take(event),
        lambda: service.enter_absence(*away, admin),
        lambda: service.enter_absence(*away, admin),
    )

    assert [one for one in found if isinstance(one, Problem)] == []
    with Session(db.engine) as session:
        query = select(Vacancy).where(Vacancy.visit_id == visit.id)
        mine = [one for one in session.scalars(query) if one.officer_id == newcomer]
        standing = [one.state for one in mine if one.state in ("asked", "waiting")]
    assert standing == ["waiting"]


@pytest.mark.parametrize(("first", "second"), [("waiting", "asked"), ("asked", "waiting")])
def test_the_database_keeps_a_seat_from_being_asked_for_and_waiting(
    app: Flask, phone_of: Phones, first: str, second: str
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    seat = {"draw_id": sent.draw_id, "seat_no": 1, "row": visit.pool_row, "cause": "absence"}
    home = {"department_id": sent.county.department.id}
    with Session(db.engine) as session, pytest.raises(IntegrityError):
        session.add_all([Vacancy(**seat, **home, state=one) for one in (first, second)])
        session.flush()


def test_the_daily_cut_off_draws_by_itself_and_not_a_minute_before(
    app: Flask, phone_of: Phones
) -> None:
    sent, visit, leaver = recused(phone_of)
    cut_off = service.next_cut_off()

    app.extensions["evenhand.clock"] = lambda: cut_off - timedelta(minutes=1)
    jobs.run_due()
    assert count(DrawReplacement) == 0
    app.extensions["evenhand.clock"] = lambda: cut_off + timedelta(seconds=1)
    jobs.run_due()

    assert count(DrawReplacement) == 1
    assert leaver not in sent.team(visit)


def test_many_batches_one_after_the_other_still_verify(app: Flask, phone_of: Phones) -> None:
    sent = dispatched(officers=6)
    for visit in sent.visits()[:4]:
        leaver = sent.team(visit)[-1]
        phone_of(sent, leaver).recuses(visit.id)
        assert service.cut_off(sent.draw_id) is not None

    with read_session() as session:
        bundle = telling.bundle(session, drawing.stored(sent.draw_id).number or "")

    report = drawkit.verify_bundle(bundle)
    assert report.status == drawkit.EQUAL, report.verdict
    names = drawkit.read_bundle(bundle)
    assert [f"proofs/replacement-{n}.tlog-proof" in names for n in range(1, 6)] == [True] * 4 + [
        False
    ]
