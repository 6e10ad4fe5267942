"""Fixtures of the end-to-end tests: a real server on loopback and a real Chromium.

The server is a granian process of its own on a free port and a fresh database; a test may take
it away and bring it back at the same address. Every process ends with its fixture, by its id,
and at the latest after ``LONGEST`` seconds.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import httpx
import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import ROOT, make_settings

LONGEST = 900
READY_WITHIN = 40
GRANIAN = Path(sys.executable).with_name("granian")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The program, served by granian at ``origin``; ``stop`` and ``start`` as often as needed."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The address people type."""
        return f"http://localhost:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What the process is told through its environment."""
        return {
            "EVENHAND_SECRET_KEY": "a secret that only tests use, 0123456789",
            "EVENHAND_DATA_DIR": str(self.folder),
            "EVENHAND_DATABASE_URL": self.database_url,
            "EVENHAND_ORIGIN": self.origin,
            "EVENHAND_ARGON2_TIME_COST": "1",
            "EVENHAND_ARGON2_MEMORY_KIB": "8",
            "EVENHAND_RUN_JOBS": "inline",
            "EVENHAND_LEAD_MINUTES": "0",
            "EVENHAND_LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        """Serve, and return when the first request is answered."""
        command = [str(GRANIAN), "--interface", "wsgi", "--workers", "1"]
        command += ["--blocking-threads", "64", "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["timeout", str(LONGEST), *command, "wsgi:app"],
                cwd=ROOT,
                env={**os.environ, **self.variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(self.process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        give_up = monotonic() + READY_WITHIN
        while monotonic() < give_up:
            if self._answers():
                return
            try:
                code = process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended with {code}:\n{self.log()}")
        raise AssertionError(f"the server does not answer:\n{self.log()}")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """Take the server away; requests under way are finished first."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A running server on a fresh database of either kind."""
    made = Server(tmp_path, database_url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def behind(server: Server) -> Iterator[Flask]:
    """The application on the server's database, so that the factories arrange what it serves."""
    settings = make_settings(server.folder, server.database_url, origin=server.origin)
    app = create_app(settings)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; each test makes its own contexts and closes them."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
