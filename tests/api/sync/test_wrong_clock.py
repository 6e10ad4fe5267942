"""A phone whose clock is wrong: the server notes by how much, and reckons from what it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.app.disclosure import service as disclosure
from backend.app.platform import clock
from backend.app.sync import service as sync
from backend.app.visits import service as visits
from backend.app.visits.models import Visit, VisitEvent
from tests.api.sync.conftest import Field

InField = Callable[..., Field]
DECADE = timedelta(days=3919)


def hand_in(officer: Field, error: timedelta, **changes: Any) -> visits.Claim:
    """Hand a filled visit in by a phone whose clock is so far ahead; its first hand-in."""
    with officer.session.begin_nested():
        row = officer.session.get_one(Visit, officer.visit)
        row.created_at = clock.now() - timedelta(days=3)
    officer.session.commit()
    officer.phone.at = clock.rfc3339(clock.now() - timedelta(days=1) + error)
    officer.phone.fills(officer.package)
    officer.phone.seals(officer.package, officer.officer)
    officer.send(**changes)
    return visits.first_hand_ins(officer.session, [officer.visit])[officer.visit]


@pytest.mark.parametrize("error", [-DECADE, -timedelta(hours=30), DECADE])
def test_a_clock_that_the_call_tells_is_put_right(in_field: InField, error: timedelta) -> None:
    officer = in_field()
    claim = hand_in(officer, error, clock=clock.rfc3339(clock.now() + error))
    assert claim.clock_error is not None
    assert abs(claim.clock_error - error) < timedelta(minutes=1)
    assert claim.believed_at is not None
    yesterday = clock.now() - timedelta(days=1)
    assert abs(claim.believed_at - yesterday) < timedelta(minutes=1)
    assert disclosure.end_of_visit(claim).source == "phone"


def test_an_impossible_claim_of_a_phone_that_tells_nothing_gives_way_to_the_receipt(
    in_field: InField,
) -> None:
    officer = in_field()
    claim = hand_in(officer, -DECADE)
    end = disclosure.end_of_visit(claim)
    assert (end.day, end.source) == (clock.local(claim.received_at).date(), "receipt")


@pytest.mark.parametrize("told", ["yesterday", 5, "0001-01-01T00:00:00Z"])
def test_a_clock_that_shows_no_time_is_garbage(in_field: InField, told: Any) -> None:
    officer = in_field()
    reply = officer.sync(clock=told)
    assert (reply.status_code, reply.get_json()["wrong"]) == (422, ["clock"])


def test_an_adopted_entry_keeps_the_receipt_and_the_clock_of_when_it_came(
    in_field: InField, session: Session, sign_in: Any, client: Any
) -> None:
    officer = in_field()
    event = officer.phone.answers(officer.visit, "no such point", "pass")
    assert officer.send(clock=clock.rfc3339(clock.now() + DECADE))["receipts"][0]["state"] == (
        "quarantined"
    )
    [kept] = sync.kept_of(session, officer.visit)
    assert kept.time.clock_error is not None
    session.rollback()
    first = officer.phone.does(officer.visit, "visit.started", {"position": None})
    second = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    officer.phone.outbox[:] = [second]
    officer.send(clock=clock.rfc3339(clock.now() - DECADE))
    officer.phone.outbox[:] = [first]
    officer.send(clock=clock.rfc3339(clock.now()))
    rows = {str(row.id): row for row in session.query(VisitEvent)}
    assert event["id"] not in rows
    assert rows[first["id"]].clock_ahead_ms == pytest.approx(0, abs=60_000)
    behind = rows[second["id"]].clock_ahead_ms
    assert behind == pytest.approx(-DECADE.total_seconds() * 1000, abs=60_000)
    assert rows[second["id"]].adopted
    assert rows[second["id"]].received_at < rows[first["id"]].received_at
