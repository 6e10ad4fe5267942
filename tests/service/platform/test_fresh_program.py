"""Tests share an application and a database, and none sees what an earlier one has done.

Each kind of thing that a test can leave behind is left here, and is gone after the renewal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.app.accounts.models import Department
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock, storage
from backend.app.platform.database import Base, db
from tests.factories.accounts import make_department
from tests.factories.disclosure import make_draw, make_place, publish
from tests.factories.ledger import fill
from tests.program import Browser, Program

Programs = Callable[[str], Program]
MANY = 3_000


@pytest.fixture
def program(app: Flask, programs: Programs, database_kind: str) -> Program:
    """The application that this worker's tests share on that database."""
    return programs(database_kind)


def rows() -> dict[str, list[Any]]:
    """Every row of every table that has one, and the schema's number."""
    number = text("SELECT version_num FROM alembic_version")
    with db.engine.connect() as connection:
        found = {
            table.name: list(connection.execute(select(table)))
            for table in Base.metadata.tables.values()
        }
        found["alembic_version"] = list(connection.execute(number))
    return {name: kept for name, kept in found.items() if kept}


def test_rows_are_gone_and_numbers_begin_again(program: Program) -> None:
    before = rows()
    assert list(before) == ["alembic_version"]
    fill(3)
    with Session(db.engine) as session:
        make_draw(session, make_department())
        session.commit()
    assert len(rows()) > 4
    program.renew()
    assert rows() == before
    fill(1)
    with Session(db.engine) as session:
        [entry] = session.scalars(select(LedgerEntry))
    assert entry.index == 0


def test_a_large_table_is_emptied_with_all_that_leads_to_it(program: Program) -> None:
    before = rows()
    with Session(db.engine) as session:
        session.add_all(
            Department(code=f"L{number}", name="大队" * 20, region_code="370399", active=True)
            for number in range(MANY)
        )
        session.commit()
    program.renew()
    assert rows() == before


def test_what_refuses_to_be_deleted_is_deleted_and_refuses_again(program: Program) -> None:
    """Triggers keep publications from being changed; a renewal does not ask them."""
    before = rows()
    for _ in range(2):
        publish(make_place(), "鑫源食品加工厂")
        assert "publication" in rows()
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text("DELETE FROM publication"))
        program.renew()
        assert rows() == before


def test_an_open_transaction_keeps_nobody_from_a_fresh_database(program: Program) -> None:
    before = rows()
    careless = db.engine.connect()
    careless.execute(text("UPDATE alembic_version SET version_num = 'stray'"))
    program.renew()
    assert rows() == before
    make_department()
    careless.invalidate()


def test_a_changed_schema_is_put_back(program: Program) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE department ADD COLUMN stray INTEGER"))
        connection.execute(text("CREATE TABLE stray (id INTEGER)"))
    program.renew()
    found = inspect(db.engine)
    assert "stray" not in found.get_table_names()
    assert "stray" not in {column["name"] for column in found.get_columns("department")}


def test_files_settings_clock_and_limits_are_put_back(app: Flask, program: Program) -> None:
    own = app.extensions["evenhand.settings"]
    storage.put_bytes("evidence/left", b"left")
    app.extensions["evenhand.settings"] = None
    app.extensions["evenhand.clock"] = lambda: None
    app.config["SECRET_KEY"] = "another"
    app.test_client_class = Browser
    program.renew()
    assert not storage.exists("evidence/left")
    storage.put_bytes("evidence/new", b"new")
    assert app.extensions["evenhand.settings"] is own
    assert clock.now().year > 2000
    assert app.config["SECRET_KEY"] == own.secret_key
    assert app.test_client_class is None


def test_limits_are_counted_anew(app: Flask, program: Program) -> None:
    def answers() -> list[int]:
        reader = app.test_client()
        return [reader.get("/draws/none/minutes.pdf").status_code for _ in range(31)]

    first = answers()
    assert first == [404] * 30 + [429]
    program.renew()
    assert answers() == first


def test_a_route_cannot_be_added_to_what_others_use(app: Flask) -> None:
    with pytest.raises(AssertionError, match="first request"):
        app.get("/stray")(lambda: "stray")
