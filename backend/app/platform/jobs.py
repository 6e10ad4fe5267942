"""Work after the reply: rows hold the truth, huey only wakes and runs.

``enqueue`` writes a row in the business transaction. After the commit huey is woken; a sweep
every minute finds what a lost wake-up or a killed worker left behind. A row is leased, tried,
and finished or put off with a growing pause, so a job runs at least once and every handler must
be idempotent. Many small jobs of one kind may share a lease and a transaction; one that has
failed is tried again alone, so that it holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from huey import Huey, SqliteHuey, crontab
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
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock, ids
from .database import Base, Json, UtcDateTime
from .settings import Settings
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


class Job(Base):
    """One piece of work: what, when, how far, how often tried."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "run_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    kind: Mapped[str] = mapped_column(String(64))
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


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``: called with (job id, payload)."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def handler_of_many(kind: str) -> Callable[[HandlerOfMany], HandlerOfMany]:
    """Register the function that does jobs of ``kind``, up to 16 at once: called with their ids
    and their payloads."""

    def register(function: HandlerOfMany) -> HandlerOfMany:
        handler(kind)(lambda job_id, payload: function([job_id], [payload]))
        _of_many[kind] = function
        return function

    return register


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
    by: UUID | None = None,
) -> UUID:
    """Add a job to the caller's transaction; it starts after the commit. Returns its id."""
    if kind not in _handlers:
        raise KeyError(kind)
    job_id = ids.new_id()
    row = {"id": job_id, "kind": kind, "payload": payload, "requested_by": by}
    session.connection().execute(_ENQUEUE, row | {"run_at": run_at or clock.now()})
    if run_at is None:
        after_commit(session, wake)
    return job_id


def job(session: Session, job_id: UUID) -> Job | None:
    """The job's row, for showing its progress."""
    return session.get(Job, job_id)


def is_planned(session: Session, kind: str) -> bool:
    """Whether a job of this kind waits or runs."""
    query = select(Job.id).where(Job.kind == kind, Job.state.in_([QUEUED, RUNNING]))
    return session.execute(query.limit(1)).first() is not None


def report_progress(job_id: UUID, done: int, total: int) -> None:
    """Write how far a job has come and renew its lease; its own short transaction."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(done_units=done, total_units=total, lease_until=clock.now() + LEASE)
        )


def renew(job_ids: Sequence[UUID]) -> None:
    """Renew the lease of jobs that are still at work."""
    leased = update(_JOB).where(_JOB.c.id.in_(job_ids), _JOB.c.state == RUNNING)
    execute_alone(leased.values(lease_until=clock.now() + LEASE))


def wake() -> None:
    """Tell the runner that a row is due; losing this only costs until the next sweep."""
    mode = current_app.extensions["evenhand.settings"].run_jobs
    if mode == "inline":
        run_due()
    elif mode == "worker":
        try:
            current_app.extensions["evenhand.wake"]()
        except Exception as error:
            log.warning("jobs.wake_failed", error=type(error).__name__)


def run_due(limit: int = 1000) -> int:
    """Lease and run due jobs until none is left; returns how many ran, ``limit`` or a few more."""
    count = 0
    while count < limit and (leased := _lease()):
        _run(leased)
        count += len(leased)
    return count


@dataclass(frozen=True, slots=True)
class _Leased:
    id: UUID
    kind: str
    payload: dict[str, Any]
    attempt: int


def _due(*conditions: ColumnElement[bool], most: int) -> Select[tuple[UUID]]:
    waiting = or_(
        _JOB.c.state == QUEUED,
        and_(_JOB.c.state == RUNNING, _JOB.c.lease_until < bindparam("now")),
    )
    return (
        select(_JOB.c.id)
        .where(waiting, _JOB.c.run_at <= bindparam("now"), *conditions)
        .order_by(_JOB.c.run_at, _JOB.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _leasing(which: ColumnElement[bool]) -> Any:
    return (
        update(_JOB)
        .where(which)
        .values(state=RUNNING, attempts=_JOB.c.attempts + 1, lease_until=bindparam("until"))
        .returning(_JOB.c.id, _JOB.c.kind, _JOB.c.payload, _JOB.c.attempts)
    )


_LEASE_FIRST = _leasing(_JOB.c.id == _due(most=1).scalar_subquery())
_ALIKE = _due(
    _JOB.c.kind == bindparam("of_kind"), _JOB.c.attempts == 0, most=_MOST_TOGETHER - 1
).cte("alike")
_LEASE_ALIKE = _leasing(_JOB.c.id.in_(select(_ALIKE.c.id)))
"""Through a WITH: as a plain subquery PostgreSQL may run it again, and lock more than wanted."""


def _lease() -> list[_Leased]:
    """The job that is due first; with it others of its kind, if they can be done together."""
    now = clock.now()
    times = {"now": now, "until": now + LEASE}
    leased = _taken(_LEASE_FIRST, times)
    if leased and leased[0].kind in _of_many and leased[0].attempt == 1:
        alike = _taken(_LEASE_ALIKE, times | {"of_kind": leased[0].kind})
        leased += sorted(alike, key=lambda job: job.id)
    return leased


def _taken(statement: UpdateBase, parameters: dict[str, Any]) -> list[_Leased]:
    rows = execute_alone(statement, parameters)
    return [_Leased(row.id, row.kind, row.payload, row.attempts) for row in rows]


def _run(leased: Sequence[_Leased]) -> None:
    """Do one job, or several of one kind and attempt; one that every worker was lost with is given
    up, or it would stop one at each end of its lease."""
    kind, attempt = leased[0].kind, leased[0].attempt
    if attempt > MAX_ATTEMPTS:
        log.error("jobs.given_up", job=str(leased[0].id), kind=kind)
        _finish(leased, failure="WorkerLost")
        return
    try:
        if len(leased) == 1:
            _handlers[kind](leased[0].id, leased[0].payload)
        else:
            _of_many[kind]([job.id for job in leased], [job.payload for job in leased])
    except Exception as error:
        of = [str(job.id) for job in leased]
        log.exception("jobs.failed", jobs=of, kind=kind, attempt=attempt)
        _finish(leased, failure=type(error).__name__)
    else:
        _finish(leased, failure=None)


def _finish(leased: Sequence[_Leased], failure: str | None) -> None:
    """Close the rows, unless another worker has leased them meanwhile (fencing by attempt)."""
    now, attempt = clock.now(), leased[0].attempt
    if failure is None:
        values: dict[str, Any] = {"state": DONE, "finished_at": now, "failure": None}
    elif attempt >= MAX_ATTEMPTS:
        values = {"state": FAILED, "finished_at": now, "failure": failure}
    else:
        pause = timedelta(seconds=min(5 * 2**attempt, 3600))
        values = {"state": QUEUED, "run_at": now + pause, "failure": failure}
    which = (_JOB.c.id.in_([job.id for job in leased]), _JOB.c.attempts == attempt)
    execute_alone(update(_JOB).where(*which).values(values))


def build_huey(settings: Settings) -> Huey:
    """The runner's queue: a SQLite file by default, PostgreSQL or Redis when scaled."""
    url = settings.jobs_url
    if url.startswith("sqlite:///"):
        return SqliteHuey("evenhand", filename=url.removeprefix("sqlite:///"))
    if url.startswith("postgresql"):
        from huey import PostgresHuey

        return PostgresHuey("evenhand", dsn=url.replace("postgresql+psycopg", "postgresql"))
    from huey import RedisHuey

    return RedisHuey("evenhand", url=url)


def install(app: Flask, settings: Settings) -> None:
    """Bind huey's two tasks to ``app``: run what is due, now and every minute."""
    if settings.run_jobs != "worker":
        return
    huey = build_huey(settings)

    def work() -> None:
        with app.app_context():
            run_due()

    task = huey.task(name="evenhand_work")(work)

    def wake_unless_woken() -> None:
        """A call that still waits will see the row as well: it starts after this commit."""
        if huey.pending_count() == 0:
            task()

    app.extensions["evenhand.wake"] = wake_unless_woken
    huey.periodic_task(crontab(minute="*"), name="evenhand_sweep")(work)
    app.extensions["evenhand.huey"] = huey
