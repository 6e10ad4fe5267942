"""POST /api/v1/sync: what is refused. Only garbage, strangers, and known ids with other content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.sync.models import QuarantinedEvent, SyncIncident
from backend.app.visits.models import VisitEvent
from tests.api.sync.conftest import Field
from tests.fakes.phone import Phone

InField = Callable[..., Field]


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_known_id_with_other_content_is_refused_and_kept_as_an_incident(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    officer.send()
    altered = event | {"body": event["body"] | {"value": "fail"}}
    reply = officer.sync(events=[altered])
    assert (reply.status_code, reply.get_json()["code"]) == (409, "sync.altered_event")
    assert reply.get_json()["event"] == event["id"]
    incident = session.scalars(select(SyncIncident)).one()
    assert str(incident.event_id) == event["id"]
    assert incident.known_hash != incident.sent_hash
    assert count(session, VisitEvent) == 1


def test_an_id_of_another_phone_is_refused_and_kept_as_an_incident(
    in_field: InField, session: Session
) -> None:
    one = in_field(0)
    other = in_field(1, one.team, one.visit)
    taken = one.phone.answers(one.visit, one.team.item.code + ":1", "pass")
    one.send()
    event = other.phone.answers(one.visit, one.team.item.code + ":2", "pass")
    stolen = event | {"id": taken["id"]}
    reply = other.sync(events=[stolen])
    assert reply.status_code == 409
    assert count(session, SyncIncident) == 1
    assert count(session, VisitEvent) == 1


def test_another_accounts_phone_is_refused(in_field: InField, session: Session) -> None:
    one = in_field(0)
    other = in_field(1, one.team, one.visit)
    one.phone.does(one.visit, "visit.started", {"position": None})
    session.rollback()
    reply = other.client.post("/api/v1/sync", json=one.phone.call())
    assert (reply.status_code, reply.get_json()["code"]) == (403, "sync.unknown_device")
    assert count(session, VisitEvent) == 0


def test_a_phone_that_is_not_registered_is_refused(in_field: InField) -> None:
    officer = in_field()
    reply = officer.client.post("/api/v1/sync", json=Phone().call())
    assert reply.status_code == 403


def broken(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda event: event | changes


@pytest.mark.parametrize(
    "spoil",
    [
        broken(v=2),
        broken(seq=0),
        broken(seq="1"),
        broken(seq=True),
        broken(id="x"),
        broken(prev="short"),
        broken(prev="A" * 64),
        broken(at="yesterday"),
        broken(at="2026-11-23T10:00:00"),
        broken(mono=1.5),
        broken(kind="visit.reopened"),
        broken(kind="no.such.kind"),
        broken(kind=["visit.started"]),
        broken(body=None),
        broken(body={"position": {"lat": 36.8, "lon": "118"}}),
        broken(body={"position": None, "extra": 1.5}),
        broken(extra=1),
        lambda event: {k: v for k, v in event.items() if k != "mono"},
        lambda event: event | {"device": str(uuid4())},
        lambda event: [event],
    ],
)
def test_an_event_without_the_shape_is_garbage_and_nothing_of_the_call_is_taken(
    spoil: Callable[[dict[str, Any]], Any], in_field: InField, session: Session
) -> None:
    officer = in_field()
    good = officer.phone.does(officer.visit, "visit.started", {"position": None})
    bad = officer.phone.does(officer.visit, "visit.started", {"position": None})
    reply = officer.sync(events=[good, spoil(bad)], signature="x")
    assert (reply.status_code, reply.get_json()["code"]) == (422, "sync.malformed")
    assert len(reply.get_json()["events"]) == 1
    assert count(session, VisitEvent) == count(session, QuarantinedEvent) == 0


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'{"device": 1}', b'\xff\xfe{"a":1}', b'{"a":"\\ud800"}']
)
def test_what_is_not_a_call_is_garbage(raw: bytes, in_field: InField) -> None:
    officer = in_field()
    reply = officer.client.post("/api/v1/sync", data=raw, content_type="application/json")
    assert (reply.status_code, reply.get_json()["code"]) == (422, "sync.malformed")


def test_the_same_event_twice_in_a_call_is_garbage(in_field: InField) -> None:
    officer = in_field()
    event = officer.phone.does(officer.visit, "visit.started", {"position": None})
    assert officer.sync(events=[event, event]).status_code == 422


def test_more_than_500_events_or_256_kb_are_too_much_for_a_call(in_field: InField) -> None:
    officer = in_field()
    for _ in range(501):
        officer.phone.does(officer.visit, "clock.jumped", {"delta": 1})
    reply = officer.sync()
    assert (reply.status_code, reply.get_json()["code"]) == (413, "sync.too_large")
    officer.phone.outbox[:] = officer.phone.outbox[:500]
    assert len(officer.send()["receipts"]) == 500
    long = b'{"device":"' + b"x" * (256 << 10)
    reply = officer.client.post("/api/v1/sync", data=long, content_type="application/json")
    assert reply.status_code == 413


def test_nobody_syncs_without_signing_in_or_as_a_supervisor(client: Any, sign_in: Any) -> None:
    assert client.post("/api/v1/sync", json=Phone().call()).status_code == 401
    sign_in(client, role="supervisor")
    assert client.post("/api/v1/sync", json=Phone().call()).status_code == 403
