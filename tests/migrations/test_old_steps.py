"""Draws of before their steps were kept: whoever an older column names took part."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import THEN, Key, insert, new_key


def test_whoever_older_columns_name_took_part_in_the_draw(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0011")
        keys = [new_key() for _ in range(5)]
        with db.engine.begin() as connection:
            _insert(connection, keys)
        db.engine.dispose()
        upgrade(revision="0012")
        with db.engine.connect() as connection:
            found = connection.execute(sa.text("SELECT account_id, step FROM draw_step")).all()
            names = {key: name for key, name in zip(keys[2:], "abc", strict=True)}
            steps = sorted((names[row[0]], row[1]) for row in found)
        db.engine.dispose()
        downgrade(revision="0011")
        with db.engine.connect() as connection:
            assert "draw_step" not in sa.inspect(connection).get_table_names()
        db.engine.dispose()
    assert steps == [
        *(("a", step) for step in ("asked", "frozen", "prepared", "typed")),
        *(("b", step) for step in ("looked", "released")),
    ]


def _insert(connection: sa.Connection, keys: list[Key]) -> None:
    """A draw that a prepared and froze; two throws that a typed; b looked at one of them, and
    nobody at the other; two batches for which a asked, b released one and the cut-off came before
    the other. c is a stranger."""
    department, draw, operator, watcher, stranger = keys
    accounts = [
        {"id": one, "login": name, "department_id": department}
        for one, name in ((operator, "a"), (watcher, "b"), (stranger, "c"))
    ]
    throws = [
        {"draw_id": draw, "number": 1, "attempt": 1, "typed_by": operator, "confirmed_by": None},
        {"draw_id": draw, "number": 2, "attempt": 1, "typed_by": operator}
        | {"confirmed_by": watcher, "decided_at": THEN},
    ]
    asked = {"draw_id": draw, "asked_by": operator, "asked_at": THEN, "settled_at": THEN}
    calls = [
        asked | {"id": call, "state": state, "released_by": by}
        for call, state, by in ((draw, "drawn", watcher), (department, "overtaken", None))
    ]
    held = {"created_by": operator, "frozen_by": operator, "frozen_at": THEN}
    rows = [
        ("department", {"id": department, "code": "D1", "parent_id": None}),
        *(("account", values) for values in accounts),
        ("draw", {"id": draw, "department_id": department, **held}),
        *(("draw_throw", values) for values in throws),
        *(("replacement_call", values) for values in calls),
    ]
    for name, values in rows:
        insert(connection, name, values)
