"""The database: declarative base, column types, engine hooks for SQLite.

SQLite runs in WAL mode and begins every writing transaction with BEGIN IMMEDIATE: a deferred
transaction that turns into a writer ignores the busy timeout and fails. Reading transactions opt
out through the execution option ``read_only``.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, Pool

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

TRY_AFTER_SECONDS = 5.0

Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON text on SQLite, JSONB on PostgreSQL."""


_FIRST = datetime(1, 1, 3, tzinfo=UTC)
_LAST = datetime(9999, 12, 29, tzinfo=UTC)


def _in_range(value: datetime) -> datetime:
    """Return the moment in UTC. Within two days of the calendar's ends, where an offset would leave
    the calendar, return the first or last moment that has a name in every zone."""
    plain = value.replace(tzinfo=UTC)
    if _FIRST < plain < _LAST:
        return value.astimezone(UTC)
    return _FIRST if plain <= _FIRST else _LAST


def upsert(connection: Connection, table: Any) -> Any:
    """Return an INSERT that knows ON CONFLICT, in the dialect of the connection's database."""
    of_dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return of_dialect.insert(table)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite stores UTC without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = _in_range(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC moment on either database."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Pool, "checkin")
def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["evenhand.rests_since"] = monotonic()


@event.listens_for(Pool, "checkout")
def _try_after_rest(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Try a connection that has rested: the database may have been restarted meanwhile.

    Trying every one at every checkout costs a tenth of a short request.
    """
    rested = monotonic() - record.info.get("evenhand.rests_since", monotonic())
    if rested < TRY_AFTER_SECONDS or isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
