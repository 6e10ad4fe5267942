"""The demo's start and stop: it waits as long as its parts live, and leaves none behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from backend.app.cli.demo import marker
from tests.conftest import ROOT
from tests.serving import free_port

LONGEST = 300
BUSY = 60
"""Seconds for which others take the core: twice as long as a start that once gave up."""
READY = "Accounts (password"


@dataclass
class Demo:
    """A started ``demo`` on a small county of its own; ``said`` holds its lines so far."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def read_until(self, words: str) -> None:
        """Read lines until one holds ``words``; fails when the output ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return
        raise AssertionError("\n".join(self.said))

    def family(self) -> list[psutil.Process]:
        """Return every process that the demonstration has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def rest(self) -> str:
        """Wait for the end; return what was still said."""
        rest, _ = self.process.communicate(timeout=LONGEST)
        return rest


@pytest.fixture
def county(sqlite_template: Path, tmp_path: Path) -> Path:
    """Return a folder that passes for a whole county: with the schema alone, so that it is made at
    once."""
    folder = tmp_path / "county"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "evenhand.db")
    marker.write(folder)
    return folder


@pytest.fixture
def start(county: Path) -> Iterator[Callable[..., Demo]]:
    """Yield a function ``start(port=…, before=[…])`` that starts the demo; what is left at the end
    is killed."""
    started: list[subprocess.Popen[str]] = []

    def do(*, folder: Path = county, port: int | None = None, before: tuple[str, ...] = ()) -> Demo:
        port = port or free_port()
        command = [*before, sys.executable, "-u", "-m", "backend.app.cli", "demo"]
        command += ["--port", str(port), "--data-dir", str(folder)]
        environ = {name: text for name, text in os.environ.items() if "EVENHAND" not in name}
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return Demo(process, port, [])

    yield do
    for process in started:
        process.kill()
        process.communicate(timeout=LONGEST)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60).is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_demo_ends_server_and_worker_end_with_it(start, number):
    demo = start()
    demo.read_until(READY)
    family = demo.family()
    assert _answers(demo.port)
    assert len(family) >= 4  # two keepers, a server, a worker
    demo.process.send_signal(number)
    rest = demo.rest()
    _gone, alive = psutil.wait_procs(family, timeout=LONGEST)
    assert alive == []
    if number == signal.SIGKILL:
        assert demo.process.returncode == -signal.SIGKILL
    else:
        assert demo.process.returncode == 0
        assert "Stopped." in rest
        assert "Traceback" not in rest


def test_a_demo_whose_server_dies_says_so_and_ends_the_worker(start):
    demo = start()
    demo.read_until(READY)
    family = demo.family()
    server = next(one for one in family if one.name() == "granian")
    for one in [*server.children(recursive=True), server]:
        one.kill()
    rest = demo.rest()
    _gone, alive = psutil.wait_procs(family, timeout=LONGEST)
    assert alive == []
    assert demo.process.returncode == 1
    assert "The server ended by itself (status 137)" in rest


def test_a_second_demo_in_the_same_folder_names_the_first(start):
    first = start()
    first.read_until(READY)
    second = start()
    said = second.rest()
    assert second.process.returncode == 1
    assert f"runs already: http://localhost:{first.port}/ (process {first.process.pid})" in said
    assert _answers(first.port)


def test_a_taken_port_is_told_with_who_has_it_and_a_free_one(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start(port=port)
        said = demo.rest()
    assert demo.process.returncode == 1
    assert f"Port {port} is taken by process {os.getpid()} (" in said
    other = int(said.split("make demo PORT=")[1].split()[0])
    assert port < other <= port + 100
    assert "Traceback" not in said


def test_on_one_core_beside_eight_busy_processes_it_waits_as_long_as_it_takes(start):
    core = sorted(os.sched_getaffinity(0))[0]
    pin = ("taskset", "-c", str(core))
    busy = [
        subprocess.Popen([*pin, "timeout", str(BUSY), sys.executable, "-c", "while True: pass"])
        for _ in range(8)
    ]
    try:
        demo = start(before=pin)
        demo.read_until(READY)
        assert _answers(demo.port)
        family = demo.family()
        demo.process.terminate()
        demo.rest()
        _gone, alive = psutil.wait_procs(family, timeout=LONGEST)
        assert alive == []
    finally:
        for one in busy:
            one.terminate()
            one.wait(timeout=LONGEST)
