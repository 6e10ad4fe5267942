"""Alembic's environment: runs migrations on the running application's database.

SQLite changes a table by writing it anew under its old name. Rows of other tables point at it
meanwhile, so foreign keys are not enforced until the end; none may be broken then that was whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

from backend.app.platform.database import Base, db


class BrokenReferences(Exception):
    """After the migrations a row points at one that is not there."""


@contextmanager
def references_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """On SQLite: foreign keys off outside of any transaction, then all checked, and on again."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute("PRAGMA foreign_keys=OFF")
    check = "PRAGMA foreign_key_check"
    before = set(driver.execute(check).fetchall())
    try:
        yield
        broken = sorted(set(driver.execute(check).fetchall()) - before, key=str)
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
    if broken:
        raise BrokenReferences(broken[:5])


def run() -> None:
    """Apply migrations, each in its own transaction."""
    with db.engine.connect() as connection, references_checked_at_the_end(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
