"""Seats of before that were both asked for and waiting: one request goes on, the others end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import THEN, Key, insert, new_key

_REQUESTS = {
    "asked first": (1, "asked", 0),
    "waits": (1, "waiting", 5),
    "asked early": (2, "asked", 1),
    "asked late": (2, "asked", 2),
    "alone": (3, "waiting", 0),
    "over": (3, "filled", 1),
}
"""By name: seat, state, minutes after the first."""


def test_of_a_seats_old_requests_one_goes_on_and_no_second_can_come(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0013")
        keys = {name: new_key() for name in ("department", "draw", *_REQUESTS)}
        with db.engine.begin() as connection:
            _insert(connection, keys)
        db.engine.dispose()
        upgrade(revision="0017")
        query = sa.text("SELECT id, state, settled_words, settled_at FROM vacancy")
        with db.engine.connect() as connection:
            rows = {row[0]: row[1:] for row in connection.execute(query)}
        with db.engine.connect() as connection, pytest.raises(IntegrityError):
            _request(connection, keys, new_key(), "asked late")
        db.engine.dispose()
        downgrade(revision="0013")
        db.engine.dispose()
    found = {name: rows[keys[name]] for name in _REQUESTS}
    assert {name: (row[0], row[1]) for name, row in found.items()} == {
        "asked first": ("withdrawn", "asked_twice"),
        "waits": ("waiting", ""),
        "asked early": ("asked", ""),
        "asked late": ("withdrawn", "asked_twice"),
        "alone": ("waiting", ""),
        "over": ("filled", ""),
    }
    assert [name for name, row in found.items() if row[2]] == ["asked first", "asked late"]


def _insert(connection: sa.Connection, keys: dict[str, Key]) -> None:
    department = {"id": keys["department"], "code": "D1", "parent_id": None}
    insert(connection, "department", department)
    insert(connection, "draw", {"id": keys["draw"], "department_id": keys["department"]})
    for name in _REQUESTS:
        _request(connection, keys, keys[name], name)


def _request(connection: sa.Connection, keys: dict[str, Key], key: Key, name: str) -> None:
    seat, state, minutes = _REQUESTS[name]
    home = {"draw_id": keys["draw"], "department_id": keys["department"]}
    asked = {"seat_no": seat, "state": state, "asked_at": THEN + timedelta(minutes=minutes)}
    insert(connection, "vacancy", home | asked | {"id": key, "settled_words": ""})
