"""Calls and batches of before some were held: they were held for nothing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import insert, new_key

NAMES = ("department", "account", "draw", "old", "new")


def test_calls_and_batches_of_before_were_held_for_nothing_and_a_later_one_needs_nobody(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0018")
        keys = {name: new_key() for name in NAMES}
        home = {"department_id": keys["department"]}
        draw = {"draw_id": keys["draw"]}
        with db.engine.begin() as connection:
            department = {"id": keys["department"], "code": "D1", "parent_id": None}
            insert(connection, "department", department)
            insert(connection, "account", home | {"id": keys["account"]})
            insert(connection, "draw", home | {"id": keys["draw"]})
            asked = draw | {"id": keys["old"], "state": "open", "asked_by": keys["account"]}
            insert(connection, "replacement_call", asked)
            insert(connection, "draw_replacement", draw | {"batch": 1, "entry": "{}"})
        db.engine.dispose()
        upgrade(revision="0019")
        with db.engine.begin() as connection:
            kept = [_held(connection, name) for name in ("replacement_call", "draw_replacement")]
            nobodys = draw | {"id": keys["new"], "state": "drawn", "asked_by": None, "held": {}}
            insert(connection, "replacement_call", nobodys)
        db.engine.dispose()
        downgrade(revision="0018")
        with db.engine.connect() as connection:
            left = connection.execute(sa.text("SELECT id FROM replacement_call")).scalars().all()
        db.engine.dispose()
    assert kept == [[{}], [{}]]
    assert left == [keys["old"]]


def _held(connection: sa.Connection, name: str) -> list[object]:
    column = sa.Table(name, sa.MetaData(), autoload_with=connection).c.held
    return list(connection.execute(sa.select(sa.type_coerce(column, sa.JSON))).scalars())
