"""Jobs: work that a transaction orders and that a worker does after the commit.

``enqueue`` adds a row to the caller's transaction; the rows of ``job`` are the queue, there is no
other. ``run_due`` leases a row, calls the function registered for its kind, and closes the row or
puts it off with a growing pause. A worker that is killed loses its lease, so a job runs at least
once and its function must be idempotent. Small jobs of one kind may share a lease; one that failed
is tried again alone. Jobs of one ``lane`` run one after the other, in the order of their ids.

A row is data: its kind only names a registered function, its payload is JSON. A row of another
kind, or one that cannot be read, is logged and given up. Who runs jobs, and when, is in ``work``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from flask import current_app
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UpdateBase,
    and_,
    bindparam,
    cast,
    exists,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock, ids, unreadable
from .database import Base, Json, UtcDateTime
from .transactions import after_commit, execute_alone, unit_of_work

log = structlog.get_logger(__name__)

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 8

Handler = Callable[[UUID, dict[str, Any]], None]
HandlerOfMany = Callable[[Sequence[UUID], Sequence[dict[str, Any]]], None]
_handlers: dict[str, Handler] = {}
_of_many: dict[str, HandlerOfMany] = {}
_MOST_TOGETHER = 16
_HAS_LANE = "lane IS NOT NULL"


class Job(Base):
    """One piece of work: what, when, how far, how often tried.

    ``state``: queued | running | done | failed. ``failure`` names what went wrong last.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "run_at"),
        Index(
            "ix_job_lane",
            "lane",
            "id",
            postgresql_where=text(_HAS_LANE),
            sqlite_where=text(_HAS_LANE),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    kind: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str | None] = mapped_column(String(160))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16), default=QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_units: Mapped[int] = mapped_column(Integer, default=0)
    total_units: Mapped[int] = mapped_column(Integer, default=0)
    failure: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_JOB: Any = Job.__table__
_ENQUEUE = insert(_JOB)


class KindTaken(Exception):
    """Two functions are registered for one kind of job; the second would silently replace the
    first."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the one function that does jobs of ``kind``, called with (job id, payload).

    Raises KindTaken when the kind has a function already.
    """

    def register(function: Handler) -> Handler:
        if kind in _handlers:
            raise KindTaken(kind)
        _handlers[kind] = function
        return function

    return register


def handler_of_many(kind: str) -> Callable[[HandlerOfMany], HandlerOfMany]:
    """Register the one function that does up to 16 jobs of ``kind`` at once, called with their ids
    and their payloads. Raises KindTaken."""

    def register(function: HandlerOfMany) -> HandlerOfMany:
        handler(kind)(lambda job_id, payload: function([job_id], [payload]))
        _of_many[kind] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be added: its kind, its payload (JSON values), its lane if it has one."""

    kind: str
    payload: dict[str, Any]
    lane: str | None = None


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
    by: UUID | None = None,
) -> UUID:
    """Add a job to the caller's transaction and return its id; it starts after the commit, or at
    ``run_at``. Raises KeyError when no function is registered for ``kind``."""
    [job_id] = enqueue_many(session, [Order(kind, payload)], run_at=run_at, by=by)
    return job_id


def enqueue_many(
    session: Session,
    orders: Sequence[Order],
    *,
    run_at: datetime | None = None,
    by: UUID | None = None,
) -> list[UUID]:
    """Add jobs to the caller's transaction in one statement; see ``enqueue``."""
    due = run_at or clock.now()
    rows: list[dict[str, Any]] = [
        {"id": ids.new_id(), "kind": order.kind, "lane": order.lane, "payload": order.payload}
        | {"requested_by": by, "run_at": due}
        for order in orders
    ]
    unknown = {order.kind for order in orders} - _handlers.keys()
    if unknown:
        raise KeyError(*unknown)
    session.connection().execute(_ENQUEUE, rows)
    if run_at is None:
        wake_after_commit(session)
    return [row["id"] for row in rows]


def is_planned(session: Session, kind: str) -> bool:
    """Return whether a job of this kind waits or runs."""
    unfinished = exists().where(Job.kind == kind, Job.state.in_([QUEUED, RUNNING]))
    return bool(session.scalar(select(unfinished)))


def report_progress(job_id: UUID, done: int, total: int) -> None:
    """Write how far a job has come and renew its lease; its own short transaction."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(done_units=done, total_units=total, lease_until=clock.now() + LEASE)
        )


def close(session: Session, job_id: UUID) -> bool:
    """Close a job that runs, in the transaction of what it does; the row stays locked until its
    end. Returns False when the job is closed already: then its work is done."""
    running = update(_JOB).where(_JOB.c.id == job_id, _JOB.c.state == RUNNING)
    closed = running.values(state=DONE, finished_at=clock.now(), failure=None).returning(_JOB.c.id)
    return session.execute(closed).first() is not None


def renew(job_ids: Sequence[UUID]) -> None:
    """Renew the lease of jobs that are still at work."""
    leased = update(_JOB).where(_JOB.c.id.in_(job_ids), _JOB.c.state == RUNNING)
    execute_alone(leased.values(lease_until=clock.now() + LEASE))


def wake_after_commit(session: Session) -> None:
    """Have due work done at once after the commit where the committing process does it itself
    (``RUN_JOBS=inline``); a worker looks for due rows by itself."""
    after_commit(session, _wake)


def _wake() -> None:
    current_app.extensions["evenhand.wake"]()


def run_due(limit: int = 1000) -> int:
    """Lease and run due jobs until none is left; returns how many ran, ``limit`` or a few more."""
    count = 0
    while count < limit and (leased := _lease()):
        _run(leased)
        count += len(leased)
    return count


@dataclass(frozen=True, slots=True)
class _Leased:
    """A leased job; ``payload`` is None when the row holds no JSON object."""

    id: UUID
    kind: str
    payload: dict[str, Any] | None
    attempt: int


_before = _JOB.alias("before")
_HAS_ITS_TURN = or_(
    _JOB.c.lane.is_(None),
    ~exists()
    .where(
        _before.c.lane == _JOB.c.lane,
        _before.c.id < _JOB.c.id,
        _before.c.state.in_([QUEUED, RUNNING]),
    )
    .correlate(_JOB),
)


def _due(*conditions: ColumnElement[bool], most: int) -> Select[tuple[UUID]]:
    """The query for the ids of up to ``most`` jobs that are due; parameter now."""
    waiting = or_(
        _JOB.c.state == QUEUED,
        and_(_JOB.c.state == RUNNING, _JOB.c.lease_until < bindparam("now")),
    )
    return (
        select(_JOB.c.id)
        .where(waiting, _JOB.c.run_at <= bindparam("now"), _HAS_ITS_TURN, *conditions)
        .order_by(_JOB.c.run_at, _JOB.c.id)
        .limit(most)
    )


def _leasing(which: ColumnElement[bool]) -> Any:
    """The statement that leases these jobs; parameter until. The payload is read as text, so that
    one that is no JSON fails alone and not the whole statement."""
    columns = (_JOB.c.id, _JOB.c.kind, cast(_JOB.c.payload, Text).label("payload"))
    return (
        update(_JOB)
        .where(which)
        .values(state=RUNNING, attempts=_JOB.c.attempts + 1, lease_until=bindparam("until"))
        .returning(*columns, _JOB.c.attempts)
    )


def _unlocked(query: Select[tuple[UUID]]) -> Select[tuple[UUID]]:
    return query.with_for_update(skip_locked=True, of=_JOB)


IS_DUE = _due(most=1).exists()
"""The condition that some job is due; parameter now."""
_LEASE_FIRST = _leasing(_JOB.c.id == _unlocked(_due(most=1)).scalar_subquery())
_ALIKE = _unlocked(
    _due(_JOB.c.kind == bindparam("of_kind"), _JOB.c.attempts == 0, most=_MOST_TOGETHER - 1)
).cte("alike")
_LEASE_ALIKE = _leasing(_JOB.c.id.in_(select(_ALIKE.c.id)))
"""Through a WITH: as a plain subquery PostgreSQL may run it again, and lock more than wanted."""


def _lease() -> list[_Leased]:
    """Lease the job that is due first, and with it others of its kind that can be done together."""
    now = clock.now()
    times = {"now": now, "until": now + LEASE}
    leased = _rows_leased_by(_LEASE_FIRST, times)
    if leased and leased[0].kind in _of_many and leased[0].attempt == 1:
        alike = _rows_leased_by(_LEASE_ALIKE, times | {"of_kind": leased[0].kind})
        leased += sorted(alike, key=lambda job: job.id)
    return leased


def _rows_leased_by(statement: UpdateBase, parameters: dict[str, Any]) -> list[_Leased]:
    try:
        rows = execute_alone(statement, parameters)
    except Exception:
        if not unreadable.give_up_jobs(parameters["now"]):
            raise
        return _rows_leased_by(statement, parameters)
    return [_Leased(row.id, row.kind, _object_in(row.payload), row.attempts) for row in rows]


def _object_in(text_of_payload: str) -> dict[str, Any] | None:
    """Return the JSON object that a payload's text holds, or None if it holds none."""
    try:
        found = orjson.loads(text_of_payload)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _run(leased: Sequence[_Leased]) -> None:
    """Do leased jobs of one kind and attempt together, and close them.

    A job is given up here, without being run, when its payload cannot be read or when it was being
    done each time its worker was lost: it would stop a worker at each end of its lease.
    """
    for job in leased:
        if job.payload is None:
            _give_up(job, "UnreadablePayload")
        elif job.attempt > MAX_ATTEMPTS:
            _give_up(job, "WorkerLost")
    left = [job for job in leased if job.payload is not None and job.attempt <= MAX_ATTEMPTS]
    if left:
        _try(left[0].kind, [job.id for job in left], [job.payload or {} for job in left], left)


def _try(
    kind: str,
    job_ids: list[UUID],
    payloads: list[dict[str, Any]],
    leased: Sequence[_Leased],
) -> None:
    told = {"jobs": [str(one) for one in job_ids], "kind": kind[:64], "attempt": leased[0].attempt}
    try:
        if kind not in _handlers:
            log.error("jobs.unknown_kind", **told)
            _finish(leased, failure="UnknownKind")
            return
        if len(job_ids) == 1:
            _handlers[kind](job_ids[0], payloads[0])
        else:
            _of_many[kind](job_ids, payloads)
    except Exception as error:
        log.exception("jobs.failed", **told)
        _finish(leased, failure=type(error).__name__)
    else:
        _finish(leased, failure=None)


def _give_up(job: _Leased, failure: str) -> None:
    log.error("jobs.given_up", job=str(job.id), kind=job.kind[:64], failure=failure)
    _close([job], {"state": FAILED, "finished_at": clock.now(), "failure": failure})


def _finish(leased: Sequence[_Leased], failure: str | None) -> None:
    """Close jobs that went well; put off those that failed, or give them up after the last try."""
    now, attempt = clock.now(), leased[0].attempt
    if failure is None:
        _close(leased, {"state": DONE, "finished_at": now, "failure": None})
    elif attempt >= MAX_ATTEMPTS:
        for job in leased:
            _give_up(job, failure)
    else:
        pause = timedelta(seconds=min(5 * 2**attempt, 3600))
        _close(leased, {"state": QUEUED, "run_at": now + pause, "failure": failure})


def _close(leased: Sequence[_Leased], values: dict[str, Any]) -> None:
    """Write the rows, unless another worker has leased them meanwhile (fencing by attempt)."""
    same_lease = (
        _JOB.c.id.in_([job.id for job in leased]),
        _JOB.c.attempts == leased[0].attempt,
        _JOB.c.state == RUNNING,
    )
    execute_alone(update(_JOB).where(*same_lease).values(values))
