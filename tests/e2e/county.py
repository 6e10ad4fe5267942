"""The demo county served for tests that look at pages, made once by the program's own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import databases
from tests.program import ROOT
from tests.serving import Server

PASSWORD = "demo county 2026"


def on(folder: Path) -> Server:
    """Return the server of the county whose files are in ``folder``."""
    return Server(folder, f"sqlite:///{folder / 'evenhand.db'}", changes={"demo": "1"})


def make(folder: Path) -> None:
    """Make the county in ``folder`` and work off its jobs."""
    environ = {**os.environ, **on(folder).variables}
    for module in ("backend.app.cli.demo.make", "tests.e2e.work_off"):
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=environ, check=True)


def copy(folder: Path) -> None:
    """Copy the county to ``folder``; whoever is first in a run of the tests makes it."""
    made = databases.shared() / "county"
    with databases.alone("county"):
        if not made.exists():
            begun = Path(tempfile.mkdtemp(dir=databases.shared()))
            make(begun)
            begun.rename(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve the county in ``folder``, which is made if it is not there, to the end of the block."""
    if not (folder / "evenhand.db").exists():
        make(folder)
    server = on(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
