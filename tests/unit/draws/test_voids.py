"""Who may declare a draw void: another authority, and nobody who took a step of it."""

from __future__ import annotations

import pytest

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
