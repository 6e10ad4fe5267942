"""Grounds of before it was kept which recusal declared them: the recusal is found by its moment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import THEN, Key, insert, new_key

_LAST = timedelta(seconds=20)
_SEATS = (
    ("third", "third_visit", "third_event", _LAST + timedelta(seconds=2)),
    ("second", "second_visit", "second_event", timedelta(seconds=10)),
    ("vacancy", "visit", "event", timedelta(seconds=2)),
)


def test_a_ground_belongs_to_the_recusal_that_declared_it_at_the_same_moment(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0013")
        keys = {
            name: new_key()
            for name in (
                *("department", "account", "officer", "enterprise", "draw", "visit", "event"),
                *("second_visit", "second_event", "third_visit", "third_event"),
                *("vacancy", "second", "third", "old", "own", "again"),
            )
        }
        with db.engine.begin() as connection:
            _insert(connection, keys)
        db.engine.dispose()
        upgrade(revision="0014")
        query = sa.text("SELECT id, event_id FROM recusal_ground")
        with db.engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        db.engine.dispose()
        downgrade(revision="0012")
        db.engine.dispose()
    events = {"old": None, "own": keys["event"], "again": keys["third_event"]}
    assert found == {keys[name]: event for name, event in events.items()}


def _insert(connection: sa.Connection, keys: dict[str, Key]) -> None:
    """A ground from the register; a day later three recusals within a minute, stored backwards.
    The first and the third declared a ground, the second found one in force."""
    pair = {"officer_id": keys["officer"], "enterprise_id": keys["enterprise"]}
    by = {"declared_by": keys["account"], "revoked_at": None}
    later = THEN + timedelta(days=1)
    home = {"department_id": keys["department"]}
    own = {name: {"id": keys[name]} for name in keys}
    rows = [
        ("department", own["department"] | {"code": "D1", "parent_id": None}),
        ("account", own["account"] | home | {"login": "a"}),
        ("officer", own["officer"] | home | {"account_id": None}),
        ("enterprise", own["enterprise"] | {"code": "91370399MA00000001"}),
        ("draw", own["draw"] | home),
        *(
            (
                "visit",
                own[visit]
                | {"draw_id": keys["draw"], "enterprise_id": keys["enterprise"], "pool_row": row}
                | {"department_id": keys["department"]},
            )
            for row, visit in enumerate(("visit", "second_visit", "third_visit"))
        ),
        ("recusal_ground", own["old"] | pair | by | {"declared_at": THEN}),
        ("recusal_ground", own["own"] | pair | by | {"declared_at": later}),
        ("recusal_ground", own["again"] | pair | by | {"declared_at": later + _LAST}),
        *(
            (
                "vacancy",
                own[seat]
                | {"draw_id": keys["draw"], "visit_id": keys[visit], "asked_by": keys["account"]}
                | {"department_id": keys["department"], "event_id": keys[event], "seat_no": number}
                | {"officer_id": keys["officer"], "asked_at": later + asked},
            )
            for number, (seat, visit, event, asked) in enumerate(_SEATS)
        ),
    ]
    for name, values in rows:
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        kept = {one: value for one, value in values.items() if one in table.columns}
        insert(connection, name, kept)
