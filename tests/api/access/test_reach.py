"""Whose objects everybody reaches, and sees listed, is what the reviewed tables say."""

from __future__ import annotations

import pytest

from backend.app.platform.access import DEPARTMENT_ADMIN, ROLES, WIDE_ROLES
from tests.api.access.calls import endpoints
from tests.api.access.field_calls import observe_fields
from tests.api.access.observing import REFUSED, Bench
from tests.api.access.offers import is_act, offered, pages
from tests.api.access.reach import observe_reach
from tests.api.access.table import DOORS, FIELDS, REACH, reviewed

NEAR = {"own", "below", "mine"}
"""Where a role that is held in one department acts."""
NOBODY_DOES = {
    "`DELETE /api/v1/evidence/<uuid:upload_id>`",
    "`POST /office/people/resets/<uuid:reset_id>/code`",
    "`POST /office/people/resets/<uuid:reset_id>/withdraw`",
    "`POST /office/people/roles/<uuid:proposal_id>/withdraw`",
}
"""Evidence is withdrawn by an event, never deleted. The others are for who ordered or proposed it
alone, and in the table's world somebody else did; ``tests/api/accounts`` tries them."""


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reaches_the_listed_objects_alone(arranged: Bench, role: str) -> None:
    door = {name: row[role] for name, row in reviewed(DOORS).items()}
    listed = {name: row[role] for name, row in reviewed(REACH).items()}
    found = observe_reach(arranged, role, door)
    assert {name: found.get(name, REFUSED) for name in {**listed, **found}} == listed


def test_a_phone_reaches_the_listed_visits_alone(arranged: Bench) -> None:
    assert observe_fields(arranged) == reviewed(FIELDS)


def test_every_act_reaches_an_object_of_somebody() -> None:
    """Else its form stops it before its object, and the table says nothing of it."""
    nobodys = {row for row, cells in reviewed(REACH).items() if {*cells.values()} == {REFUSED}}
    assert nobodys == NOBODY_DOES


def test_nobody_acts_where_the_role_is_not_held(arranged: Bench) -> None:
    acts = {one.name for one in endpoints(arranged.app) if is_act(one)}
    wrong = [
        (row, role)
        for row, cells in reviewed(REACH).items()
        for role in ROLES
        if row.split(" (")[0] in acts and role not in WIDE_ROLES
        if not NEAR.issuperset(cells[role].split(", ")) and cells[role] != REFUSED
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_offers_an_act_to_somebody_who_may_not_take_it(arranged: Bench, role: str) -> None:
    reach = reviewed(REACH)
    wrong = [
        (page.name, place, act)
        for page in pages(arranged.app)
        for place in ("own", "home")
        if {place, "all"} & {*reach[page.name][role].split(", ")}
        for act in offered(arranged, role, page, place)
        if not {place, "all"} & {*reach[act][role].split(", ")}
    ]
    assert wrong == []


def test_pages_offer_acts_to_who_may_take_them(arranged: Bench) -> None:
    """Else the test above would look for what it cannot find."""
    room = next(one for one in pages(arranged.app) if one.rule.endpoint == "draws.room")
    assert "`POST /office/draws/<uuid:draw_id>/dispatch`" in offered(
        arranged, DEPARTMENT_ADMIN, room, "own"
    )
