"""Two events that announce one file: the bytes asked for are those the record names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from backend.app.visits import service as visits
from tests.api.evidence.looking import the_evidence
from tests.api.sync.conftest import Field
from tests.fakes import pictures

InField = Callable[..., Field]


def test_an_announcement_in_quarantine_does_not_decide_what_the_records_file_is(
    in_field: InField, session: Session
) -> None:
    """Else a visit is complete with bytes that are not those of its record."""
    officer = in_field()
    shown, sent = pictures.jpeg((640, 480)), pictures.jpeg((320, 240))
    body = officer.phone.photographs(officer.visit, sent)["body"]
    officer.sync(signature=None)
    officer.phone.outbox.clear()
    officer.phone.seq, officer.phone.prev = 0, "0" * 64
    digest = hashlib.sha256(shown).hexdigest()
    told = body | {"sha256": digest, "size": len(shown)}
    officer.phone.does(officer.visit, "evidence.added", told)
    assert officer.send()["receipts"][0]["state"] == "applied"
    listed = visits.state(session, officer.visit)["evidence"][body["evidence"]]["sha256"]
    row = the_evidence(session)
    assert (row.sha256, row.standing) == (listed, True)
    assert row.sha256 == digest
