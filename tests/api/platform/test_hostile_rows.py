"""Rows that somebody else wrote into the queue: they run nothing, and nobody waits behind them."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from backend.app.platform import clock, events, ids, jobs, work
from backend.app.platform.database import db
from backend.app.platform.transactions import unit_of_work

GOOD = "test.good"


class Trap:
    """An object whose loading by pickle makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


@pytest.fixture
def done(app: Flask) -> Any:
    """The ids of good jobs that ran."""
    seen: list[UUID] = []
    jobs.handler(GOOD)(lambda job_id, _payload: seen.append(job_id))
    yield seen
    jobs._handlers.pop(GOOD)


def write(number: int, **columns: Any) -> None:
    """A row written past the program, due before everything else."""
    row = {
        "id": ids.new_id().hex,
        "kind": GOOD,
        "payload": "{}",
        "state": "queued",
        "attempts": 0,
        "run_at": f"2020-01-01 00:00:0{number}.000000",
        "done_units": 0,
        "total_units": 0,
        "created_at": "2020-01-01 00:00:00.000000",
    } | columns
    names = ", ".join(row)
    with db.engine.begin() as connection:
        values = ", ".join(f":{name}" for name in row)
        connection.execute(sa.text(f"INSERT INTO job ({names}) VALUES ({values})"), row)


def enqueue_good() -> UUID:
    with unit_of_work() as session:
        return jobs.enqueue(session, GOOD, {}, run_at=clock.now())


def by_state(session: Session) -> dict[str, int]:
    session.rollback()
    rows = session.execute(sa.text("SELECT state, count(*) FROM job GROUP BY state"))
    return {state: count for state, count in rows}


def test_no_row_runs_anything_or_stands_in_the_way(
    app: Flask, done: list[UUID], session: Session, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    trap = pickle.dumps(Trap(mark))
    write(1, kind="os.system", payload='{"command": "touch executed"}')
    for number, payload in enumerate(('"a text"', "[]", "null", "7"), 2):
        write(number, payload=payload)
    write(6, payload='{"deep": ' + "[" * 1500 + "]" * 1500 + "}")
    if db.engine.dialect.name == "sqlite":
        write(7, payload=trap)
        write(7, kind=trap)
        write(8, id="no id")
        write(8, id=trap)
        write(9, payload="no JSON", attempts="many")
    good = enqueue_good()
    with capture_logs() as told:
        work.run_due()
    assert done == [good]
    assert not mark.exists()
    states = by_state(session)
    assert states.pop("queued", 0) == 1, "the unknown kind: a program to come may know it"
    assert states == {"done": 1, "failed": 10 if db.engine.dialect.name == "sqlite" else 5}
    assert "os.system" in [
        line.get("kind") for line in told if line["event"] == "jobs.unknown_kind"
    ]


def test_a_kind_that_nobody_knows_is_named_each_time_and_given_up(
    app: Flask, done: list[UUID], session: Session
) -> None:
    write(1, kind="os.system")
    start = clock.now()
    with capture_logs() as told:
        for hours in range(jobs.MAX_ATTEMPTS):
            later = start + timedelta(hours=hours)
            app.extensions["evenhand.clock"] = lambda moment=later: moment
            work.run_due()
    named = [line for line in told if line["event"] == "jobs.unknown_kind"]
    assert [line["kind"] for line in named] == ["os.system"] * jobs.MAX_ATTEMPTS
    [row] = session.execute(sa.text("SELECT state, failure FROM job"))
    assert tuple(row) == ("failed", "UnknownKind")
    assert [line["failure"] for line in told if line["event"] == "jobs.given_up"] == ["UnknownKind"]


def test_a_kind_has_one_function(app: Flask, done: list[UUID]) -> None:
    with pytest.raises(jobs.KindTaken):
        jobs.handler(GOOD)(lambda _job_id, _payload: None)
    with pytest.raises(jobs.KindTaken):
        jobs.handler_of_many(GOOD)(lambda _job_ids, _payloads: None)


def test_an_event_that_cannot_be_read_holds_up_no_job_and_no_other_event(
    app: Flask, done: list[UUID], session: Session
) -> None:
    good = enqueue_good()
    if db.engine.dialect.name == "sqlite":
        hostile = {"id": b"\xff\xfe", "kind": "a", "subject": "b", "facts": "c", "at": "d"}
        statement = sa.text(
            "INSERT INTO domain_event VALUES (:id, :kind, :subject, :facts, :at, NULL)"
        )
        session.execute(statement, hostile)
    session.add(events.DomainEvent(kind="no.such", subject="x", facts={}, at=clock.now()))
    session.commit()
    work.run_due()
    assert done == [good]
    waiting = session.execute(
        sa.text("SELECT count(*) FROM domain_event WHERE handed_out_at IS NULL")
    )
    assert waiting.scalar() == 0
