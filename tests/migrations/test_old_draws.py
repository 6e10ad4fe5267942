"""Draws, witnesses and drawn rows of before the ceremony are kept and given what they were."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import insert, new_key

BEFORE = "0008"


def test_old_draws_are_routine_draws_with_one_throw(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision=BEFORE)
        department, draw = new_key(), new_key()
        frozen = {"id": draw, "department_id": department, "state": "frozen"}
        with db.engine.begin() as connection:
            insert(connection, "department", {"id": department, "parent_id": None})
            insert(connection, "draw", frozen)
            insert(connection, "draw_witness", {"draw_id": draw, "token": "w1"})
        db.engine.dispose()
        upgrade()
        with db.engine.connect() as connection:
            columns = "form, dice, moves, rehearsal, sealed, join_token"
            found = connection.execute(sa.text(f"SELECT {columns} FROM draw")).one()
            assert (*found,) == ("routine", 20, 0, False, False, None)
            place = connection.execute(
                sa.text("SELECT name, from_slip, key_sha256 FROM draw_witness")
            ).one()
            assert (*place,) == ("", False, None)
        db.engine.dispose()
