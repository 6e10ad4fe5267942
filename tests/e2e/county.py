"""The demo county served for tests that look at pages, made once by the program's own command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT

from .conftest import Server

PASSWORD = "demo county 2026"


class CountyServer(Server):
    """A server on a folder that holds the demo county."""

    @property
    def variables(self) -> dict[str, str]:
        """The demonstration's secret and the test's cheap limits."""
        return {
            **super().variables,
            "EVENHAND_DEMO": "1",
            "EVENHAND_SECRET_KEY": "a secret that only tests use, 0123456789",
        }


@contextmanager
def served(folder: Path) -> Iterator[CountyServer]:
    """Make the county in ``folder``, work off its jobs, serve it until the end of the block."""
    server = CountyServer(folder, f"sqlite:///{folder / 'evenhand.db'}")
    environ = {**os.environ, **server.variables}
    for module in ("backend.app.cli.demo.make", "tests.e2e.work_off"):
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=environ, check=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()
