"""Departments and drawn rows of before joint draws had answers: they accepted, and were drawn."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import Key, insert, new_key


def test_departments_of_before_accepted_and_rows_belong_to_the_draw(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0010")
        keys = [new_key() for _ in range(3)]
        with db.engine.begin() as connection:
            _insert(connection, keys)
        db.engine.dispose()
        upgrade(revision="0011")
        with db.engine.connect() as connection:
            part = connection.execute(
                sa.text("SELECT position, answer, reason, answered_by FROM draw_department")
            ).one()
            roster = sa.Table("draw_department", sa.MetaData(), autoload_with=connection).c.roster
            kept = connection.execute(sa.select(sa.type_coerce(roster, sa.JSON))).scalar_one()
            row = connection.execute(sa.text("SELECT lot_number, extension FROM draw_row")).one()
        db.engine.dispose()
    assert tuple(part) == (0, "accepted", None, None)
    assert kept == {}
    assert tuple(row) == (7, 0)


def _insert(connection: sa.Connection, keys: list[Key]) -> None:
    department, draw, enterprise = keys
    rows = {
        "department": {"id": department, "code": "D1", "parent_id": None},
        "enterprise": {"id": enterprise, "code": "91370399MA00000001"},
        "draw": {"id": draw, "department_id": department},
        "draw_department": {"draw_id": draw, "department_id": department, "position": 0},
        "draw_row": {"draw_id": draw, "row": 3, "lot_number": 7, "enterprise_id": enterprise},
    }
    for name, values in rows.items():
        insert(connection, name, values)
