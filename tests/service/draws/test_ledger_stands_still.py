"""While the ledger takes nothing, a ceremony does not move; once it does, the same press works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.app.draws.errors import LedgerStandsStill
from backend.app.draws.models import DrawThrow, DrawWitness
from backend.app.draws.service import holding
from backend.app.ledger import service as ledger
from backend.app.platform.transactions import read_session
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


def test_no_step_moves_while_the_ledger_takes_nothing(app: Flask) -> None:
    county = make.make_county()
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id)
    _refused_then_taken(draw_id, lambda: holding.close_list(draw_id, county.operator))
    _refused_then_taken(draw_id, lambda: holding.open_operator(draw_id, county.operator))
    for phone in phones:
        _refused_then_taken(draw_id, phone.reveal)
    digits = make.DICE[:5]
    _refused_then_taken(draw_id, lambda: holding.type_throw(draw_id, 1, digits, county.operator))
    seen = holding.Seen(1, 1, digits)
    _refused_then_taken(
        draw_id, lambda: holding.confirm_by_phone(phones[0].code, phones[0].key, seen)
    )
