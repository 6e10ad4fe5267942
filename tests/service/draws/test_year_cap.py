"""The most visits to one enterprise in a calendar year, counted over all departments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws import plan_rules, rules
from backend.app.draws.models import Draw
from backend.app.draws.service import planning
from backend.app.platform import clock
from tests.factories import draws as make

WHOLE = [make.stratum(0, label="all", risk_classes=[], num=1, den=1, ratio="100%")]


def count(session: Session, **exclusions: Any) -> dict[str, int]:
    values = {"recent_months": 0, "other_draw": False} | exclusions
    found = planning.count_pool(session, WHOLE, values).by_rule
    session.rollback()
    return found


def backdate(session: Session, draw_id: UUID, moment: datetime) -> None:
    session.get_one(Draw, draw_id).drawn_at = moment
    session.commit()


@pytest.mark.parametrize(
    ("county", "plan", "effective"), [(2, 0, 2), (2, 1, 1), (2, 5, 2), (0, 3, 3), (0, 0, 0)]
)
def test_a_plan_can_only_be_stricter_than_the_county(
    county: int, plan: int, effective: int
) -> None:
    assert plan_rules.year_cap(county, plan) == effective


def test_draws_of_all_departments_count_and_the_rule_is_published(
    app: Flask, session: Session
) -> None:
    one, other = make.make_county(risks="AAAA"), make.make_county(risks="BB")
    first = make.drawn(one, strata=[make.stratum(0, num=1, den=1)])
    assert count(session) == {}
    assert count(session, year_cap=1) == {"year-cap-1": 4}
    make.drawn(other, strata=[make.stratum(0, num=1, den=1)])
    assert count(session) == {"year-cap-2": 4}
    third = make.frozen(one, strata=WHOLE)
    draw = make.stored(third)
    assert draw.pool_rows == 2
    assert draw.counts["exclusions"] == {"year-cap-2": 4}
    assert '"year_cap":2' in (draw.plan_json or "")
    number = make.stored(first).number
    assert number != draw.number


def test_another_year_and_a_voided_draw_do_not_count(app: Flask, session: Session) -> None:
    county = make.make_county(risks="AAAA")
    draw_id = make.drawn(county, strata=WHOLE)
    new_year = datetime(clock.today().year, 1, 1, tzinfo=clock.CHINA)
    backdate(session, draw_id, new_year - timedelta(seconds=1))
    assert count(session, year_cap=1) == {}
    backdate(session, draw_id, new_year)
    assert count(session, year_cap=1) == {"year-cap-1": 4}
    session.execute(select(Draw)).scalars().one().state = rules.VOIDED
    session.commit()
    assert count(session, year_cap=1) == {}
