"""``backup`` copies a running one-machine installation; ``restored`` follows every restore.

The database is copied before the files: files are only ever added, so whatever the copied
database names is in the copied files. An installation on PostgreSQL or S3 is copied with the
tools of those; docs/operations.md says how.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

DATABASE = "evenhand.db"
STORE = "store"
_REPLACED = {"checkpoint"}


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Copy database and files into TARGET while the program runs; a second copy takes only what
    is new."""
    import os

    from backend.app.platform.settings import read_settings

    settings = read_settings(os.environ)
    if not settings.is_sqlite or not settings.evidence_url.startswith("file://"):
        raise click.ClickException("This copies SQLite and a folder; see docs/operations.md")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy_database(Path(settings.database_url.removeprefix("sqlite:///")), target / DATABASE)
    count = copy_files(Path(settings.evidence_url.removeprefix("file://")), target / STORE)
    click.echo(f"Database copied and checked; {count} files copied. Keep the settings elsewhere.")


@click.command()
def restored() -> None:
    """Start a new epoch after a restore, so that phones offer again what they hold."""
    from backend.app import create_app
    from backend.app.ledger import fsck, witnesses
    from backend.app.platform.database import db
    from backend.app.platform.installation import start_new_epoch
    from backend.app.platform.transactions import read_session, unit_of_work

    with create_app().app_context():
        with unit_of_work() as session:
            start_new_epoch(session)
        click.echo("A new epoch begins: phones will send again what the backup does not have.")
        for name, outcome in witnesses.ask_all().items():
            click.echo(f"Witness {name}: {outcome}")
        with read_session() as session:
            finding = fsck.check(session).finding
        db.engine.dispose()
    if finding is not None:
        click.echo(f"The ledger differs from index {finding.index} on ({finding.code}).")
        click.echo("Run 'ledger recover' (or 'ledger rebuild' when files were lost).")
        sys.exit(1)
    click.echo("The ledger agrees with what was published.")


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database in use; the copy replaces ``target`` once it has been checked."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise click.ClickException("The copy of the database is damaged; the old one is kept.")
    part.replace(target)


def copy_files(source: Path, target: Path) -> int:
    """Copy the files that ``target`` lacks or that are replaced by name; returns how many."""
    count = 0
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if not path.is_file() or not _wanted(path, copy):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_name(copy.name + ".part")
        try:
            shutil.copy2(path, part)
        except FileNotFoundError:  # a partial tile whose full tile was published meanwhile
            continue
        part.replace(copy)
        count += 1
    return count


def _wanted(path: Path, copy: Path) -> bool:
    if path.name in _REPLACED or not copy.exists():
        return True
    return copy.stat().st_size != path.stat().st_size
