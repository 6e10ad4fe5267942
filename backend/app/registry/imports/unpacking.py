"""Trying a workbook in a process of its own before anything here opens it.

A few bytes can ask for any amount of memory: one cell in the last column of the last row makes
the reader lay out the whole grid, and an archive may unpack to more than it says. When memory
runs out the reader ends its process, which no handler catches; so that process is not ours.
Must not be given files that were not uploaded, and must not read what the child found.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend.app.registry.imports.model import UnreadableFile

MOST_MEMORY = 1 << 30
MOST_SECONDS = 60
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

_CHILD = """
import resource, sys
memory, seconds = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
import python_calamine
try:
    book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
    for name in book.sheet_names:
        book.get_sheet_by_name(name)
except MemoryError:
    sys.exit(3)
except BaseException:
    sys.exit(0)
"""


def refuse_exploding(path: Path, memory: int = MOST_MEMORY, seconds: int = MOST_SECONDS) -> None:
    """Raise UnreadableFile("too_large") for a workbook that needs more than ``memory`` bytes or
    ``seconds`` to open. Other faults are left to whoever opens it; other files pass."""
    with path.open("rb") as file:
        if not file.read(8).startswith(WORKBOOKS):
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
