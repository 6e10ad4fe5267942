"""The demo county served for tests that look at pages, made once by the program's own command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.serving import Server

PASSWORD = "demo county 2026"


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Make the county in ``folder``, work off its jobs, serve it until the end of the block."""
    server = Server(folder, f"sqlite:///{folder / 'evenhand.db'}", changes={"demo": "1"})
    environ = {**os.environ, **server.variables}
    for module in ("backend.app.cli.demo.make", "tests.e2e.work_off"):
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=environ, check=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()
