"""``worker`` runs the jobs; ``migrate`` brings the database to the newest schema."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

import click

_NICE = 10
"""Whoever waits for an answer goes first; what the jobs do nobody waits for."""


@click.command()
@click.option("--threads", default=2, show_default=True, help="Jobs at the same time.")
def worker(threads: int) -> None:
    """Run background jobs until stopped."""
    from backend.app import create_app

    app = create_app()
    queue = app.extensions.get("evenhand.huey")
    if queue is None:
        raise click.ClickException("EVENHAND_RUN_JOBS is not 'worker' here: nothing to run")
    logging.getLogger("huey").setLevel(logging.WARNING)
    _give_way()
    queue.create_consumer(workers=threads, worker_type="thread", initial_delay=0.2).run()


def _give_way() -> None:
    """Linux weighs sessions against each other before it looks at the processes of each: a worker
    that leads its own, as a service does, has to step back with the whole of it."""
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
