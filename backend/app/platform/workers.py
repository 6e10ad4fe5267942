"""Signs of life: every worker says four times a minute that it runs, so that a missing one shows.

A page that promises progress asks ``standstill`` and tells when nothing can have started; the
health check asks ``state``. One query each; what the workers do is in ``work``.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock, ids, jobs
from .database import Base, UtcDateTime
from .settings import current_settings
from .transactions import read_alone, unit_of_work

BEAT_SECONDS = 15.0
MISSING_AFTER = timedelta(minutes=1)
"""Four signs of life: a worker that is being restarted is not missing yet."""
TOLD_AFTER = timedelta(minutes=2)
"""How long nothing can have started before a page says so."""
_FORGOTTEN_AFTER = timedelta(days=7)


class Worker(Base):
    """A process that runs jobs: where (``host:process``), since when, and its last sign of life."""

    __tablename__ = "worker"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    name: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Sign:
    """The signs of life of one worker process: ``give`` writes one more."""

    id: UUID
    started_at: datetime

    def give(self) -> None:
        """Write that the worker lives."""
        with unit_of_work() as session:
            row = session.get(Worker, self.id)
            if row is None:
                name = f"{socket.gethostname()}:{os.getpid()}"[:120]
                row = Worker(id=self.id, name=name, started_at=self.started_at)
                session.add(row)
            row.seen_at = clock.now()


def begin() -> Sign:
    """Give the first sign of life of this process, and forget workers of long ago."""
    now = clock.now()
    sign = Sign(ids.new_id(), now)
    with unit_of_work() as session:
        session.execute(delete(Worker).where(Worker.seen_at < now - _FORGOTTEN_AFTER))
    sign.give()
    return sign


def last_sign() -> datetime | None:
    """Return when any worker gave its last sign of life, or None if none ever did."""
    [row] = read_alone(select(func.max(Worker.seen_at).label("seen_at")))
    seen: datetime | None = row.seen_at
    return seen


def state() -> str:
    """Return ``running`` or ``missing``; ``inline`` where servers run the jobs themselves, and
    ``off`` where the settings want nobody to."""
    mode = current_settings().run_jobs
    seen = last_sign()
    if mode != "worker":
        return "inline" if mode == "inline" else "off"
    return "running" if seen is not None and clock.now() - seen < MISSING_AFTER else "missing"


def standstill() -> int | None:
    """Return for how many whole minutes no ordered work can have started, because no worker runs;
    None while one runs, or when less than two minutes have passed.

    Where no worker ever ran, the time is counted from the oldest job that is due.
    """
    if current_settings().run_jobs == "inline":
        return None
    since, now = last_sign() or _oldest_due(), clock.now()
    if since is None or now - since < TOLD_AFTER:
        return None
    return int((now - since).total_seconds() // 60)


def _oldest_due() -> datetime | None:
    waiting = jobs.Job.state.in_([jobs.QUEUED, jobs.RUNNING])
    due = select(func.min(jobs.Job.run_at).label("run_at")).where(
        waiting, jobs.Job.run_at <= clock.now()
    )
    [row] = read_alone(due)
    oldest: datetime | None = row.run_at
    return oldest


def install(app: Flask) -> None:
    """Let every template ask whether work stands still."""
    app.jinja_env.globals.update(standstill=standstill)
