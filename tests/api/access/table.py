"""The reviewed tables of docs/access.md: reading them, and writing what the program does into them.

``python -m tests.api.access.table`` writes the tables of endpoints anew; the difference is
what to review.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from flask import Flask

from backend.app import create_app
from backend.app.platform.access import ROLES
from tests.api.access.calls import METHODS, endpoints
from tests.api.access.doors import observe_doors
from tests.api.access.field_calls import observe_fields
from tests.api.access.observing import CALLERS, REFUSED, bench
from tests.api.access.reach import observe_reach
from tests.program import ROOT, make_settings, migrate

PAGE = ROOT / "docs" / "access.md"
STATES = "<!-- states of draws -->"
DOORS = "<!-- doors, written by tests/api/access/table.py -->"
REACH = "<!-- objects, written by tests/api/access/table.py -->"
FIELDS = "<!-- visits, written by tests/api/access/table.py -->"
END = "<!-- end of table -->"
Rows = dict[str, dict[str, str]]


def reviewed(begin: str) -> Rows:
    """Return the cells of the table that follows ``begin``, by row and column."""
    text = PAGE.read_text(encoding="utf-8").split(begin)[1].split(END)[0]
    head, _line, *rows = [_cells(line) for line in text.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def permissions(app: Flask) -> dict[str, str]:
    """Return the permission that every endpoint declares, by its name in the table."""
    return {one.name: one.permission for one in endpoints(app)}


def write(begin: str, first: str, columns: dict[str, dict[str, str]]) -> None:
    """Write a table: ``first`` heads the names of its rows, ``columns`` hold cells by row, ``–``
    where they have none."""
    head = [first, *columns]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in sorted({row for column in columns.values() for row in column}, key=_place):
        cells = [column.get(row, REFUSED) for column in columns.values()]
        lines.append("| " + " | ".join([row, *cells]) + " |")
    before, after = PAGE.read_text(encoding="utf-8").split(begin)
    rest = after.split(END, maxsplit=1)[1]
    table = "\n".join(["", *lines, ""])
    PAGE.write_text(before + begin + table + END + rest, encoding="utf-8")


def _place(row: str) -> tuple[str, int, str]:
    """Return what rows are sorted by: the address, then the method."""
    method, address, *_words = row.replace("`", "").split(" ")
    return address, METHODS.index(method), row


def by_column(rows: Rows) -> dict[str, dict[str, str]]:
    """Return cells by column and row."""
    columns = next(iter(rows.values()))
    return {column: {row: cells[column] for row, cells in rows.items()} for column in columns}


def main() -> None:
    """Observe every caller on a fresh database and write the tables."""
    with tempfile.TemporaryDirectory() as name:
        app = prepared(Path(name))
        with bench(app) as arranged:
            doors = {caller: observe_doors(arranged, caller) for caller in CALLERS}
            write(DOORS, "endpoint", {"permission": permissions(app), **doors})
            reach = {role: observe_reach(arranged, role, doors[role]) for role in ROLES}
            write(REACH, "endpoint", reach)
            write(FIELDS, "call", by_column(observe_fields(arranged)))


def prepared(folder: Path, template: Path | None = None) -> Flask:
    """Return the application on a migrated SQLite database in ``folder``."""
    settings = make_settings(folder)
    if template is None:
        migrate(settings)
    else:
        shutil.copy(template, folder / "evenhand.db")
    return create_app(settings)


if __name__ == "__main__":
    main()
