"""Packages of visits made before officers could change: the new column does not lose them."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

import psycopg
from flask_migrate import upgrade
from sqlalchemy import text

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings


def test_a_package_of_before_is_kept_and_counts_as_the_first(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0009")
        _insert(uuid.uuid4(), '{"v":"evenhand-package/1"}')
        db.engine.dispose()
        upgrade(revision="0010")
        with db.engine.connect() as connection:
            rows = connection.execute(text("SELECT body, revision FROM visit_package")).all()
        db.engine.dispose()
    assert [tuple(row) for row in rows] == [('{"v":"evenhand-package/1"}', 0)]


def _insert(visit_id: uuid.UUID, body: str) -> None:
    """A package without the draw, item and enterprise that its visit hangs on."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(str(url.database)) as plain:
            columns = [row[1] for row in plain.execute("PRAGMA table_info(visit)")]
            values = [visit_id.hex if name == "id" else 0 for name in columns]
            marks = ", ".join("?" * len(columns))
            plain.execute(f"INSERT INTO visit VALUES ({marks})", values)
            plain.execute("INSERT INTO visit_package VALUES (?, ?)", (visit_id.hex, body))
        plain.close()
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO visit_package VALUES (%s, %s)", (visit_id, body))
