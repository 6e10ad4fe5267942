"""Values that are JSON and that nothing of ours can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.sync.conftest import Field
from tests.fakes.phone import FINE

InField = Callable[..., Field]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_outside_the_calendar_is_garbage(at: str, in_field: InField) -> None:
    """In another zone it is a moment that no clock and no column can say."""
    officer = in_field()
    event = officer.phone.does(officer.visit, "visit.started", {"position": None})
    call = officer.phone.call(events=[event | {"at": at}])
    assert officer.client.post("/api/v1/sync", json=call).status_code == 422


@pytest.mark.parametrize("version", [1.0, True])
def test_a_version_that_only_equals_one_is_garbage(version: Any, in_field: InField) -> None:
    """Its canonical form is another than the bytes that would be stored and hashed."""
    officer = in_field()
    event = officer.phone.does(officer.visit, "visit.started", {"position": None})
    call = officer.phone.call(events=[event | {"v": version}])
    assert officer.client.post("/api/v1/sync", json=call).status_code == 422


def test_what_a_phone_adds_to_a_position_is_not_stored_beside_the_file(in_field: InField) -> None:
    officer = in_field()
    body: dict[str, Any] = officer.phone.photographs(officer.visit, b"\xff\xd8\xff")["body"]
    officer.phone.outbox.clear()
    officer.phone.seq, officer.phone.prev = 0, "0" * 64
    body["position"] |= {"street": "a\0b"}
    officer.phone.does(officer.visit, "evidence.added", body)
    assert officer.send()["receipts"][0]["state"] == "applied"


def test_a_result_with_a_nul_in_its_note_is_kept_as_it_came(in_field: InField) -> None:
    officer = in_field()
    note = FINE | {"follow_up": FINE["follow_up"] | {"note": "a\0b"}}
    officer.phone.does(officer.visit, "result.set", note)
    assert officer.send()["receipts"][0]["state"] == "applied"
