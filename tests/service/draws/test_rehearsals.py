"""A rehearsal goes through every step and is never a draw."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.disclosure.models import Publication
from backend.app.draws.errors import OnlyARehearsal, WrongState
from backend.app.draws.service import drawing, holding, telling
from backend.app.ledger import service as ledger
from backend.app.platform.errors import NotFound
from tests.factories import draws as make


def rehearsed(county: make.County) -> UUID:
    """A rehearsal of a plan, drawn to its end."""
    copy = holding.rehearse(make.plan(county), county.operator)
    holding.freeze(copy, 2, county.operator)
    drawing.run_routine(
        copy, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    return copy


def test_a_rehearsal_has_another_version_another_series_and_another_trace(
    app: Flask, session: Session
) -> None:
    draw = make.stored(rehearsed(make.make_county()))
    assert draw.rehearsal
    assert str(draw.number).endswith("-R-1")
    for text in (draw.plan_json, draw.freeze_json, draw.transcript_json):
        assert json.loads(text or "")["v"] == drawkit.REHEARSAL
    page = ledger.entries(session, entry_type="", subject=draw.number or "", page=1)
    kinds = {one.type for one in page.items if one.subject == draw.number}
    assert kinds == {"rehearsal.step"}


def test_a_rehearsal_is_neither_published_nor_listed_nor_counted(
    app: Flask, session: Session
) -> None:
    draw = make.stored(rehearsed(make.make_county()))
    assert session.scalar(select(func.count()).select_from(Publication)) == 0
    assert telling.public_draws(session).items == []
    assert telling.public_draw(session, draw.number or "") is None
    assert telling.count_this_year(session) == 0
    assert telling.histories(session) == []
    assert telling.series_given(session) == []
    with pytest.raises(NotFound):
        telling.bundle(session, draw.number or "")


def test_a_rehearsal_is_never_dispatched(app: Flask) -> None:
    county = make.make_county()
    with pytest.raises(OnlyARehearsal):
        drawing.dispatch(rehearsed(county), county.operator)


def test_rehearsing_takes_no_number_and_no_enterprise_from_the_draw(app: Flask) -> None:
    county = make.make_county()
    plan = make.plan(county)
    rehearsed(county)
    holding.freeze(plan, 2, county.operator)
    draw = make.stored(plan)
    assert str(draw.number).endswith("-1")
    assert "-R-" not in str(draw.number)
    assert draw.pool_rows == 16


def test_the_plan_stays_a_plan_and_a_frozen_one_is_not_rehearsed(app: Flask) -> None:
    county = make.make_county()
    plan = make.plan(county)
    copy = holding.rehearse(plan, county.operator)
    assert copy != plan
    assert (make.stored(plan).state, make.stored(plan).rehearsal) == ("planned", False)
    holding.freeze(plan, 2, county.operator)
    with pytest.raises(WrongState):
        holding.rehearse(plan, county.operator)
