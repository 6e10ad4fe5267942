"""The reviewed table of docs/access.md: reading it, and writing what the program does into it.

``python -m tests.api.access.table`` writes the table anew; the difference is what to review.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from flask import Flask

from backend.app import create_app
from tests.api.access.calls import endpoints
from tests.api.access.doors import observe_doors
from tests.api.access.observing import CALLERS, bench
from tests.program import ROOT, make_settings, migrate

PAGE = ROOT / "docs" / "access.md"
STATES_BEGIN = "<!-- states of draws -->"
BEGIN = "<!-- written by tests/api/access/table.py -->"
HEAD = ["endpoint", "permission", *CALLERS]


def reviewed() -> dict[str, dict[str, str]]:
    """Return the reviewed cells by endpoint and column."""
    text = PAGE.read_text(encoding="utf-8").split(BEGIN)[1]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    return {row[0].strip("`"): dict(zip(HEAD, row, strict=True)) for row in cells}


def reviewed_states() -> dict[str, dict[str, str]]:
    """Return the reviewed cells of the states of draws, by state and act."""
    text = PAGE.read_text(encoding="utf-8").split(STATES_BEGIN)[1].split(BEGIN)[0]
    head, _line, *rows = [line for line in text.splitlines() if line.startswith("|")]
    acts = [cell.strip() for cell in head.split("|")[2:-1]]
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    return {row[0].strip("`"): dict(zip(acts, row[1:], strict=True)) for row in cells}


def permissions(app: Flask) -> dict[str, str]:
    """Return the permission that every endpoint declares, by its name in the table."""
    views = app.view_functions
    return {one.name: views[one.rule.endpoint].__dict__["access"] for one in endpoints(app)}


def write(app: Flask, columns: dict[str, dict[str, str]]) -> None:
    """Write the table from what was observed for each caller."""
    marks = permissions(app)
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for name, mark in marks.items():
        cells = [columns[caller][name] for caller in CALLERS]
        lines.append("| " + " | ".join([f"`{name}`", mark, *cells]) + " |")
    before = PAGE.read_text(encoding="utf-8").split(BEGIN)[0]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Observe every caller on a fresh database and write the table."""
    with tempfile.TemporaryDirectory() as name:
        app = prepared(Path(name))
        with bench(app) as arranged:
            write(app, {caller: observe_doors(arranged, caller) for caller in CALLERS})


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
