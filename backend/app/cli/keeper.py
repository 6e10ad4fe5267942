"""Runs one command for a process that may vanish: ``python -I keeper.py COMMAND [ARGUMENT …]``.

Standard input is a pipe whose other end only the caller holds. When it closes, because the caller
closed it, ended or was killed, the command and all of its process group are ended. Nothing but
the standard library is imported, so that a keeper starts at once and stays small.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

GRACE_SECONDS = 20
"""How long the command may take to finish what it does before it is killed."""


def main(command: list[str]) -> int:
    """Run ``command`` until it ends or standard input closes; returns its exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A terminal sends Ctrl-C to everybody; the caller decides what it means. A handler, and
        # not SIG_IGN, which the command would inherit.
        signal.signal(number, lambda _number, _frame: None)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    threading.Thread(target=_end_with_the_caller, args=[child], daemon=True).start()
    status = child.wait()
    _signal_group(child.pid, signal.SIGKILL)  # what the command left behind
    return status if status >= 0 else 128 - status


def _end_with_the_caller(child: subprocess.Popen[bytes]) -> None:
    """Wait until standard input closes, then end the command's process group."""
    while os.read(0, 4096):
        pass
    _signal_group(child.pid, signal.SIGTERM)
    try:
        child.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(child.pid, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
