"""Seats of before that were both asked for and waiting: one request goes on, the others end."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.test_old_packages import empty_postgres, empty_url
from tests.migrations.test_old_parts import THEN, sample

__all__ = ["empty_postgres", "empty_url"]

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
        native = db.engine.dialect.name == "postgresql"
        keys = {
            name: uuid.uuid4() if native else uuid.uuid4().hex
            for name in ("department", "draw", *_REQUESTS)
        }
        with db.engine.begin() as connection:
            _insert(connection, keys)
        db.engine.dispose()
        upgrade(revision="0017")
        query = sa.text("SELECT id, state, settled_words, settled_at FROM vacancy")
        with db.engine.connect() as connection:
            rows = {row[0]: row[1:] for row in connection.execute(query)}
        with db.engine.connect() as connection, pytest.raises(IntegrityError):
            _request(connection, keys, uuid.uuid4() if native else uuid.uuid4().hex, "asked late")
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


Keys = dict[str, uuid.UUID] | dict[str, str]


def _insert(connection: sa.Connection, keys: Keys) -> None:
    department = {"id": keys["department"], "code": "D1", "parent_id": None}
    _row(connection, "department", department)
    _row(connection, "draw", {"id": keys["draw"], "department_id": keys["department"]})
    for name in _REQUESTS:
        _request(connection, keys, keys[name], name)


def _request(connection: sa.Connection, keys: Keys, key: uuid.UUID | str, name: str) -> None:
    seat, state, minutes = _REQUESTS[name]
    home = {"draw_id": keys["draw"], "department_id": keys["department"]}
    asked = {"seat_no": seat, "state": state, "asked_at": THEN + timedelta(minutes=minutes)}
    _row(connection, "vacancy", home | asked | {"id": key, "settled_words": ""})


def _row(connection: sa.Connection, name: str, values: dict[str, object]) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    needed = {one.name: sample(one) for one in table.columns if not one.nullable}
    connection.execute(table.insert().values(needed | values))
