"""The program as its own process: granian on a free port of loopback, on a database and a folder.

What needs a real server, tests of browsers, of broken lines, of a proxy before it, and the
benchmarks, starts this one.
It may be stopped, killed and started again at the same address; every process ends by its id, and
at the latest after ``longest`` seconds.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.conftest import ROOT, environment

LONGEST = 3600
GRANIAN = Path(sys.executable).with_name("granian")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The program, served at ``origin``. ``changes`` are settings by name, in lower case; ``app``
    is what granian serves, with ``factory`` a function that makes it."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    changes: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    threads: int = 64
    app: str = "wsgi:app"
    factory: bool = False
    longest: int = LONGEST
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The address people type."""
        return self.changes.get("origin", f"http://localhost:{self.port}")

    @property
    def variables(self) -> dict[str, str]:
        """What the process is told through its environment."""
        told = {"origin": self.origin, "log_level": "WARNING"} | self.changes
        return environment(self.folder, self.database_url, **told)

    def start(self) -> None:
        """Serve, and return when the first request is answered."""
        command = [str(GRANIAN), "--interface", "wsgi", "--workers", str(self.workers), "--no-ws"]
        command += ["--blocking-threads", str(self.threads), "--host", "127.0.0.1"]
        command += ["--port", str(self.port), *(["--factory"] if self.factory else []), self.app]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["timeout", str(self.longest), *command],
                cwd=ROOT,
                env={**os.environ, **self.variables},
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self._wait_until_ready(self.process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the first answer as long as the process lives: at most ``longest`` seconds."""
        while not self._answers():
            try:
                code = process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended with {code}:\n{self.log()}")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """Take the server away; requests under way are finished first."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """End it at once, as a power cut does; back when every process of it is gone.

        A worker that is still dying would share the port with the next start, and take a
        connection with it.
        """
        if self.process is None:
            return
        family = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)
        _gone, alive = psutil.wait_procs(family, timeout=20)
        assert not alive
        self.process = None

    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
