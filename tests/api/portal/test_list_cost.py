"""What the public list of draws costs: as many queries for many draws as for one."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from backend.app.platform.database import db
from tests.factories import draws as make


def _queries(client: FlaskClient, address: str) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(one.startswith("SELECT") for one in statements)


def test_the_public_list_asks_as_often_for_many_draws_as_for_one(
    app: Flask, client: FlaskClient
) -> None:
    county = make.make_county()
    first = make.stored(make.drawn(county))
    once = _queries(client, "/draws")
    others = [make.stored(make.frozen(county)) for _ in range(3)]
    assert _queries(client, "/draws?page=1") == once
    text = client.get("/draws?page=1").text
    assert all(draw.number and draw.number in text for draw in (first, *others))
