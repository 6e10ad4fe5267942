"""Imports of before files had a survey, enterprises of before names and numbers had indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.app.platform.database import db
from backend.app.registry.models import Enterprise, ImportBatch
from backend.app.registry.service.import_tally import reconcile
from tests.conftest import make_settings
from tests.migrations.old_rows import Key, insert, new_key

COUNTS: dict[str, Any] = {
    "run": 1, "rows": 3, "parts": 1, "bad_rows": 1, "entries": 3, "good_entries": 2,
    "bad_entries": 1, "errors": 1, "warnings": 0, "notes": 0,
    "of": [["error", "code_length", 1]], "new": 2, "changed": 0, "unchanged": 0,
}  # fmt: skip
SUMMARY = {"new": 2, "changed": 0, "unchanged": 0, "left_out": 1, "fields": {}}
OPTIONS = {
    "default_department": "", "default_region": "370399", "departments": {"市监局": ""},
    "accept": ["code_mix_up"], "number_items": False,
}  # fmt: skip
BATCHES: dict[str, dict[str, Any]] = {
    "uploaded": {"counts": {}, "summary": {}},
    "checked": {"counts": COUNTS, "summary": {}},
    "done": {"counts": COUNTS, "summary": SUMMARY},
    "failed": {"counts": {}, "summary": {}, "failure": "file_unreadable"},
}
FIRMS = [("91370399000000001L", "甲店", "370399000000018"), ("370399000000018", "甲店", "")]
INDEXES = {"ix_enterprise_name", "ix_enterprise_registration_number"}


def test_imports_of_before_keep_what_they_were_and_gain_an_empty_survey(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(make_settings(tmp_path, empty_url))
    with app.app_context():
        upgrade(revision="0022")
        with db.engine.begin() as connection:
            _insert(connection)
        db.engine.dispose()
        upgrade(revision="0024")
        with db.engine.connect() as connection:
            assert _indexes(connection) >= INDEXES
        downgrade(revision="0022")
        with db.engine.connect() as connection:
            assert _indexes(connection).isdisjoint(INDEXES)
        db.engine.dispose()
        upgrade()
        with Session(db.engine) as session:
            batches = {batch.state: batch for batch in session.scalars(sa.select(ImportBatch))}
            firms = session.execute(sa.select(Enterprise.code, Enterprise.registration_number))
            numbers = sorted((firm[0], firm[1]) for firm in firms)
        db.engine.dispose()
    assert numbers == sorted((code, number) for code, _name, number in FIRMS)
    assert batches.keys() == BATCHES.keys()
    for state, batch in batches.items():
        held = BATCHES[state]
        assert (batch.counts, batch.summary) == (held["counts"], held["summary"])
        assert (batch.options, batch.mapping) == (OPTIONS, {"code": 1, "name": 0})
        assert (batch.survey, batch.delimiter) == ({}, "")
        assert reconcile(batch.counts, batch.summary, batch.survey) is None


def _insert(connection: sa.Connection) -> None:
    """Batches in every state that lasts, and two enterprises, as the former release wrote them."""
    department, account = new_key(), new_key()
    insert(connection, "department", {"id": department, "code": "D1", "parent_id": None})
    insert(connection, "account", {"id": account, "department_id": department})
    for state, held in BATCHES.items():
        insert(connection, "import_batch", _batch(department, account) | {"state": state} | held)
    for code, name, number in FIRMS:
        firm = {"id": new_key(), "code": code, "name": name, "registration_number": number}
        insert(connection, "enterprise", firm)


def _batch(department: Key, account: Key) -> dict[str, Any]:
    owner = {"department_id": department, "created_by": account}
    return {"id": new_key(), "mapping": {"code": 1, "name": 0}, "options": OPTIONS, **owner}


def _indexes(connection: sa.Connection) -> set[str | None]:
    return {found["name"] for found in sa.inspect(connection).get_indexes("enterprise")}
