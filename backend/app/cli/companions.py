"""Processes that live exactly as long as a command of ours: a demonstration's server and worker.

Each is started by a keeper that holds a pipe to us. However we end, by a signal, an error or a
kill, the pipe closes and the keeper ends the process with all that it started.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

KEEPER = Path(__file__).with_name("keeper.py")
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Raised in the main thread when somebody asks this process to end."""


class Companion:
    """A running process with a ``name`` for people; ended by ``end()`` or by our own end."""

    def __init__(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), *command],
            env=dict(environ),
            cwd=folder,
            stdin=subprocess.PIPE,
        )

    def status(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        return self._keeper.poll()

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the end, at most ``seconds``; return the exit status, or None if it runs on."""
        try:
            return self._keeper.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Ask the process to end; the keeper kills it if it takes longer than its grace."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()


class Company:
    """The companions of one command."""

    def __init__(self) -> None:
        self.members: list[Companion] = []

    def start(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> Companion:
        """Start a process that ends with this company."""
        companion = Companion(name, command, environ, folder)
        self.members.append(companion)
        return companion

    def ended(self) -> Companion | None:
        """Return a companion that has ended by itself, or None while all run."""
        return next((one for one in self.members if one.status() is not None), None)


@contextmanager
def company() -> Iterator[Company]:
    """Give a company whose members are ended on every way out of the block.

    Inside the block INT, TERM and HUP raise :class:`Stopped`; while the members end, further
    ones are ignored, since that takes no longer than the keepers' grace.
    """
    members = Company()
    with ExitStack() as stack:
        for number in STOPPING:
            stack.callback(signal.signal, number, signal.signal(number, _stop))
        stack.callback(_end_all, members)
        stack.callback(_ignore_signals)  # runs first
        yield members


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _ignore_signals() -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def _end_all(members: Company) -> None:
    for one in members.members:
        one.end()
    for one in members.members:
        one.wait()
