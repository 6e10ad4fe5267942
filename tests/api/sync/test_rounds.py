"""POST /api/v1/sync over a longer time: sent back and handed in again, conditions, snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from backend.app.platform.access import Actor
from backend.app.visits import service as visits
from backend.app.visits.models import Visit, VisitFold
from backend.app.visits.snapshot import VERSION
from tests.api.sync.conftest import Field
from tests.factories.visits import make_team, passing_points, point
from tests.fakes.phone import FINE, as_folded

InField = Callable[..., Field]


def states(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(receipt["state"], receipt.get("reason")) for receipt in answer["receipts"]]


def test_a_sent_back_record_is_told_to_the_phone_and_can_be_handed_in_again(
    in_field: InField, session: Session, sign_in: Any
) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    first = officer.phone.seals(officer.package, officer.officer)
    done = list(officer.phone.outbox)
    officer.send()
    account = officer.account
    actor = Actor(
        account_id=account.id,
        login=account.login,
        name=account.name,
        department_id=account.department_id,
        department_name="",
        roles=frozenset(),
        find_scope=frozenset,
        session_id=uuid4(),
    )
    visits.reopen(session, officer.visit, "第三项照片不清", actor)
    session.commit()
    answer = officer.send(have={str(officer.visit): 1})
    reopened = answer["visits"][0]["events"]
    assert [event["kind"] for event in reopened] == ["visit.reopened"]
    assert session.get_one(Visit, officer.visit).state == "sent_back"
    others = [as_folded(event, officer.officer, 1) for event in done]
    others += [as_folded(event, "server", 2) for event in reopened]
    second = officer.phone.seals(officer.package, officer.officer, others)
    assert second["body"]["digest"] != first["body"]["digest"]
    assert states(officer.send()) == [("applied", None)]
    row = session.get_one(Visit, officer.visit)
    assert (row.state, row.round) == ("complete", 1)
    assert visits.record(session, officer.visit)["previous"] == first["body"]["digest"]
    assert visits.check(session, officer.visit) == []


def test_a_conditional_point_is_judged_by_the_package(in_field: InField, session: Session) -> None:
    team = make_team([point("1"), point("2", evidence="on_fail"), *passing_points(3)[2:]])
    officer = in_field(0, team)
    code = team.item.code
    officer.phone.answers(officer.visit, f"{code}:2", "fail", note="过期")
    officer.phone.does(officer.visit, "result.set", FINE)
    officer.send()
    row = session.get_one(Visit, officer.visit)
    assert (row.points_total, row.points_answered, row.points_failed) == (3, 1, 1)
    assert row.missing_count == 3


def test_a_long_visit_is_folded_from_a_snapshot(in_field: InField, session: Session) -> None:
    officer = in_field()
    key = officer.team.item.code + ":1"
    base = None
    for number in range(150):
        value = "pass" if number % 2 else "fail"
        base = officer.phone.answers(officer.visit, key, value, base=base)["id"]
        if number % 10 == 9:
            officer.send()
    assert session.get_one(VisitFold, officer.visit).revision > 0
    session.rollback()
    assert visits.check(session, officer.visit) == []
    assert visits.state(session, officer.visit)["answers"][key]["value"] == "pass"  # type: ignore[typeddict-item]


@pytest.mark.parametrize("maker", [None, VERSION - 1, VERSION + 1])
def test_a_snapshot_of_another_reducer_is_not_taken_up_and_made_anew(
    in_field: InField, session: Session, maker: int | None
) -> None:
    officer = in_field()
    key = officer.team.item.code + ":1"
    base = officer.phone.answers(officer.visit, key, "fail")["id"]
    officer.send()
    wrong = VisitFold(visit_id=officer.visit, revision=1, reducer=maker, body="[]")
    session.add(wrong)
    session.commit()
    for number in range(150):
        value = "pass" if number % 2 else "fail"
        base = officer.phone.answers(officer.visit, key, value, base=base)["id"]
    officer.send()
    session.expire_all()
    assert session.get_one(VisitFold, officer.visit).reducer == VERSION
    assert visits.check(session, officer.visit) == []
    assert visits.state(session, officer.visit)["answers"][key]["value"] == "pass"  # type: ignore[typeddict-item]
