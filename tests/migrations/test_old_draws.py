"""Draws, witnesses and drawn rows of before the ceremony are kept and given what they were."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import DATABASES, make_settings, sqlalchemy_url

BEFORE = "0008"


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"old_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield sqlalchemy_url(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def sample(column: sa.Column[Any]) -> Any:
    """Some value for a column that must not be empty."""
    kind = column.type
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    return date(2026, 1, 1) if isinstance(kind, sa.Date) else "x"


def insert(connection: sa.Connection, name: str, **values: Any) -> None:
    """A row of a table as it was then."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    needed = {one.name: sample(one) for one in table.columns if not one.nullable}
    connection.execute(table.insert().values(needed | values))


def test_old_draws_are_routine_draws_with_one_throw(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision=BEFORE)
        native = db.engine.dialect.name == "postgresql"
        department, draw = (uuid.uuid4() for _ in range(2))
        ids = [one if native else one.hex for one in (department, draw)]
        with db.engine.begin() as connection:
            insert(connection, "department", id=ids[0], parent_id=None)
            insert(connection, "draw", id=ids[1], department_id=ids[0], state="frozen")
            insert(connection, "draw_witness", draw_id=ids[1], token="w1")
        db.engine.dispose()
        upgrade()
        with db.engine.connect() as connection:
            columns = "form, dice, moves, rehearsal, sealed, join_token"
            found = connection.execute(sa.text(f"SELECT {columns} FROM draw")).one()
            assert (*found,) == ("routine", 20, 0, False, False, None)
            place = connection.execute(
                sa.text("SELECT name, from_slip, key_sha256 FROM draw_witness")
            ).one()
            assert (*place,) == ("", False, None)
        db.engine.dispose()
