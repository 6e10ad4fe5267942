"""Finding the process that holds a port of this machine, and naming it in a sentence."""

from __future__ import annotations

import socket
from contextlib import suppress

import psutil

HIGHEST = 65535


def is_free(host: str, port: int) -> bool:
    """Return True if nobody listens on ``port``; connections that are closing do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def next_free(host: str, port: int) -> int | None:
    """Return the first free port of the hundred above ``port``, or None."""
    above = range(port + 1, min(port + 101, HIGHEST + 1))
    return next((one for one in above if is_free(host, one)), None)


def holder(port: int) -> str:
    """Name the process that listens on ``port``: its command and its number, as far as this
    account may see them."""
    process = _listening(port)
    if process is None:
        return "a program that this account may not look at"
    words: list[str] = []
    with suppress(psutil.Error):
        words = process.cmdline()
    with suppress(psutil.Error):
        words = words or [process.name()]
    command = " ".join(words)
    shown = command if len(command) <= 120 else command[:119] + "…"
    return f"process {process.pid} ({shown or 'unknown'})"


def _listening(port: int) -> psutil.Process | None:
    try:
        found = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS shows them to root alone
        return None
    for connection in found:
        here = getattr(connection.laddr, "port", None) == port
        if here and connection.status == psutil.CONN_LISTEN and connection.pid is not None:
            with suppress(psutil.NoSuchProcess):
                return psutil.Process(connection.pid)
    return None
