"""Ending a draw: who may declare it void, and what is forgotten when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.draws.errors import OutsideYourDepartment, TookPart
from backend.app.draws.models import DrawSeat, DrawStep
from backend.app.draws.service import drawing, holding, planning
from backend.app.platform.access import Actor
from backend.app.platform.database import db
from backend.app.replacements import service as replacements
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.service.draws.test_ceremony import county

__all__ = ["county"]


Step = Callable[[make.County, Actor], UUID]


def _prepared(county: make.County, by: Actor) -> UUID:
    draw_id = planning.prepare(make.what(county), by)
    planning.change_who(draw_id, make.who(county), county.operator)
    holding.freeze(draw_id, 2, county.operator, shape=hold.SHAPE)
    holding.begin(draw_id, county.operator)
    _finish(county, draw_id, hold.committed(draw_id))
    return draw_id


def _begun(county: make.County, by: Actor) -> UUID:
    draw_id = hold.frozen(county)
    holding.begin(draw_id, by)
    _finish(county, draw_id, hold.committed(draw_id))
    return draw_id


def _freed(county: make.County, by: Actor) -> UUID:
    draw_id = hold.begun(county)
    lost = hold.Phone(hold.code_of(draw_id))
    holding.free_place(draw_id, lost.join(), by)
    _finish(county, draw_id, hold.committed(draw_id))
    return draw_id


def _closed(county: make.County, by: Actor) -> UUID:
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id)
    holding.close_list(draw_id, by)
    _finish(county, draw_id, phones)
    return draw_id


def _opened(county: make.County, by: Actor) -> UUID:
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, by)
    _finish(county, draw_id, phones)
    return draw_id


def _slip(county: make.County, by: Actor) -> UUID:
    draw_id, (gone, *phones) = hold.opened(county)
    holding.type_slip(draw_id, gone.place, gone.text, gone.rand.hex(), by)
    _finish(county, draw_id, phones)
    return draw_id


def _drawn(county: make.County, by: Actor) -> UUID:
    draw_id, phones = hold.revealed(county)
    hold.throw_all(draw_id, county, phones)
    drawing.draw_lots(draw_id, by)
    return draw_id


def _asked(county: make.County, by: Actor) -> UUID:
    draw_id = _drawn(county, county.operator)
    with Session(db.engine) as session:
        seat = session.scalars(select(DrawSeat).where(DrawSeat.draw_id == draw_id)).first()
        assert seat is not None
        seat.officer_id = None
        session.commit()
    replacements.ask(draw_id, by)
    return draw_id


def _finish(county: make.County, draw_id: UUID, phones: Sequence[hold.Phone]) -> None:
    """The steps up to the first throw, by the operator, as far as they are not taken."""
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    for phone in phones:
        phone.reveal()


@pytest.mark.parametrize(
    "step", [_prepared, _begun, _freed, _closed, _opened, _slip, _drawn, _asked]
)
def test_whoever_took_any_single_step_of_a_draw_does_not_declare_it_void(
    county: make.County, step: Step
) -> None:
    office = make_department("审改办", is_oversight=True)
    hand, stranger = (
        make.actor_of(
            make_account(role="oversight", department=office),
            "oversight",
            scope=frozenset({county.department.id}),
        )
        for _ in range(2)
    )
    draw_id = step(county, hand)
    with pytest.raises(TookPart):
        holding.void(draw_id, "不中意", hand)
    assert make.stored(draw_id).state != "voided"
    holding.void(draw_id, "名录有误", stranger)
    assert make.stored(draw_id).state == "voided"


def test_freeing_a_place_is_another_step_than_releasing_a_batch(
    county: make.County, session: Session
) -> None:
    draw_id = _freed(county, county.operator)
    steps = session.scalars(select(DrawStep.step).where(DrawStep.draw_id == draw_id)).all()
    assert "freed" in steps and "released" not in steps


def test_who_typed_or_saw_a_throw_of_a_draw_does_not_declare_it_void(county: make.County) -> None:
    office = make_department("审改办", is_oversight=True)
    typist, watcher, stranger = (
        make.actor_of(
            make_account(role="oversight", department=office),
            "oversight",
            scope=frozenset({county.department.id}),
        )
        for _ in range(3)
    )
    draw_id, _phones = hold.revealed(county)
    holding.type_throw(draw_id, 1, "63454", typist)
    holding.confirm_throw(draw_id, holding.Seen(1, 1, "63454"), watcher)
    for one in (typist, watcher):
        with pytest.raises(TookPart):
            holding.void(draw_id, "不中意", one)
    for one in (county.operator, county.witness):
        with pytest.raises(OutsideYourDepartment):
            holding.void(draw_id, "不中意", one)
    assert make.stored(draw_id).state == "opened"
    holding.void(draw_id, "名录有误", stranger)
    assert make.stored(draw_id).state == "voided"


def test_a_cancelled_draw_forgets_who_joined_and_did_not_commit(
    county: make.County, session: Session
) -> None:
    draw_id = hold.begun(county)
    (phone,) = hold.committed(draw_id, 1)
    hold.Phone(phone.code, hold.OFFICES[1], "李未提").join()
    holding.cancel(draw_id, "停电", county.operator)
    places = holding.witnesses(session, make.stored(draw_id))
    told = [(one.name, one.office, one.joined_at is None) for one in places]
    assert told == [("张见证", hold.OFFICES[0], False)] + [("", "", True)] * 3
