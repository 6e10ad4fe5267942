"""Ending a draw: who may declare it void, and what is forgotten when it is cancelled."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from backend.app.draws import service
from backend.app.draws.errors import OutsideYourDepartment
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.unit.draws.test_ceremony import county

__all__ = ["county"]


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
    service.type_throw(draw_id, 1, "63454", typist)
    service.confirm_throw(draw_id, service.Seen(1, 1, "63454"), watcher)
    for one in (typist, watcher, county.operator, county.witness):
        with pytest.raises(OutsideYourDepartment):
            service.void(draw_id, "不中意", one)
    assert make.stored(draw_id).state == "opened"
    service.void(draw_id, "名录有误", stranger)
    assert make.stored(draw_id).state == "voided"


def test_a_cancelled_draw_forgets_who_joined_and_did_not_commit(
    county: make.County, session: Session
) -> None:
    draw_id = hold.begun(county)
    (phone,) = hold.committed(draw_id, 1)
    hold.Phone(phone.code, hold.OFFICES[1], "李未提").join()
    service.cancel(draw_id, "停电", county.operator)
    places = service.witnesses(session, make.stored(draw_id))
    told = [(one.name, one.office, one.joined_at is None) for one in places]
    assert told == [("张见证", hold.OFFICES[0], False)] + [("", "", True)] * 3
