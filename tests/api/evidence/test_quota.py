"""How much one account may send for one visit, and that nobody uses it up for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.app.evidence import begin
from tests.api.sync.conftest import Field
from tests.factories.visits import make_team, make_visit
from tests.fakes import pictures, tus

InField = Callable[..., Field]


def start(officer: Field, visit: Any, data: bytes) -> int:
    reply = officer.client.post("/api/v1/evidence", headers=tus.headers_for(visit, data))
    return int(reply.status_code)


def test_a_file_that_was_only_announced_does_not_fill_a_visit(in_field: InField) -> None:
    """Its size is what a phone claims, and the event may wait in quarantine for ever."""
    officer = in_field()
    team = make_team()
    theirs = make_visit(team)
    for visit in (officer.visit, theirs):
        event = officer.phone.photographs(visit, b"x")
        event["body"]["size"] = 2**53 - 1
        officer.phone.outbox.clear()
        officer.phone.seq, officer.phone.prev = officer.phone.seq - 1, event["prev"]
        officer.phone.does(visit, "evidence.added", event["body"] | {"evidence": str(uuid4())})
        assert officer.send()["receipts"][0]["state"] == "quarantined"
    victim = in_field(team=team, visit=theirs)
    assert start(victim, theirs, pictures.jpeg()) == 201
    assert start(officer, officer.visit, pictures.jpeg()) == 201


def test_what_one_account_sends_for_a_visit_is_bounded(
    in_field: InField, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    monkeypatch.setattr(begin, "MOST_PER_VISIT", len(data) + 10)
    assert start(officer, officer.visit, data) == 201
    assert start(officer, officer.visit, data + b"x") == 413
    other = in_field(1, team=officer.team, visit=officer.visit)
    assert start(other, officer.visit, data) == 201
