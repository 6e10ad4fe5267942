"""``worker`` runs the jobs; ``migrate`` brings the database to the newest schema."""

from __future__ import annotations

import logging
import os

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
    os.nice(_NICE)
    queue.create_consumer(workers=threads, worker_type="thread", initial_delay=0.2).run()


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from flask_migrate import upgrade

    from backend.app import create_app

    app = create_app()
    with app.app_context():
        upgrade()
    click.echo("The database has the newest schema.")
