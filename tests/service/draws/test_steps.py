"""The order of the steps, who may take them, and what happens when something was changed."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.errors import (
    NothingToDispatch,
    NoWitnessPlace,
    ReasonMissing,
    RevealDiffers,
    RosterDiffers,
    ThrowMalformed,
    WitnessNotIndependent,
    WrongState,
)
from backend.app.draws.models import Draw, DrawRow
from backend.app.draws.service import drawing, holding, outcome, planning
from backend.app.draws.service.ground import frozen_files, vault
from backend.app.platform import storage
from backend.app.registry.models import Officer, RecusalGround
from backend.app.visits.models import Visit
from tests.factories import draws as make
from tests.factories.accounts import make_account


def commitment_of(draw_id: UUID, text: str = make.TEXT, rand: bytes = make.RAND) -> str:
    freeze = json.loads(make.stored(draw_id).freeze_json or "")
    secret = drawkit.witness_secret(text, rand)
    return drawkit.witness_commitment(drawkit.freeze_hash(freeze), "w1", secret)


def opened(county: make.County) -> UUID:
    draw_id = make.frozen(county)
    holding.commit_witness(draw_id, commitment_of(draw_id), county.witness)
    holding.open_operator(draw_id, county.operator)
    return draw_id


def revealed(county: make.County) -> UUID:
    draw_id = opened(county)
    holding.reveal_witness(draw_id, "w1", make.TEXT, make.RAND.hex(), county.witness)
    make.throw_all(draw_id, county)
    return draw_id


def test_no_step_can_be_taken_before_its_turn(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    for step in (
        lambda: holding.open_operator(draw_id, county.operator),
        lambda: holding.type_throw(draw_id, 1, "63454", county.operator),
        lambda: drawing.draw_lots(draw_id, county.operator),
        lambda: drawing.dispatch(draw_id, county.operator),
    ):
        with pytest.raises(WrongState):
            step()
    assert make.stored(draw_id).state == "frozen"


def test_dice_wait_for_the_witness(app: Flask) -> None:
    county = make.make_county()
    draw_id = opened(county)
    with pytest.raises(WrongState):
        holding.type_throw(draw_id, 1, "63454", county.operator)
    assert make.stored(draw_id).transcript_json is None


def test_no_lot_exists_before_the_transcript_is_stored(app: Flask, session: Session) -> None:
    draw_id = revealed(make.make_county())
    draw = make.stored(draw_id)
    assert (draw.state, draw.result_sha256) == ("revealed", None)
    assert session.scalar(select(func.count()).select_from(DrawRow)) == 0
    assert draw.transcript_json


def test_who_froze_the_draw_cannot_witness_it(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    with pytest.raises(WitnessNotIndependent):
        holding.commit_witness(draw_id, commitment_of(draw_id), county.operator)


def test_who_witnesses_cannot_take_the_operators_steps(app: Flask) -> None:
    county = make.make_county()
    account = make_account(role="department_admin", department=county.department)
    second = make.actor_of(account, "department_admin")
    draw_id = make.frozen(county)
    holding.commit_witness(draw_id, commitment_of(draw_id), second)
    with pytest.raises(WitnessNotIndependent):
        holding.open_operator(draw_id, second)


def test_a_second_witness_finds_no_place_and_the_first_cannot_change_the_mind(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    first = commitment_of(draw_id)
    holding.commit_witness(draw_id, first, county.witness)
    holding.commit_witness(draw_id, first, county.witness)
    other = make.actor_of(make_account(role="supervisor", department=county.department))
    with pytest.raises(NoWitnessPlace):
        holding.commit_witness(draw_id, first, other)
    with pytest.raises(WrongState):
        holding.commit_witness(draw_id, commitment_of(draw_id, "other"), county.witness)


def test_only_what_was_committed_to_can_be_revealed_and_a_slip_will_do(app: Flask) -> None:
    county = make.make_county()
    draw_id = opened(county)
    for text, rand in ((make.TEXT + " ", make.RAND.hex()), (make.TEXT, "00" * 32), ("", "zz")):
        with pytest.raises(RevealDiffers):
            holding.reveal_witness(draw_id, "w1", text, rand, county.witness)
    holding.type_slip(draw_id, "w1", make.TEXT, make.RAND.hex(), county.operator)
    with pytest.raises(ThrowMalformed):
        holding.type_throw(draw_id, 1, "123", county.operator)


def test_a_draw_is_cancelled_only_before_the_first_reveal_and_with_a_reason(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    with pytest.raises(ReasonMissing):
        holding.cancel(draw_id, "  ", county.operator)
    holding.cancel(draw_id, "停电", county.operator)
    holding.cancel(draw_id, "again", county.operator)
    draw = make.stored(draw_id)
    assert (draw.state, draw.end_reason) == ("cancelled", "停电")
    with pytest.raises(WrongState):
        holding.cancel(opened(county), "too late", county.operator)


def test_numbers_have_no_gaps_whatever_becomes_of_the_draws(app: Flask) -> None:
    county = make.make_county()
    first = make.frozen(county)
    holding.cancel(first, "停电", county.operator)
    given_up = make.plan(county)
    planning.discard(given_up, county.operator)
    refused = make.plan(county, strata=[make.stratum(num=0)])
    with pytest.raises(Exception, match="cannot_freeze"):
        holding.freeze(refused, 2, county.operator)
    second = make.frozen(county)
    ends = [str(make.stored(one).number).rsplit("-", 1)[1] for one in (first, second)]
    assert ends == ["1", "2"]


@pytest.mark.parametrize("name", frozen_files.TABLES)
def test_a_stored_table_that_was_changed_after_the_freeze_stops_the_draw(
    app: Flask, session: Session, name: str
) -> None:
    county = make.make_county()
    draw_id = revealed(county)
    draw = make.stored(draw_id)
    kept = {"recusals_sha256": vault.open_(draw.secrets or "").recusals_sha256}
    sha256 = (kept | json.loads(draw.freeze_json or ""))[f"{name[:-4]}_sha256"]
    key = f"draws/{sha256[:2]}/{sha256}.{name}"
    storage.put_bytes(key, storage.get_bytes(key) + b"S01\tX\n")
    with pytest.raises(RosterDiffers) as caught:
        drawing.draw_lots(draw_id, county.operator)
    assert caught.value.extra == {"file": name}
    assert make.stored(draw_id).state == "revealed"
    assert session.scalar(select(func.count()).select_from(DrawRow)) == 0


@pytest.mark.parametrize("column", ["freeze_json", "plan_json", "transcript_json"])
def test_a_stored_document_that_was_changed_stops_the_draw(
    app: Flask, session: Session, column: str
) -> None:
    county = make.make_county()
    draw_id = revealed(county)
    value: Any = getattr(make.stored(draw_id), column).replace("370399", "370398")
    session.execute(update(Draw).where(Draw.id == draw_id).values({column: value}))
    session.commit()
    with pytest.raises(RosterDiffers):
        drawing.draw_lots(draw_id, county.operator)


def test_dispatch_makes_each_visit_once(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.drawn(county)
    assert drawing.dispatch(draw_id, county.operator) == 7
    assert drawing.dispatch(draw_id, county.operator) == 0
    lots = session.scalars(select(Visit.lot_number).where(Visit.draw_id == draw_id)).all()
    assert sorted(lots) == list(range(1, 8))


def test_a_vacant_seat_holds_back_its_visit_alone(app: Flask, session: Session) -> None:
    county = make.make_county(officers=3, risks="AAAABB")
    for officer in county.officers[:2]:
        for enterprise in county.enterprises[4:5]:
            session.add(
                RecusalGround(officer_id=officer.id, enterprise_id=enterprise.id, ground="interest")
            )
    session.commit()
    draw_id = make.drawn(county)
    draw = make.stored(draw_id)
    assert draw.vacant_seats == 1
    held = drawing.held_back(session, draw, outcome.seats_of(session, draw))
    assert list(held.values()) == ["vacant_seat"]
    session.rollback()
    assert drawing.dispatch(draw_id, county.operator) == draw.drawn_rows - 1


def test_a_draw_whose_every_team_has_a_vacant_seat_sends_nothing(app: Flask) -> None:
    county = make.make_county(officers=1)
    draw_id = make.drawn(county)
    with pytest.raises(NothingToDispatch):
        drawing.dispatch(draw_id, county.operator)
    assert make.stored(draw_id).state == "drawn"


def test_an_officer_deactivated_after_the_freeze_stays_drawn_and_holds_back_the_visits(
    app: Flask, session: Session
) -> None:
    county = make.make_county(officers=4)
    draw_id = make.frozen(county)
    leaver = county.officers[0].id
    session.execute(update(Officer).where(Officer.id == leaver).values(active=False))
    session.commit()
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    draw = make.stored(draw_id)
    seats = outcome.seats_of(session, draw)
    rows = {seat.row for seat in seats if seat.officer_id == leaver}
    assert rows
    assert drawing.held_back(session, draw, seats) == dict.fromkeys(rows, "inactive")
    session.rollback()
    assert drawing.dispatch(draw_id, county.operator) == draw.drawn_rows - len(rows)


def test_a_recusal_is_an_input_of_the_draw(app: Flask, session: Session) -> None:
    county = make.make_county(officers=4, risks="AAAAAA")
    barred = county.officers[0].id
    for enterprise in county.enterprises:
        session.add(
            RecusalGround(officer_id=barred, enterprise_id=enterprise.id, ground="interest")
        )
    session.commit()
    draw = make.stored(make.drawn(county, strata=[make.stratum()]))
    seated = {seat.officer_id for seat in outcome.seats_of(session, draw)}
    assert barred not in seated
