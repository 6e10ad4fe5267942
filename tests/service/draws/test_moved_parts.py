"""A department that moves in the tree between its answer and the freeze did not agree to that."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.accounts.models import Department
from backend.app.draws import labels, rules
from backend.app.draws.rules import Finding
from backend.app.draws.service import holding, planning
from backend.app.platform.database import db
from tests.factories import draws as make
from tests.factories.accounts import make_department
from tests.service.draws.test_parts import answers, invitation, refusals


def move(department: Department, above: Department | None) -> None:
    with Session(db.engine) as session:
        session.get_one(Department, department.id).parent_id = above.id if above else None
        session.commit()


def freeze(draw_id: UUID, county: make.County) -> None:
    holding.freeze(draw_id, make.stored(draw_id).revision, county.operator)


def save_again(draw_id: UUID, county: make.County, *invited: Department) -> None:
    """The leading department saves the same plan."""
    plan = make.what(
        county,
        department_ids=[one.id for one in invited],
        revision=make.stored(draw_id).revision,
    )
    planning.change_what(draw_id, plan, county.operator)


Move = Callable[[make.County, make.County], None]


def _under_another_one(_lead: make.County, other: make.County) -> None:
    move(other.department, make_department("市局"))


def _under_the_leading_one(lead: make.County, other: make.County) -> None:
    move(other.department, lead.department)


def _with_one_more_below(_lead: make.County, other: make.County) -> None:
    make_department("分局", parent=other.department)


@pytest.mark.parametrize(
    "change", [_under_another_one, _under_the_leading_one, _with_one_more_below]
)
def test_a_part_that_was_accepted_from_another_place_keeps_the_draw_from_being_frozen(
    app: Flask, change: Move
) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other)
    change(lead, other)
    assert refusals(draw_id, lead) == ["part_moved"]
    assert make.stored(draw_id).state == rules.PLANNED


def test_saving_the_plan_once_more_asks_who_has_moved(app: Flask, session: Session) -> None:
    lead, other, third = (make.make_county(risks=risks) for risks in ("AAAABB", "", ""))
    draw_id = invitation(lead, other, third)
    make.accept(draw_id, other)
    make.accept(draw_id, third)
    _under_another_one(lead, other)
    save_again(draw_id, lead, other.department, third.department)
    assert sorted(answers(session, draw_id)) == [rules.ACCEPTED, rules.INVITED]
    assert refusals(draw_id, lead) == ["part_not_answered"]
    make.accept(draw_id, other)
    freeze(draw_id, lead)
    assert make.stored(draw_id).state == rules.FROZEN


def test_who_stood_below_somebody_who_accepted_and_stands_alone_now_is_asked(
    app: Flask, session: Session
) -> None:
    lead, head = make.make_county(), make.make_county(risks="")
    below = make.make_county(risks="", department=make_department("分局", parent=head.department))
    draw_id = invitation(lead, head, below)
    make.accept(draw_id, head)
    assert answers(session, draw_id) == [rules.ACCEPTED]
    move(below.department, None)
    assert refusals(draw_id, lead).count("part_moved") == 2
    save_again(draw_id, lead, head.department, below.department)
    assert answers(session, draw_id) == [rules.INVITED, rules.INVITED]


def test_a_move_that_concerns_nobody_of_the_draw_asks_nobody(app: Flask) -> None:
    lead, other = make.make_county(), make.make_county(risks="")
    draw_id = invitation(lead, other)
    make.accept(draw_id, other)
    move(make_department("别的局"), make_department("市局"))
    freeze(draw_id, lead)
    assert make.stored(draw_id).state == rules.FROZEN


def test_who_is_taken_under_a_head_by_the_plan_itself_has_not_moved(
    app: Flask, session: Session
) -> None:
    head = make.make_county(risks="")
    below = make.make_county(risks="", department=make_department("分局", parent=head.department))
    lead = make.make_county()
    draw_id = invitation(lead, below)
    make.accept(draw_id, below)
    save_again(draw_id, lead, head.department, below.department)
    make.accept(draw_id, head)
    assert "part_moved" not in refusals_or_none(draw_id, lead)


def refusals_or_none(draw_id: UUID, county: make.County) -> list[str]:
    with Session(db.engine) as session:
        draw = session.merge(make.stored(draw_id))
        return [one.code for one in planning.overview(session, draw).refusals]


def test_the_words_say_what_to_do(app: Flask) -> None:
    with app.test_request_context(headers={"X-Lang": "zh-CN"}):
        words = labels.sentence(Finding("part_moved", "消防大队"))
    assert words.startswith("消防大队") and "重新保存方案" in words
