"""People and phones that press at the same moment: one transition, one place, one throw."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy.orm import Session

from backend.app.draws.errors import NoWitnessPlace, ThrowOutOfTurn
from backend.app.draws.service import holding
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account
from tests.service.draws.test_ceremony import county, places
from tests.service.draws.test_races import count_of, together

__all__ = ["county"]


def second_operator(county: make.County):
    account = make_account(role="department_admin", department=county.department)
    return make.actor_of(account, "department_admin")


def test_two_operators_begin_close_and_reveal_at_once_and_each_step_is_taken_once(
    app: Flask, county: make.County, session: Session
) -> None:
    other = second_operator(county)
    draw_id = hold.frozen(county)
    both = (county.operator, other)
    together(app, *[lambda by=by: holding.begin(draw_id, by) for by in both])
    phones = hold.committed(draw_id)
    assert {phone.code for phone in phones} == {hold.code_of(draw_id)}
    together(app, *[lambda by=by: holding.close_list(draw_id, by) for by in both])
    together(app, *[lambda by=by: holding.open_operator(draw_id, by) for by in both])
    number = make.stored(draw_id).number
    for kind in ("draw.begun", "draw.commits", "draw.revealed"):
        assert count_of(session, kind, number) == 1


def test_phones_that_join_at_once_get_different_places_and_no_more_than_there_are(
    app: Flask, county: make.County
) -> None:
    draw_id = hold.begun(county)
    phones = [hold.Phone(hold.code_of(draw_id)) for _ in range(6)]

    def join(phone: hold.Phone) -> str:
        try:
            return phone.join()
        except NoWitnessPlace:
            return "none"

    taken = together(app, *[lambda one=one: join(one) for one in phones])
    assert sorted(taken) == ["none", "none", "w01", "w02", "w03", "w04"]


def test_one_phone_that_sends_twice_at_once_has_one_place_and_one_commitment(
    app: Flask, county: make.County, session: Session
) -> None:
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id))
    assert together(app, phone.join, phone.join) == ["w01", "w01"]
    together(app, *[lambda: phone.commit(draw_id)] * 2)
    assert count_of(session, "draw.committed", make.stored(draw_id).number) == 1


def test_a_commitment_that_comes_while_the_list_closes_is_on_it_or_refused(
    app: Flask, county: make.County
) -> None:
    draw_id = hold.begun(county)
    hold.committed(draw_id)
    last = hold.Phone(hold.code_of(draw_id), hold.OFFICES[3])
    last.join()
    together(app, lambda: holding.close_list(draw_id, county.operator), lambda: _try(last, draw_id))
    listed = set(json.loads(make.stored(draw_id).commits_json or ""))
    assert listed == {place.token for place in places(draw_id) if place.commitment}


def _try(phone: hold.Phone, draw_id) -> None:
    from backend.app.platform.errors import Problem

    try:
        phone.commit(draw_id)
    except Problem as refused:
        assert refused.code in {"draws.wrong_state", "draws.not_your_place"}


def test_two_phones_that_confirm_at_once_count_the_throw_once(
    app: Flask, county: make.County, session: Session
) -> None:
    draw_id, phones = hold.revealed(county)
    holding.type_throw(draw_id, 1, "63454", county.operator)
    seen = holding.Seen(1, 1, "63454")
    together(
        app,
        *[lambda one=one: holding.confirm_by_phone(one.code, one.key, seen) for one in phones],
    )
    assert count_of(session, "draw.thrown", make.stored(draw_id).number) == 1


def test_yes_and_no_at_once_leave_one_answer(app: Flask, county: make.County) -> None:
    draw_id, phones = hold.revealed(county)
    holding.type_throw(draw_id, 1, "63454", county.operator)
    seen = holding.Seen(1, 1, "63454")

    def say(act, phone: hold.Phone) -> bool:
        try:
            act(phone.code, phone.key, seen)
        except ThrowOutOfTurn:
            return False
        return True

    said = together(
        app,
        lambda: say(holding.confirm_by_phone, phones[0]),
        lambda: say(holding.refuse_by_phone, phones[1]),
    )
    assert sorted(said) == [False, True]


def test_two_operators_typing_the_same_throw_at_once_type_it_once(
    app: Flask, county: make.County, session: Session
) -> None:
    other = second_operator(county)
    draw_id, _phones = hold.revealed(county)
    together(
        app,
        lambda: holding.type_throw(draw_id, 1, "63454", county.operator),
        lambda: holding.type_throw(draw_id, 1, "63454", other),
    )
    assert len(holding.throws(session, make.stored(draw_id))) == 1
