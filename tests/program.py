"""The program as tests start it: its settings, its schema, its client, and one that tests share.

Making an application costs more than most tests. So a worker makes one for each kind of database
and renews it before every test: rows, files, limits and whatever a test has changed in it are put
back, and nothing of the program is replaced.
"""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.app import create_app
from backend.app.platform import observability, security
from backend.app.platform.database import db
from backend.app.platform.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[1]
SignIn = Callable[..., Any]


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


class Database(Protocol):
    """A migrated database that tests share, one after the other."""

    url: str

    def renew(self, engine: Engine) -> None:
        """Put it back to what the migrations leave; ``engine`` is the one that used it."""

    def close(self) -> None:
        """Let go of it."""


class Program:
    """An application that the tests of one worker share, on a database and in a folder."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.app = create_app(make_settings(folder, database.url))
        self.app.testing = True
        self._settings = self.app.extensions["evenhand.settings"]
        self._refuse_later_routes()
        self._client_class = self.app.test_client_class
        self._extensions = dict(self.app.extensions)
        self._config = dict(self.app.config)
        self._folders = [path for path in folder.rglob("*") if path.is_dir()]

    def _refuse_later_routes(self) -> None:
        """Answer one request: from then on Flask itself refuses a test that adds a route."""
        assert self.app.test_client().get("/sign-in").status_code == 200

    def renew(self) -> None:
        """Forget what earlier tests have done."""
        for kept, first in (
            (self.app.extensions, self._extensions),
            (self.app.config, self._config),
        ):
            kept.clear()
            kept.update(first)
        self.app.test_client_class = self._client_class
        observability.configure_logging(self._settings)
        security.limiter.reset()
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in self._folders:
            path.mkdir(parents=True, exist_ok=True)
        with self.app.app_context():
            self.database.renew(db.engine)

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()
        self.database.close()


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
