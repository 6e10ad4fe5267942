"""Fixtures of the end-to-end tests: a real server on loopback and a real Chromium.

A test may take the server away and bring it back at the same address.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.e2e.county import copy, served
from tests.serving import Server

expect.set_options(timeout=30_000)  # how fast the machine is, no test says

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """Yield a running server on a fresh database of either kind."""
    made = Server(tmp_path, database_url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def behind(server: Server) -> Iterator[Flask]:
    """Yield the application on the server's database, so that the factories arrange what it
    serves."""
    settings = make_settings(server.folder, server.database_url, origin=server.origin)
    app = create_app(settings)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield the demo county, served."""
    folder = tmp_path_factory.mktemp("county")
    copy(folder)
    with served(folder) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium; each test makes its own contexts and closes them."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
