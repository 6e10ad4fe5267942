"""A real server on SQLite with nginx before it, and an officer whose phone reaches it that way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from flask import Flask

from backend.app import create_app
from backend.app.platform.database import db
from tests.api.sync.conftest import enrol
from tests.conftest import make_settings
from tests.factories.accounts import PASSWORD
from tests.factories.visits import make_team, make_visit, passing_points
from tests.fakes.phone import Phone
from tests.serving import Server, free_port

from .proxy import NGINX, Proxy


@dataclass
class Site:
    """The program as an operator runs it."""

    server: Server
    proxy: Proxy


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """nginx before one server."""
    assert Path(NGINX).exists(), "nginx is not installed: `make check-deploy` does that"
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(sqlite_template, folder / "evenhand.db")
    upstream = free_port()
    proxy = Proxy(folder, upstream)
    told = {"origin": proxy.origin, "trusted_proxies": "1"}
    server = Server(folder, f"sqlite:///{folder / 'evenhand.db'}", upstream, told)
    server.start()
    proxy.start()
    yield Site(server, proxy)
    proxy.stop()
    server.stop()


@pytest.fixture(scope="module")
def behind(site: Site) -> Iterator[Flask]:
    """The application on the site's database, so that factories arrange what it serves."""
    server = site.server
    app = create_app(make_settings(server.folder, server.database_url, **server.changes))
    with app.app_context():
        yield app
        db.engine.dispose()


@dataclass
class Officer:
    """An inspector, signed in through nginx, with a visit and the phone that works on it."""

    client: httpx.Client
    login: str
    visit: UUID


@pytest.fixture
def officer(site: Site, behind: Flask) -> Iterator[Officer]:
    """An officer of a new team who has synced once."""
    team = make_team(passing_points(3))
    visit, phone = make_visit(team), Phone()
    enrol(phone, team.accounts[0])
    login = team.accounts[0].login
    with site.proxy.client() as client:
        client.headers["X-CSRF-Token"] = client.get("/api/v1/csrf").json()["csrf_token"]
        said = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = said.raise_for_status().json()["csrf_token"]
        client.post("/api/v1/sync", json=phone.call()).raise_for_status()
        yield Officer(client, login, visit)
