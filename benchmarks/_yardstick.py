"""The least work with which Flask and PostgreSQL store a row: one route, one insert, one commit.

Machines differ in speed, and one machine differs from hour to hour; the time of this work in the
same run says how fast the machine was.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from sqlalchemy import JSON, Column, Integer, MetaData, Table, create_engine, insert

METADATA = MetaData()
KEPT = Table("yardstick", METADATA, Column("id", Integer, primary_key=True), Column("sent", JSON))


def make_table() -> None:
    """Create the table that the requests write to."""
    METADATA.create_all(create_engine(os.environ["EVENHAND_DATABASE_URL"]))


def create_app() -> Flask:
    """Return the bare application, on the database of the benchmark's installation."""
    app = Flask(__name__)
    engine = create_engine(os.environ["EVENHAND_DATABASE_URL"], pool_size=8)

    @app.post("/")
    def keep() -> dict[str, Any]:
        with engine.begin() as connection:
            connection.execute(insert(KEPT).values(sent=request.get_json()))
        return {"kept": True}

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"status": "ok"}

    return app
