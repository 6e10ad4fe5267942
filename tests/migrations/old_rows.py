"""Rows of tables as they were at an older schema: models are of today and cannot write them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from backend.app.platform.database import db

THEN = datetime(2026, 1, 1, tzinfo=UTC)
Key = uuid.UUID | str


def new_key() -> Key:
    """An id as the database of the application takes it."""
    native = db.engine.dialect.name == "postgresql"
    return uuid.uuid4() if native else uuid.uuid4().hex


def insert(connection: sa.Connection, name: str, values: dict[str, Any]) -> None:
    """A row of a table as it is now; what may not be empty and is not given is made up."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    needed = {one.name: _sample(one) for one in table.columns if not one.nullable}
    connection.execute(table.insert().values(needed | values))


def _sample(column: sa.Column[Any]) -> object:
    samples: list[tuple[type, object]] = [
        (sa.JSON, []),
        (sa.Boolean, False),
        (sa.Integer, 1),
        (sa.DateTime, THEN),
        (sa.Date, THEN.date()),
    ]
    return next((value for kind, value in samples if isinstance(column.type, kind)), "x")
