"""Accounts of before there were employee numbers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings
from tests.migrations.old_rows import THEN, insert, new_key


def test_old_accounts_take_their_login_and_what_is_known_of_their_ties(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0028")
        admin, person, place = (new_key() for _ in range(3))
        with db.engine.begin() as connection:
            insert(connection, "department", {"id": place})
            for key, login in ((admin, "admin"), (person, "li.si")):
                row = {"id": key, "login": login, "department_id": place}
                insert(connection, "account", row)
            grant = {"account_id": person, "department_id": place, "role": "supervisor"}
            given = {"granted_by": admin, "granted_at": THEN}
            insert(connection, "role_grant", {"id": new_key()} | grant | given)
            code = {"account_id": person, "expires_at": THEN + timedelta(days=7)}
            insert(connection, "activation_code", code | {"id": new_key(), "created_by": admin})
        db.engine.dispose()
        upgrade(revision="0029")
        with db.engine.connect() as connection:
            numbers = sa.text("SELECT employee_number FROM account WHERE NOT number_checked")
            assert set(connection.scalars(numbers)) == {"ADMIN", "LI.SI"}
            ties = connection.execute(sa.text("SELECT by_id, about_id, kind FROM account_act"))
            assert sorted(ties.all(), key=lambda tie: str(tie[2])) == [
                (admin, person, "credentials"),
                (admin, person, "roles"),
            ]
        db.engine.dispose()
        downgrade(revision="0028")
        db.engine.dispose()
