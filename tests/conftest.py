"""Fixtures every test may use: the application on a fresh, migrated database of either kind.

What stands behind them is in ``tests.program`` and ``tests.databases``. A test takes ``app`` and
what builds on it; one that starts processes of its own takes ``database_url``.
"""

from __future__ import annotations

import os
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.app.platform.database import db
from tests import databases
from tests.databases import PostgresDatabase, SqliteDatabase, postgres_database
from tests.program import ROOT, Browser, Program, SignIn, environment, make_settings, migrate

__all__ = ["ROOT", "Browser", "SignIn", "environment", "make_settings", "migrate"]

# Property tests judge the program. How fast the machine makes up examples is not its affair: the
# first ones wait for tables of Unicode that a fresh clone has yet to build.
hypothesis.settings.register_profile(
    "evenhand", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("evenhand")

ASKED = os.environ.get("EVENHAND_TEST_ON", "both")
DATABASES = [name for name in ("sqlite", "postgresql") if ASKED in (name, "both", "spread")]
"""The kinds of database to test on. ``spread`` runs a test on one of them, by the checksum of its
name, so that each module meets both; migrations and what asks for one kind are as with ``both``."""


def pytest_configure(config: pytest.Config) -> None:
    """Make what all workers of this run share, in the process that begins it."""
    if not hasattr(config, "workerinput"):
        databases.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take it away in the same process."""
    if not hasattr(config, "workerinput"):
        databases.end()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database on both kinds, and on one what no database decides."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", _kinds_for(metafunc.definition))


def _kinds_for(test: pytest.Item) -> list[str]:
    """Return the kinds of database that a test runs on."""
    if test.get_closest_marker("one_database"):
        return DATABASES[:1]
    if ASKED != "spread" or "tests/migrations/" in test.nodeid:
        return DATABASES
    return [DATABASES[zlib.crc32(test.nodeid.encode()) % len(DATABASES)]]


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file to copy."""
    return databases.sqlite_template()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite database of this test alone, migrated."""
    target = tmp_path / "evenhand.db"
    shutil.copy(sqlite_template, target)
    return f"sqlite:///{target}"


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test alone, migrated; each test runs on both kinds."""
    if database_kind == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def programs(worker_id: str) -> Iterator[Callable[[str], Program]]:
    """``programs(kind)`` → the application that this worker's tests share on that database."""
    made: dict[str, Program] = {}

    def on(kind: str) -> Program:
        if kind not in made:
            folder = databases.shared() / f"{worker_id}-{kind}"
            on_sqlite = kind == "sqlite"
            database = SqliteDatabase(folder) if on_sqlite else PostgresDatabase(worker_id)
            made[kind] = Program(folder, database)
        return made[kind]

    yield on
    for program in made.values():
        program.close()


@pytest.fixture
def app(database_kind: str, programs: Callable[[str], Program]) -> Iterator[Flask]:
    """The application on a renewed database, its context pushed."""
    program = programs(database_kind)
    program.renew()
    with program.app.app_context():
        yield program.app


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of this test alone, its context pushed: for what changes it for good, or
    shares its database with other processes."""
    app = create_app(make_settings(tmp_path, database_url))
    app.testing = True
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for arranging and looking; commit what the program must see."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser nobody has signed in with."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """``sign_in(client, role="supervisor", department=None, stepped_up=False)`` → the account.

    Makes a department (unless one is given) and an account with ``role`` there, and signs the
    client in through the real endpoint.
    """
    from tests.factories.accounts import PASSWORD, make_account

    def do(
        client: FlaskClient,
        *,
        role: str = "supervisor",
        department: Any = None,
        account: Any = None,
        stepped_up: bool = False,
    ) -> Any:
        who = account or make_account(role=role, department=department)
        reply = client.post("/api/v1/session", json={"login": who.login, "password": PASSWORD})
        assert reply.status_code == 200, reply.get_data(as_text=True)
        if not stepped_up:
            _forget_step_up(who.id)
        return who

    return do


def _forget_step_up(account_id: uuid.UUID) -> None:
    from sqlalchemy import update

    from backend.app.accounts.models import LoginSession

    with Session(db.engine) as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == account_id)
            .values(step_up_at=None)
        )
        session.commit()
