"""One demonstration at a time in a folder: who is in it holds a lock that ends with the process."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

NAME = "demo.lock"


@contextmanager
def occupied(folder: Path, origin: str) -> Iterator[None]:
    """Hold ``folder`` for this process; raises ClickException if another one holds it.

    The system lets the lock go when the process ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(_who(folder)) from error
        lock.truncate(0)
        lock.write(json.dumps({"process": os.getpid(), "origin": origin}))
        lock.flush()
        yield


def _who(folder: Path) -> str:
    """Say which process is in the folder and how to reach or end it."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except ValueError:  # it is just writing
        return f"Another demo is starting in {folder}."
    return (
        f"The demo in {folder} runs already: {told['origin']}/ (process {told['process']}). "
        f"Open that, or end it first: kill {told['process']}"
    )
