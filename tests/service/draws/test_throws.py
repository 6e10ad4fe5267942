"""Dice, throw by throw: typed by one, confirmed by another, and never more than the freeze says."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from backend.app.draws.errors import (
    NotYourPlace,
    RefusedBefore,
    SecondPersonNeeded,
    ThrowMalformed,
    ThrowOutOfTurn,
    ThrowWaits,
)
from backend.app.draws.service import holding
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.service.draws.test_ceremony import county, entries_of

__all__ = ["county"]


def test_who_typed_a_throw_cannot_confirm_it(county: make.County) -> None:
    draw_id, phones = hold.revealed(county)
    holding.type_throw(draw_id, 1, "6 3 4 5 4", county.operator)
    seen = holding.Seen(1, 1, "63454")
    with pytest.raises(SecondPersonNeeded):
        holding.confirm_throw(draw_id, seen, county.operator)
    assert make.stored(draw_id).transcript_json is None
    holding.confirm_by_phone(phones[0].code, phones[0].key, seen)
    holding.confirm_by_phone(phones[1].code, phones[1].key, seen)
    with pytest.raises(ThrowOutOfTurn):
        holding.refuse_by_phone(phones[1].code, phones[1].key, seen)


def test_a_phone_that_never_committed_confirms_nothing(county: make.County) -> None:
    draw_id = hold.begun(county)
    watcher = hold.Phone(hold.code_of(draw_id), hold.OFFICES[3])
    watcher.join()
    phones = hold.committed(draw_id)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    for phone in phones:
        phone.reveal()
    holding.type_throw(draw_id, 1, "63454", county.operator)
    with pytest.raises(NotYourPlace):
        holding.confirm_by_phone(watcher.code, watcher.key, holding.Seen(1, 1, "63454"))


def test_a_throw_has_as_many_digits_as_the_freeze_says(county: make.County) -> None:
    draw_id, _phones = hold.revealed(county)
    for typed in ("6345", "634546", "6345x", "６３４５", ""):
        with pytest.raises(ThrowMalformed):
            holding.type_throw(draw_id, 1, typed, county.operator)
    rule = json.loads(make.stored(draw_id).freeze_json or "")["public"]["rule"]
    assert "5 a throw" in rule


def test_throws_come_one_after_the_other_and_a_wrong_one_stays_on_record(
    county: make.County, session: Session
) -> None:
    draw_id, phones = hold.revealed(county)
    with pytest.raises(ThrowOutOfTurn):
        holding.type_throw(draw_id, 2, "63454", county.operator)
    holding.type_throw(draw_id, 1, "63455", county.operator)
    holding.type_throw(draw_id, 1, "63455", county.operator)
    with pytest.raises(ThrowWaits):
        holding.type_throw(draw_id, 1, "63454", county.operator)
    with pytest.raises(ThrowOutOfTurn):
        holding.confirm_by_phone(phones[0].code, phones[0].key, holding.Seen(1, 1, "63454"))
    holding.refuse_by_phone(phones[0].code, phones[0].key, holding.Seen(1, 1, "63455"))
    holding.type_throw(draw_id, 1, "63454", county.operator)
    holding.confirm_by_phone(phones[0].code, phones[0].key, holding.Seen(1, 2, "63454"))
    holding.type_throw(draw_id, 1, "63454", county.operator)
    draw = make.stored(draw_id)
    known = holding.throws(session, draw)
    assert [(one.digits, one.state) for one in known] == [
        ("63455", "refused"),
        ("63454", "confirmed"),
    ]
    assert entries_of(session, draw.number or "")[-2:] == ["refused", "thrown"]


def test_an_account_of_the_office_may_confirm_instead_of_a_phone(county: make.County) -> None:
    draw_id, _phones = hold.revealed(county)
    make.throw_all(draw_id, county)
    transcript = json.loads(make.stored(draw_id).transcript_json or "")
    assert transcript["public"] == {"type": "dice10", "value": make.DICE}


def test_nobody_keeps_a_throw_from_counting_by_refusing_it_again_and_again(
    county: make.County,
) -> None:
    draw_id, phones = hold.revealed(county)
    hostile, honest = phones[:2]
    holding.type_throw(draw_id, 1, "63454", county.operator)
    holding.refuse_by_phone(hostile.code, hostile.key, holding.Seen(1, 1, "63454"))
    holding.refuse_by_phone(hostile.code, hostile.key, holding.Seen(1, 1, "63454"))
    holding.type_throw(draw_id, 1, "63454", county.operator)
    with pytest.raises(RefusedBefore):
        holding.refuse_by_phone(hostile.code, hostile.key, holding.Seen(1, 2, "63454"))
    holding.refuse_throw(draw_id, holding.Seen(1, 2, "63454"), county.witness)
    holding.type_throw(draw_id, 1, "63454", county.operator)
    with pytest.raises(RefusedBefore):
        holding.refuse_throw(draw_id, holding.Seen(1, 3, "63454"), county.witness)
    holding.confirm_by_phone(honest.code, honest.key, holding.Seen(1, 3, "63454"))
    holding.type_throw(draw_id, 2, "63454", county.operator)
    holding.refuse_by_phone(hostile.code, hostile.key, holding.Seen(2, 1, "63454"))
