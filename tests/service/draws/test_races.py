"""Two who press at once: one transition, one trace, one set of visits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.draws.models import DrawRow
from backend.app.draws.service import drawing, holding
from backend.app.ledger import service as ledger
from backend.app.visits.models import Visit
from tests.factories import draws as make
from tests.factories.accounts import make_account
from tests.service.draws.test_steps import revealed


def together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each in its own thread; exceptions come out."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(10)
            return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(run, act) for act in acts]]


def count_of(session: Session, kind: str, number: str | None) -> int:
    page = ledger.entries(session, entry_type=kind, subject=number or "", page=1)
    return page.total


def test_two_operators_drawing_at_once_make_one_result(app: Flask, session: Session) -> None:
    county = make.make_county()
    other = make.actor_of(
        make_account(role="department_admin", department=county.department), "department_admin"
    )
    draw_id = revealed(county)
    together(
        app,
        lambda: drawing.draw_lots(draw_id, county.operator),
        lambda: drawing.draw_lots(draw_id, other),
    )
    draw = make.stored(draw_id)
    assert draw.state == "drawn"
    assert session.scalar(select(func.count()).select_from(DrawRow)) == draw.drawn_rows
    assert count_of(session, "draw.result", draw.number) == 1


def test_freezing_twice_at_once_gives_one_number(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.plan(county)
    together(app, *[lambda: holding.freeze(draw_id, 2, county.operator)] * 3)
    draw = make.stored(draw_id)
    assert str(draw.number).endswith("-1")
    assert count_of(session, "draw.frozen", draw.number) == 1


def test_two_draws_frozen_at_once_get_two_numbers_without_a_gap(app: Flask) -> None:
    county = make.make_county()
    plans = [make.plan(county) for _ in range(3)]
    together(app, *[lambda one=one: holding.freeze(one, 2, county.operator) for one in plans])
    ends = sorted(str(make.stored(one).number).rsplit("-", 1)[1] for one in plans)
    assert ends == ["1", "2", "3"]


def test_a_doubled_click_on_dispatch_makes_each_visit_once(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.drawn(county)
    made = together(app, *[lambda: drawing.dispatch(draw_id, county.operator)] * 2)
    assert sorted(made) == [0, 7]
    assert session.scalar(select(func.count()).select_from(Visit)) == 7
