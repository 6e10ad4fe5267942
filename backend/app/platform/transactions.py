"""The unit of work: a use case opens it, commits exactly once, and nobody else commits.

``unit_of_work`` writes; ``read_session`` reads beside an open writer without taking the write
lock. Functions given to ``after_commit`` run only when the commit succeeded (wake a worker);
what must not be lost is a row, never such a function.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Row, Select, UpdateBase
from sqlalchemy.orm import Session

from .database import db

Found = TypeVar("Found")
_AFTER = "evenhand.after_commit"
_FOUND = "evenhand.found_once"
_ALONE: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
    "sqlite": {},
}


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction, one commit; anything raised inside rolls back everything."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session
        session.commit()
        for action in session.info.get(_AFTER, ()):
            action()


@contextmanager
def read_session() -> Iterator[Session]:
    """A session that only reads; what is written in it is lost.

    PostgreSQL gives each statement its own snapshot either way (READ COMMITTED), so it is spared
    the round trips of BEGIN and ROLLBACK; there, nothing may be written here at all.
    """
    options = {"read_only": True} | _ALONE[db.engine.dialect.name]
    with Session(db.engine, autoflush=False) as session:
        session.connection(execution_options=options)
        session.info[_FOUND] = {}
        yield session
        session.rollback()


def found_once(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what ``find`` returns; in a session that only reads it is asked once for each key.

    In a session that writes it is asked every time, since the answer may have changed.
    """
    found: dict[Hashable, Any] | None = session.info.get(_FOUND)
    if found is None:
        return find()
    if key not in found:
        found[key] = find()
    return cast(Found, found[key])


def execute_alone(
    statement: UpdateBase, parameters: dict[str, Any] | None = None
) -> Sequence[Row[Any]]:
    """Execute a statement in a transaction of its own; returns its rows, none for a plain write.

    PostgreSQL is spared the round trips of BEGIN and COMMIT.
    """
    with db.engine.connect().execution_options(**_ALONE[db.engine.dialect.name]) as connection:
        result = connection.execute(statement, parameters)
        rows = result.all() if result.returns_rows else []
        connection.commit()
        return rows


def read_alone(
    statement: Select[*tuple[Any, ...]], parameters: dict[str, Any] | None = None
) -> Sequence[Row[Any]]:
    """Return the rows of one query, read beside an open writer; for what every request asks."""
    options = {"read_only": True} | _ALONE[db.engine.dialect.name]
    with db.engine.connect().execution_options(**options) as connection:
        return connection.execute(statement, parameters).all()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` once, after ``session`` has committed; duplicates run once."""
    actions: list[Callable[[], None]] = session.info.setdefault(_AFTER, [])
    if action not in actions:
        actions.append(action)
