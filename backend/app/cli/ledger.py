"""``ledger``: check the log, publish what waits, mend what a lost disk took, look after witnesses.

Exit status: 0 all is well, 1 something differs or was refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _in_app(command: Command) -> Command:
    """Wrap a command to run inside the application; a refusal prints a sentence, exit status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from backend.app import create_app
        from backend.app.platform.database import db
        from backend.app.platform.errors import Problem

        with create_app().app_context():
            try:
                return command(*args, **kwargs)
            except Problem as problem:
                where = problem.extra.get("index")
                sentence = str(problem.title) if where is None else f"{problem.title} ({where})"
                raise click.ClickException(f"{problem.code}: {sentence}") from problem
            finally:
                db.engine.dispose()

    return run  # type: ignore[return-value]


@click.group()
def ledger() -> None:
    """The public, append-only log of every step."""


@ledger.command()
@_in_app
def sequence() -> None:
    """Give waiting entries their places and publish the grown log."""
    from backend.app.ledger import service

    count = service.sequence_now()
    click.echo(f"{count} entries indexed; {service.published_size()} are published.")


@ledger.command()
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere, which this log must still agree with.",
)
@_in_app
def fsck(against: Path | None) -> None:
    """Read every entry, tile and checkpoint again; name the first that differs."""
    from backend.app.ledger import fsck as reading
    from backend.app.platform.transactions import read_session

    kept = against.read_text(encoding="utf-8") if against else None
    with read_session() as session:
        report = reading.check(session, kept)
    click.echo(f"{report.published} entries published, {report.recorded} recorded.")
    if report.finding is None:
        click.echo("Everything agrees.")
        return
    found = report.finding
    where = f" in {found.where}" if found.where else ""
    click.echo(f"First difference at index {found.index}: {found.code}{where}.")
    sys.exit(1)


@ledger.command()
@_in_app
def rebuild() -> None:
    """Write the public files again from the database, after the store was lost or damaged."""
    from backend.app.ledger import repair

    click.echo(f"{repair.rebuild()} entries published again, under the checkpoint as signed.")


@ledger.command()
@_in_app
def recover() -> None:
    """Take over published entries that a restored, older database lacks."""
    from backend.app.ledger import repair

    click.echo(f"{repair.recover()} published entries taken over; their bodies are lost.")


@ledger.command()
@_in_app
def key() -> None:
    """Show the key with which others verify this log."""
    from backend.app.ledger import service

    click.echo(service.verifier_key())


@ledger.command()
@_in_app
def stamp() -> None:
    """Have the newest checkpoint time-stamped now."""
    from backend.app.ledger import stamping

    made = stamping.stamp_newest()
    if made is None:
        raise click.ClickException("no authority is set, or nothing has been signed yet")
    click.echo(f"{made.size} entries existed at {made.at:%Y-%m-%d %H:%M:%S} UTC.")


@ledger.group()
def witness() -> None:
    """Look after the witnesses, who co-sign checkpoints."""


@witness.command()
@click.argument("verifier_key")
@click.argument("url")
@_in_app
def add(verifier_key: str, url: str) -> None:
    """Add a witness by its cosignature key and submission address."""
    from backend.app.ledger import witnesses
    from backend.app.platform.transactions import unit_of_work

    with unit_of_work() as session:
        name = witnesses.add(session, verifier_key, url).name
    click.echo(f"{name} will be asked to co-sign.")


@witness.command()
@click.argument("name")
@_in_app
def retire(name: str) -> None:
    """Stop asking a witness; its cosignatures stay."""
    from backend.app.ledger import witnesses
    from backend.app.platform.transactions import unit_of_work

    with unit_of_work() as session:
        known = witnesses.retire(session, name)
    if not known:
        raise click.ClickException(f"no active witness is called {name}")
    click.echo(f"{name} is asked no more.")


@witness.command()
@_in_app
def ask() -> None:
    """Ask every witness now; use it after a restore, before anything new is signed."""
    from backend.app.ledger import witnesses

    outcome = witnesses.ask_all()
    for name, result in outcome.items():
        click.echo(f"{name}: {result}")
    if any(result != "cosigned" for result in outcome.values()):
        sys.exit(1)
