"""Results published before are found by what a search of today looks for."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from backend.app import create_app
from backend.app.disclosure.search import terms_of_name
from backend.app.platform.database import db
from backend.app.registry.service.search import searchable
from tests.conftest import make_settings
from tests.migrations.old_rows import insert, new_key

NAMES = ("桓水〖OIL〗–鑫源\u200b店", "甲（乙）食品")
OLD_TERMS = {
    NAMES[0]: {"桓", "水", "〖", "水〖", "oi", "il", "l〗", "〗–", "–鑫", "源\u200b"},
    NAMES[1]: terms_of_name(NAMES[1]),
}


def test_old_names_are_indexed_as_searches_read_them(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0026")
        with db.engine.begin() as connection:
            keys = {name: _publish(connection, name, place) for place, name in enumerate(NAMES)}
            stored = {"id": new_key(), "code": "91370399MA3C0D1E8L", "search_text": "〖甲〗⋅乙|丙"}
            insert(connection, "enterprise", stored)
        db.engine.dispose()
        upgrade(revision="0028")
        with db.engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT publication_id, term FROM published_name"))
            found = {(str(key), term) for key, term in rows}
            stored_text = sa.text("SELECT search_text FROM enterprise WHERE code LIKE '9137%'")
            text = connection.scalar(stored_text)
        db.engine.dispose()
    assert found == {(str(keys[name]), term) for name in NAMES for term in terms_of_name(name)}
    assert text == searchable("〖甲〗⋅乙", "丙")


def _publish(connection: sa.Connection, name: str, place: int) -> object:
    """A published result as the former release kept it; gives its key."""
    key = new_key()
    home = {"department_id": new_key()}
    traced = {"draw_id": new_key()}
    rows = [
        ("department", {"id": home["department_id"], "code": f"D{place}", "parent_id": None}),
        ("draw", {"id": traced["draw_id"], **home}),
        ("enterprise", {"id": key, "code": f"E{place}", "search_text": ""}),
        ("visit", {"id": key, "enterprise_id": key, **home, **traced}),
        ("publication", {"id": key, "subject": name, **home, **traced}),
        (
            "published_result",
            {"publication_id": key, "visit_id": key, "enterprise_name": name, **home, **traced},
        ),
        *(("published_name", {"term": one, "publication_id": key}) for one in OLD_TERMS[name]),
    ]
    for table, values in rows:
        insert(connection, table, values)
    return key
