"""Giving up rows of ``job`` and ``domain_event`` that no program of ours wrote.

SQLite keeps any value in any column, such as bytes in a text. Reading such a row fails before its
id is known, and being the first in its queue it would stand in the way of all others for ever.
PostgreSQL refuses such a row when it is written.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, TableClause, column, func, literal_column, select, table, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import LargeBinary

from .database import UtcDateTime, db

log = structlog.get_logger(__name__)

_ROWID: Any = literal_column("rowid")
_JOB = table(
    "job",
    *(column(name) for name in ("id", "kind", "payload", "state", "failure")),
    column("finished_at", UtcDateTime),
)
_EVENT = table(
    "domain_event",
    *(column(name) for name in ("id", "kind", "subject")),
    column("handed_out_at", UtcDateTime),
)


def give_up_jobs(now: datetime) -> int:
    """Give up unfinished jobs of a SQLite file that cannot be read; returns how many."""
    values = {"state": "failed", "failure": "UnreadableRow", "finished_at": now}
    unfinished = _JOB.c.state.in_(["queued", "running"])
    return _give_up(_JOB, unfinished, ("id", "kind", "payload"), values)


def give_up_events(now: datetime) -> int:
    """Take events of a SQLite file that cannot be read as handed out; returns how many."""
    waiting = _EVENT.c.handed_out_at.is_(None)
    return _give_up(_EVENT, waiting, ("id", "kind", "subject"), {"handed_out_at": now})


def _give_up(which: TableClause, waiting: Any, texts: tuple[str, ...], values: Any) -> int:
    if db.engine.dialect.name != "sqlite":
        return 0
    with db.engine.begin() as connection:
        unreadable = _unreadable(connection, which, waiting, texts)
        connection.execute(update(which).where(_ROWID.in_(unreadable)).values(values))
    for number in unreadable:
        log.error("jobs.given_up", table=which.name, rowid=number, failure="UnreadableRow")
    return len(unreadable)


def _unreadable(
    connection: Connection, which: TableClause, waiting: Any, texts: tuple[str, ...]
) -> list[int]:
    """Return the row numbers of waiting rows that are not a UUID (first) and texts in UTF-8."""
    raw = [sql_cast(which.c[name], LargeBinary) for name in texts]
    types = [func.typeof(which.c[name]) for name in texts]
    rows = connection.execute(select(_ROWID, *types, *raw).where(waiting)).all()
    count = len(texts)
    return [row[0] for row in rows if not _is_readable(row[1 : 1 + count], row[1 + count :])]


def _is_readable(types: Any, raw: Any) -> bool:
    with suppress(ValueError, AttributeError):
        told = [value.decode() for value in raw]
        UUID(hex=told[0])
        return all(name == "text" for name in types)
    return False
