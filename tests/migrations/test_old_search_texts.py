"""Rows stored before are found by what a search looks for today."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.platform.database import db
from backend.app.registry.service.search import searchable
from tests.conftest import make_settings
from tests.migrations.old_rows import insert, new_key

STORED = "91370399ma3c0d1e8l|oil・某某(乙)—分公司\u200b|山东省新泰市"


def test_an_old_row_is_kept_in_the_form_that_searches_use(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0019")
        with db.engine.begin() as connection:
            values = {"id": new_key(), "code": "91370399MA3C0D1E8L", "search_text": STORED}
            insert(connection, "enterprise", values)
        db.engine.dispose()
        upgrade(revision="0020")
        with db.engine.connect() as connection:
            found = connection.scalar(sa.text("SELECT search_text FROM enterprise"))
        db.engine.dispose()
    assert found == searchable("91370399MA3C0D1E8L", "OIL・某某（乙）—分公司", "山东省新泰市")
