"""News that waited as jobs when the program was upgraded: they become events and reach whom they
are for."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.migrations.old_rows import THEN, Key, insert, new_key
from tests.program import make_settings


def test_news_that_waited_becomes_events_and_other_jobs_stay(
    empty_url: str, tmp_path: Path
) -> None:
    officer, request = str(uuid.uuid4()), str(uuid.uuid4())
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0019")
        with db.engine.begin() as connection:
            _job(connection, "visits.recusal_requested", {"event": request})
            _job(connection, "visits.recusal_requested", {"event": request}, state="done")
            _job(connection, "registry.officer_limited", {"officer": officer}, state="running")
            _job(connection, "registry.officer_account_changed", {"officer": officer})
            _job(connection, "ledger.sequence", {})
        db.engine.dispose()
        upgrade(revision="0021")
        with db.engine.connect() as connection:
            told = connection.execute(
                sa.text("SELECT kind, subject, facts FROM domain_event ORDER BY id")
            ).all()
            left = connection.execute(sa.text("SELECT kind, state FROM job ORDER BY kind")).all()
        db.engine.dispose()
    register = {"register": "officer", "objects": [officer]}
    found = [(row.kind, row.subject, _object(row.facts)) for row in told]
    assert sorted(found, key=repr) == [
        ("recusal.requested", "", {"event": request}),
        ("register.changed", officer, register | {"fields": ["account_id"]}),
        ("register.changed", officer, register | {"fields": ["active", "certificate_expires_on"]}),
    ]
    assert [tuple(row) for row in left] == [
        ("ledger.sequence", "queued"),
        ("visits.recusal_requested", "done"),
    ]


def _object(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _job(
    connection: sa.Connection, kind: str, payload: dict[str, str], state: str = "queued"
) -> Key:
    key = new_key()
    row = {"id": key, "kind": kind, "payload": payload, "state": state}
    insert(connection, "job", row | {"run_at": THEN, "created_at": THEN})
    return key
