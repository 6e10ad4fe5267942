"""Each thing that must not be frozen is refused by name, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.draws.errors import (
    CannotFreeze,
    ChangedMeanwhile,
    ItemNotDrawable,
    OutsideYourDepartment,
)
from backend.app.draws.service import holding, planning
from backend.app.platform import clock
from tests.factories import draws as make


def codes_of(draw_id: Any, county: make.County) -> list[str]:
    with pytest.raises(CannotFreeze) as caught:
        holding.freeze(draw_id, make.stored(draw_id).revision, county.operator)
    draw = make.stored(draw_id)
    assert (draw.state, draw.number) == ("planned", None)
    codes: list[str] = caught.value.extra["reasons"]
    assert str(caught.value.detail)
    return codes


def set_clock(app: Flask, moment: datetime) -> None:
    tick: Callable[[], datetime] = lambda: moment  # noqa: E731 - a clock that stands still
    app.extensions["evenhand.clock"] = tick


def test_an_item_that_was_withdrawn_after_planning_is_refused(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.plan(county)
    session.merge(county.item).published = False
    session.commit()
    assert codes_of(draw_id, county) == ["item_not_drawable"]


def test_an_item_that_ends_before_the_last_day_is_refused(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.plan(county)
    session.merge(county.item).valid_to = clock.today() + timedelta(days=5)
    session.commit()
    assert codes_of(draw_id, county) == ["item_not_drawable"]


def test_planning_on_an_unpublished_item_is_refused_at_once(app: Flask, session: Session) -> None:
    county = make.make_county()
    session.merge(county.item).published = False
    session.commit()
    with pytest.raises(ItemNotDrawable):
        make.plan(county)


def test_an_item_of_another_department_is_refused(app: Flask) -> None:
    county, other = make.make_county(), make.make_county()
    with pytest.raises(ItemNotDrawable):
        make.plan(county, item_ids=[other.item.id])


def test_an_empty_stratum_is_refused(app: Flask) -> None:
    county = make.make_county(risks="AAAA")
    assert codes_of(make.plan(county), county) == ["stratum_empty"]


def test_a_ratio_of_zero_is_refused(app: Flask) -> None:
    county = make.make_county(risks="AAAA")
    draw_id = make.plan(county, strata=[make.stratum(num=0, ratio="0%")])
    assert codes_of(draw_id, county) == ["ratio_zero"]


def test_enterprises_out_of_business_are_left_out_and_counted(app: Flask, session: Session) -> None:
    county = make.make_county(risks="AAAAAA")
    for enterprise in county.enterprises[:2]:
        session.merge(enterprise).status = "closed"
    session.commit()
    draw_id = make.frozen(county, strata=[make.stratum()])
    draw = make.stored(draw_id)
    assert draw.pool_rows == 4
    assert draw.counts["exclusions"] == {"closed": 2}


def test_what_is_under_another_draw_is_left_out_and_counted(app: Flask) -> None:
    county = make.make_county(risks="AAAAAA")
    make.drawn(county, strata=[make.stratum()])
    rules = {"recent_months": 0, "other_draw": True}
    draw = make.stored(make.frozen(county, strata=[make.stratum()], exclusions=rules))
    assert draw.pool_rows == 3
    assert draw.counts["exclusions"] == {"other-draw": 3}


def test_everything_excluded_is_refused(app: Flask) -> None:
    county = make.make_county(risks="AAAA")
    everyone = [make.stratum(mode="number", num=0, den=1, count=4)]
    make.drawn(county, strata=everyone)
    rules = {"recent_months": 0, "other_draw": True}
    draw_id = make.plan(county, strata=everyone, exclusions=rules)
    assert codes_of(draw_id, county) == ["stratum_all_excluded", "everything_excluded"]


def test_an_overlap_counts_for_the_first_stratum_alone(app: Flask, session: Session) -> None:
    make.make_county(risks="AAAABB")
    both = [make.stratum(0), make.stratum(1, label="all", risk_classes=[])]
    counted = planning.count_pool(session, both, {"recent_months": 0, "other_draw": False})
    assert [(one.fitting, one.overlap, one.rows) for one in counted.strata] == [
        (4, 0, 4),
        (6, 4, 2),
    ]


def test_a_team_of_one_is_refused(app: Flask) -> None:
    county = make.make_county()
    draw_id = planning.prepare(make.what(county), county.operator)
    one = [{"department_id": str(county.department.id), "speciality": "", "n": 1}]
    planning.change_who(draw_id, make.who(county, team=one), county.operator)
    assert codes_of(draw_id, county) == ["team_too_small"]


def test_a_department_without_an_eligible_officer_is_refused_by_name(
    app: Flask, session: Session
) -> None:
    county = make.make_county(officers=0)
    assert codes_of(make.plan(county), county) == ["no_officers"]


def test_a_last_day_that_has_passed_is_refused(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.plan(county, last_day=clock.today() - timedelta(days=1))
    assert codes_of(draw_id, county) == ["last_day_past"]


def test_a_certificate_is_good_until_midnight_in_beijing_on_its_last_day(
    app: Flask, session: Session
) -> None:
    county = make.make_county(officers=0)
    last_day = clock.today() + timedelta(days=10)
    with Session(session.bind, expire_on_commit=False) as writing:
        until = make.make_officer(writing, county.department, certificate_expires_on=last_day)
        before = make.make_officer(
            writing, county.department, certificate_expires_on=last_day - timedelta(days=1)
        )
        writing.commit()
    team = planning.count_team(session, make.who(county)["team"], [county.item.id], last_day)
    assert [one.id for one in team.eligible] == [until.id]
    assert [(one.id, one.reason) for one in team.excluded] == [(before.id, "certificate_expired")]


def test_the_number_is_of_the_day_in_china(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.plan(county, last_day=datetime(2027, 3, 1, tzinfo=UTC).date())
    set_clock(app, datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
    holding.freeze(draw_id, 2, county.operator)
    assert make.stored(draw_id).number == "370399-2027-H1-1"


def test_a_plan_changed_since_it_was_seen_is_not_frozen(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.plan(county)
    with pytest.raises(ChangedMeanwhile):
        holding.freeze(draw_id, 1, county.operator)


def test_a_plan_cannot_lead_from_a_foreign_department(app: Flask) -> None:
    county, other = make.make_county(), make.make_county()
    with pytest.raises(OutsideYourDepartment):
        planning.prepare(make.what(county, department_id=other.department.id), county.operator)
