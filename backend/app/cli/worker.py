"""``worker`` runs the jobs; ``migrate`` brings the database to the newest schema."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

_NICE = 10
"""How far a worker steps back: people wait for the server's answers and for no job."""


@click.command()
@click.option("--threads", default=2, show_default=True, help="Jobs at the same time.")
def worker(threads: int) -> None:
    """Run background jobs until stopped; what has begun is finished first."""
    from backend.app import create_app
    from backend.app.platform import work

    app = create_app()
    if app.extensions["evenhand.settings"].run_jobs != "worker":
        raise click.ClickException("EVENHAND_RUN_JOBS is not 'worker' here: nothing to run")
    _give_way()
    work.run_until(_stopping_signals(), app, threads)


def _stopping_signals() -> Callable[[float], bool]:
    """Return a function that waits for at most so many seconds and tells whether INT or TERM has
    come. Further ones change nothing: a terminal and a parent may both send one.

    The signal writes into a socket: a handler that takes a lock may stop the thread that holds it.
    """
    told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)

    def told_to_stop(seconds: float, _kept_open: object = tell) -> bool:
        return bool(select.select([told], [], [], seconds)[0])

    return told_to_stop


def _give_way() -> None:
    """Step back behind the server. Linux weighs sessions against each other before it looks at
    the processes of each, so a worker that leads its own session, as a service does, has to lower
    the priority of the whole session."""
    os.nice(_NICE)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # other systems, and kernels without it, have no such file
            Path("/proc/self/autogroup").write_text(str(_NICE), encoding="ascii")


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from flask_migrate import upgrade

    from backend.app import create_app

    app = create_app()
    with app.app_context():
        upgrade()
    click.echo("The database has the newest schema.")
