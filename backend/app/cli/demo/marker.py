"""The small file that says that a folder holds a whole demo county, and of which schema.

Reading it saves the second start of a demonstration a process and a look into the database.
"""

from __future__ import annotations

from pathlib import Path

NAME = "county-is-whole"
MIGRATIONS = Path(__file__).resolve().parents[4] / "migrations" / "versions"


def newest_migration() -> str:
    """Return the number of the newest migration."""
    return max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))


def is_whole(folder: Path) -> bool:
    """Return True if the county was made to its end."""
    return (folder / NAME).exists()


def is_current(folder: Path) -> bool:
    """Return True if the county is whole and has the newest schema."""
    return is_whole(folder) and (folder / NAME).read_text(encoding="ascii") == newest_migration()


def write(folder: Path) -> None:
    """Say that the county is whole and current."""
    (folder / NAME).write_text(newest_migration(), encoding="ascii")
