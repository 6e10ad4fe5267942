"""Extending a drawn draw: the next rows of the same order, logged, public, sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import ceremony_rules, errors
from backend.app.draws.service import drawing, holding, outcome, telling
from backend.app.draws.service.ground import finding
from backend.app.ledger import service as ledger
from backend.app.platform import clock
from backend.app.visits import service as visits
from tests.factories import draws as make

REASON = "投诉集中，扩大抽查"


@pytest.fixture
def county(app: Flask) -> make.County:
    return make.make_county(officers=5)


def extend(draw_id: UUID, county: make.County, seen: int = 0, **changes: Any) -> int:
    values: dict[str, Any] = {"more": {"S01": 2}, "reason": REASON, "seen": seen} | changes
    return drawing.extend(draw_id, by=county.operator, **values)


def test_the_next_rows_of_the_order_are_added_logged_and_verify(
    county: make.County, session: Session
) -> None:
    draw_id = make.drawn(county)
    before = make.stored(draw_id)
    assert extend(draw_id, county, more={"S01": 2, "S02": 1}) == 3
    draw = make.stored(draw_id)
    assert draw.drawn_rows == before.drawn_rows + 3
    assert draw.seats == before.seats + 6
    rows = outcome.rows_of(session, draw)
    assert [row.extension for row in rows] == [0] * before.drawn_rows + [1] * 3
    assert [row.lot_number for row in rows] == list(range(1, len(rows) + 1))
    for stratum in ("S01", "S02"):
        lots = {
            n: [r.lot for r in rows if r.stratum == stratum and r.extension == n] for n in (0, 1)
        }
        assert max(lots[0]) < min(lots[1])
    report = drawkit.verify_bundle(telling.bundle(session, draw.number or ""))
    assert (report.status, report.verdict) == (0, report.verdict), report.verdict
    assert "3 enterprises were added by 1 extensions" in report.lines[-1].sentence
    entry = outcome.extensions_of(session, draw)[0].entry
    told = {
        "sha256": drawkit.digest(entry.encode()),
        "extension": 1,
        "rows": 3,
        "reason": REASON,
    }
    assert ledger.proof_of_body(session, "draw.extended", draw.number or "", told) is not None


def test_what_was_drawn_keeps_its_largest_lot_and_every_proof_holds(
    county: make.County, session: Session
) -> None:
    draw_id = make.drawn(county)
    draw = make.stored(draw_id)
    first = outcome.rows_of(session, draw)[0]
    before = make.proof_of_row(session, draw_id, first.row)
    session.rollback()
    extend(draw_id, county)
    draw = make.stored(draw_id)
    assert make.proof_of_row(session, draw_id, first.row) == before
    for row in outcome.rows_of(session, draw):
        proof = make.proof_of_row(session, draw_id, row.row)
        assert proof["lot"] <= proof["stratum"]["largest_lot"]


def test_visits_of_a_dispatched_draw_are_sent_at_once_and_of_another_with_the_others(
    county: make.County, session: Session
) -> None:
    draw_id = make.drawn(county)
    extend(draw_id, county)
    assert visits.of_draw(session, draw_id) == []
    session.rollback()
    assert drawing.dispatch(draw_id, county.operator) == make.stored(draw_id).drawn_rows
    extend(draw_id, county, seen=1, more={"S01": 1})
    draw = make.stored(draw_id)
    assert len(visits.of_draw(session, draw_id)) == draw.drawn_rows


def test_it_is_public_with_its_reason_and_numbers_in_it_hidden(
    county: make.County, session: Session
) -> None:
    draw_id = make.drawn(county)
    extend(draw_id, county, reason="举报电话 13812345678 反映")
    public = telling.public_draw(session, make.stored(draw_id).number or "")
    assert public is not None
    assert [(one.number, one.rows) for one in public.extensions] == [(1, 2)]
    assert "13812345678" not in public.extensions[0].reason


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": "  "}, errors.ReasonMissing),
        ({"more": {}}, errors.TooFewLeft),
        ({"more": {"S01": 0}}, errors.TooFewLeft),
        ({"more": {"S01": 99}}, errors.TooFewLeft),
        ({"more": {"S77": 1}}, errors.TooFewLeft),
        ({"seen": 3}, errors.ChangedMeanwhile),
    ],
)
def test_what_is_no_extension_is_refused_and_nothing_is_written(
    county: make.County, session: Session, changes: dict[str, Any], refusal: Any
) -> None:
    draw_id = make.drawn(county)
    rows = make.stored(draw_id).drawn_rows
    with pytest.raises(refusal):
        extend(draw_id, county, **changes)
    assert make.stored(draw_id).drawn_rows == rows
    assert outcome.extensions_of(session, make.stored(draw_id)) == []


def test_a_doubled_click_extends_once(county: make.County) -> None:
    draw_id = make.drawn(county)
    extend(draw_id, county)
    with pytest.raises(errors.ChangedMeanwhile):
        extend(draw_id, county)


def test_only_a_drawn_draw_before_its_last_day_and_by_its_department(
    app: Flask, county: make.County
) -> None:
    with pytest.raises(errors.WrongState):
        extend(make.frozen(county), county)
    draw_id = make.drawn(county)
    with pytest.raises(errors.OutsideYourDepartment):
        drawing.extend(draw_id, {"S01": 1}, REASON, 0, county.witness)
    late = clock.now() + timedelta(days=40)
    app.extensions["evenhand.clock"] = lambda: late
    with pytest.raises(errors.LastDayPassed):
        extend(draw_id, county)


def redraw(session: Session, draw_id: UUID, seat: int) -> None:
    """A batch of replacements for one seat."""
    draw = finding.locked(session, draw_id)
    asked = drawing.BatchRequest(vacated=[(seat, "recusal")], recused=[], absent=[])
    drawing.redraw(session, draw, outcome.roster(session, draw), asked, "supervisor:D")
    session.commit()


def test_extensions_and_batches_of_replacements_follow_each_other_in_any_order(
    county: make.County, session: Session
) -> None:
    draw_id = make.drawn(county)
    redraw(session, draw_id, 0)
    extend(draw_id, county)
    added = max(seat.seat_no for seat in outcome.seats_of(session, make.stored(draw_id)))
    redraw(session, draw_id, added)
    extend(draw_id, county, seen=1, more={"S02": 1})
    draw = make.stored(draw_id)
    entries = [one.entry for one in outcome.extensions_of(session, draw)]
    assert ['"after":1' in entries[0], '"after":2' in entries[1]] == [True, True]
    report = drawkit.verify_bundle(telling.bundle(session, draw.number or ""))
    assert report.status == drawkit.EQUAL, report.verdict
    assert report.case is not None
    seated = {
        seat.seat_no: None if seat.officer_id is None else seat.officer_id.hex
        for seat in outcome.seats_of(session, draw)
    }
    officers = report.case.officers
    assert seated == {
        seat: None if row == drawkit.VACANT else officers[row].token
        for seat, row in enumerate(report.case.who)
    }


def test_an_unannounced_draw_is_extended_without_telling_whom(
    county: make.County, session: Session
) -> None:
    draw_id = make.plan(county)
    holding.freeze(draw_id, 2, county.operator, shape=ceremony_rules.Shape(sealed=True))
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    extend(draw_id, county)
    draw = make.stored(draw_id)
    codes = {one.id: one.code for one in county.enterprises}
    for row in outcome.rows_of(session, draw):
        assert row.object != codes[row.enterprise_id]
        assert row.code == codes[row.enterprise_id]
    bundle = telling.bundle(session, draw.number or "")
    assert drawkit.verify_bundle(bundle).status == drawkit.EQUAL
    files = drawkit.read_bundle(bundle)
    assert not any(code.encode() in data for code in codes.values() for data in files.values())
    public = telling.public_draw(session, draw.number or "")
    assert public is not None
    assert public.drawn == []
