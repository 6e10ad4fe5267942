"""Trying an old workbook in a process of its own before anything here opens it.

A reader of .xls lays the sheets out in memory, and a damaged file may ask for any amount. When
memory runs out the reader ends its process, which no handler catches; so that process is not ours.
The other kinds are read as streams within bounds and need no trial. Must not be given files that
were not uploaded, and must not read what the child found.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.source import OLD_WORKBOOKS

MOST_MEMORY = 1 << 30
MOST_SECONDS = 60

_CHILD = """
import io, resource, sys
memory, seconds = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
import xlrd
try:
    xlrd.open_workbook(sys.argv[1], formatting_info=True, ragged_rows=True, logfile=io.StringIO())
except MemoryError:
    sys.exit(3)
except BaseException:
    sys.exit(0)
"""


def refuse_exploding(path: Path, memory: int = MOST_MEMORY, seconds: int = MOST_SECONDS) -> None:
    """Raise UnreadableFile("too_large") for an old workbook that needs more than ``memory`` bytes
    or ``seconds`` to open. Other faults are left to whoever opens it; other files pass."""
    with path.open("rb") as file:
        if not file.read(8).startswith(OLD_WORKBOOKS):
            return
    command = [sys.executable, "-I", "-c", _CHILD, str(path), str(memory), str(seconds)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter, the path is made here
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("too_large") from error
    if ended.returncode != 0:
        raise UnreadableFile("too_large")
