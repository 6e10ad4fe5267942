"""A real server process on a fresh database, an officer in the field, and a line that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.platform.database import db
from tests.api.sync.conftest import enrol
from tests.factories.accounts import PASSWORD
from tests.factories.visits import Team, make_team, make_visit, passing_points
from tests.fakes.fault_proxy import FaultProxy, fault_proxy
from tests.fakes.phone import Phone
from tests.serving import Server


@dataclass
class Officer:
    """An inspector with a phone and a visit, signed in over HTTP."""

    base: str
    cookies: dict[str, str]
    token: str
    phone: Phone
    team: Team
    officer: str
    visit: UUID
    package: dict[str, Any]

    def client(self, base: str | None = None) -> httpx.Client:
        """Return a new connection of the signed-in phone, over ``base`` when given."""
        return httpx.Client(
            base_url=base or self.base,
            cookies=self.cookies,
            headers={"X-CSRF-Token": self.token},
            timeout=30,
        )


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Return the application beside the server, on the same database."""
    return own_app


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[Server]:
    """Yield the program in a process of its own, on the test's database and store."""
    running = Server(tmp_path, app.extensions["evenhand.settings"].database_url)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def officer(server: Server) -> Officer:
    """Return an inspector of a new team, signed in at the real server."""
    team = make_team(passing_points(3))
    visit, phone = make_visit(team), Phone()
    enrol(phone, team.accounts[0])
    base = f"http://127.0.0.1:{server.port}"
    with httpx.Client(base_url=base, timeout=30) as client:
        token = client.get("/api/v1/csrf").json()["csrf_token"]
        me = client.post(
            "/api/v1/session",
            json={"login": team.accounts[0].login, "password": PASSWORD},
            headers={"X-CSRF-Token": token},
        )
        me.raise_for_status()
        token = me.json()["csrf_token"]
        first = client.post("/api/v1/sync", json=phone.call(), headers={"X-CSRF-Token": token})
        package = first.json()["visits"][0]["package"]
        cookies = dict(client.cookies)
    return Officer(base, cookies, token, phone, team, str(team.officers[0].id), visit, package)


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    """Yield a line to the server that breaks when told to."""
    with fault_proxy(server.port) as running:
        yield running


@pytest.fixture
def look(app: Flask) -> Iterator[Session]:
    """Yield a session for looking beside the running server; a test must hold no transaction in
    it."""
    with Session(db.engine) as session:
        session.connection(execution_options={"read_only": True})
        yield session
