"""While the ledger takes nothing, a ceremony does not move; once it does, the same press works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.app.draws.errors import LedgerStandsStill
from backend.app.draws.models import DrawThrow, DrawWitness
from backend.app.draws.service import drawing, holding
from backend.app.draws.service.ground import finding, recording
from backend.app.ledger import service as ledger
from backend.app.platform.transactions import read_session, unit_of_work
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.ledger import public_file


@contextmanager
def lost_tiles() -> Iterator[None]:
    """The published tiles are gone for a while."""
    ledger.sequence_now()
    tiles, away = public_file("tile"), public_file("tile-away")
    tiles.rename(away)
    try:
        yield
    finally:
        away.rename(tiles)


def _picture(draw_id: UUID) -> tuple[object, ...]:
    draw = make.stored(draw_id)
    with read_session() as session:
        places = session.execute(
            select(DrawWitness.token, DrawWitness.commitment, DrawWitness.text, DrawWitness.name)
            .where(DrawWitness.draw_id == draw_id)
            .order_by(DrawWitness.token)
        ).all()
        throws = session.execute(
            select(DrawThrow.number, DrawThrow.state).where(DrawThrow.draw_id == draw_id)
        ).all()
    return draw.state, draw.moves, draw.operator_secret, list(places), list(throws)


def _refused_then_taken(draw_id: UUID, step: Callable[[], None]) -> None:
    before = _picture(draw_id)
    with lost_tiles():
        with pytest.raises(LedgerStandsStill):
            step()
        assert _picture(draw_id) == before
    step()
    assert _picture(draw_id) != before


def test_no_step_of_a_ceremony_moves_while_the_ledger_takes_nothing(app: Flask) -> None:
    county = make.make_county()
    make.frozen(county)
    draw_id = make.plan(county)
    run = county.operator
    _refused_then_taken(draw_id, lambda: holding.freeze(draw_id, 2, run, shape=hold.SHAPE))
    _refused_then_taken(draw_id, lambda: holding.begin(draw_id, run))
    phones = [hold.Phone(hold.code_of(draw_id), office) for office in hold.OFFICES[:3]]
    for phone in phones:
        phone.join()
    _refused_then_taken(draw_id, lambda: phones[0].commit(draw_id))
    for phone in phones[1:]:
        phone.commit(draw_id)
    _refused_then_taken(draw_id, lambda: holding.close_list(draw_id, run))
    _refused_then_taken(draw_id, lambda: holding.open_operator(draw_id, run))
    for phone in phones:
        _refused_then_taken(draw_id, phone.reveal)
    digits = make.DICE[:5]
    _refused_then_taken(draw_id, lambda: holding.type_throw(draw_id, 1, digits, run))
    seen = holding.Seen(1, 1, digits)
    _refused_then_taken(
        draw_id, lambda: holding.refuse_by_phone(phones[0].code, phones[0].key, seen)
    )
    holding.type_throw(draw_id, 1, digits, run)
    again = holding.Seen(1, 2, digits)
    _refused_then_taken(
        draw_id, lambda: holding.confirm_by_phone(phones[0].code, phones[0].key, again)
    )
    for number in range(2, 5):
        digits = make.DICE[5 * number - 5 : 5 * number]
        holding.type_throw(draw_id, number, digits, run)
        holding.confirm_by_phone(phones[0].code, phones[0].key, holding.Seen(number, 1, digits))
    _refused_then_taken(draw_id, lambda: drawing.draw_lots(draw_id, run))


def test_no_draw_is_given_up_while_the_ledger_takes_nothing(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    _refused_then_taken(draw_id, lambda: holding.cancel(draw_id, "重新制定方案", county.operator))


def test_a_step_stands_in_the_ledger_when_it_is_over(app: Flask) -> None:
    """The program's own job, which would publish it too, does not run."""
    settings = app.extensions["evenhand.settings"]
    app.extensions["evenhand.settings"] = replace(settings, run_jobs="never")
    draw_id = make.frozen(make.make_county())
    number = make.stored(draw_id).number or ""
    with read_session() as session:
        assert ledger.index_of(session, "draw.frozen", number) is not None


def test_a_trace_outside_of_a_step_is_refused(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    with unit_of_work() as session:
        draw = finding.locked(session, draw_id)
        with pytest.raises(RuntimeError, match=r"within recording\.step"):
            recording.trace(session, draw, "aborted", county.operator, {})
