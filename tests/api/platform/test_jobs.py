"""Jobs: small ones of one kind go together, one that failed goes alone, none is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.platform import clock, jobs
from backend.app.platform.transactions import unit_of_work

ALONE, TOGETHER = "test.alone", "test.together"


@dataclass
class Diary:
    """What the handlers were given, call by call; what is in ``poison`` fails. ``instead`` is done
    with the jobs of a call in place of writing them down."""

    calls: list[list[int]] = field(default_factory=list)
    poison: set[int] = field(default_factory=set)
    instead: Callable[[Sequence[UUID], Sequence[dict[str, Any]]], None] | None = None

    def work(self, job_ids: Sequence[UUID], payloads: Sequence[dict[str, Any]]) -> None:
        if self.instead is not None:
            self.instead(job_ids, payloads)
        else:
            self.write(payloads)

    def write(self, payloads: Sequence[dict[str, Any]]) -> None:
        numbers = [payload["number"] for payload in payloads]
        self.calls.append(numbers)
        if self.poison & set(numbers):
            raise ValueError(numbers)


@pytest.fixture
def diary(app: Flask) -> Iterator[Diary]:
    """Two kinds of job that exist while the test runs."""
    written = Diary()
    jobs.handler(ALONE)(lambda job_id, payload: written.work([job_id], [payload]))
    jobs.handler_of_many(TOGETHER)(written.work)
    yield written
    for kind in (ALONE, TOGETHER):
        jobs._handlers.pop(kind)
    jobs._of_many.pop(TOGETHER)


def enqueue(kind: str, numbers: Sequence[int]) -> list[UUID]:
    """Jobs that are due and that nobody has been woken for."""
    with unit_of_work() as session:
        now = clock.now()
        return [jobs.enqueue(session, kind, {"number": n}, run_at=now) for n in numbers]


def states(session: Session, kind: str) -> list[tuple[str, int]]:
    session.rollback()
    query = select(jobs.Job).where(jobs.Job.kind == kind).order_by(jobs.Job.id)
    return [(job.state, job.attempts) for job in session.scalars(query)]


def test_small_jobs_of_one_kind_are_done_together_up_to_a_number(
    diary: Diary, session: Session
) -> None:
    enqueue(TOGETHER, range(20))
    assert jobs.run_due() == 20
    assert diary.calls == [list(range(16)), list(range(16, 20))]
    assert states(session, TOGETHER) == [("done", 1)] * 20


def test_other_kinds_are_done_one_by_one_and_in_turn(diary: Diary, session: Session) -> None:
    enqueue(ALONE, [1, 2])
    enqueue(TOGETHER, [3, 4])
    enqueue(ALONE, [5])
    jobs.run_due()
    assert diary.calls == [[1], [2], [3, 4], [5]]
    assert states(session, ALONE) == [("done", 1)] * 3


def test_what_failed_together_is_tried_again_alone(
    app: Flask, diary: Diary, session: Session
) -> None:
    enqueue(TOGETHER, [1, 2, 3])
    diary.poison = {2}
    jobs.run_due()
    assert states(session, TOGETHER) == [("queued", 1)] * 3
    session.rollback()
    later = clock.now() + timedelta(minutes=1)
    app.extensions["evenhand.clock"] = lambda: later
    jobs.run_due()
    assert diary.calls == [[1, 2, 3], [1], [2], [3]]
    assert states(session, TOGETHER) == [("done", 2), ("queued", 2), ("done", 2)]


def test_what_is_leased_is_nobody_elses_until_the_lease_ends(
    app: Flask, diary: Diary, session: Session
) -> None:
    """A second worker comes while the first is at work, and a third after the first was killed."""
    enqueue(TOGETHER, range(20))
    seen: list[list[int]] = []

    def work(job_ids: Sequence[UUID], payloads: Sequence[dict[str, Any]]) -> None:
        seen.append([payload["number"] for payload in payloads])
        if len(seen) == 1:
            jobs.run_due()
            raise SystemExit

    diary.instead = work
    with pytest.raises(SystemExit):
        jobs.run_due()
    assert seen == [list(range(16)), list(range(16, 20))]
    assert jobs.run_due() == 0, "the lease of the killed one runs"
    later = clock.now() + jobs.LEASE + timedelta(seconds=1)
    app.extensions["evenhand.clock"] = lambda: later
    assert jobs.run_due() == 16
    assert seen[2:] == [[n] for n in range(16)], "one by one: one of them may be the killer"
    assert {state for state, _ in states(session, TOGETHER)} == {"done"}


def test_a_renewed_lease_keeps_the_jobs_and_a_lost_one_is_not_closed(
    app: Flask, diary: Diary, session: Session
) -> None:
    first, second = enqueue(TOGETHER, [1, 2])
    start = clock.now()

    def work(job_ids: Sequence[UUID], _: Sequence[dict[str, Any]]) -> None:
        app.extensions["evenhand.clock"] = lambda: start + jobs.LEASE - timedelta(seconds=1)
        jobs.renew(job_ids)
        app.extensions["evenhand.clock"] = lambda: start + jobs.LEASE + timedelta(seconds=1)
        assert jobs.run_due() == 0
        with unit_of_work() as other:  # as another worker's lease would
            taken = update(jobs.Job).where(jobs.Job.id == second)
            other.execute(taken.values(attempts=jobs.Job.attempts + 1))

    diary.instead = work
    jobs.run_due()
    assert states(session, TOGETHER) == [("done", 1), ("running", 2)]
    assert session.get_one(jobs.Job, first).finished_at is not None


def test_a_job_whose_every_worker_was_killed_is_given_up_and_not_done_once_more(
    app: Flask, diary: Diary, session: Session
) -> None:
    """Nobody was left to count its failures; it would stop a worker at each end of a lease."""
    (poison,) = enqueue(ALONE, [1])
    with unit_of_work() as other:
        killed = {"state": jobs.RUNNING, "attempts": jobs.MAX_ATTEMPTS, "lease_until": clock.now()}
        other.execute(update(jobs.Job).where(jobs.Job.id == poison).values(killed))
    later = clock.now() + timedelta(seconds=1)
    app.extensions["evenhand.clock"] = lambda: later
    jobs.run_due()
    assert diary.calls == []
    assert [state for state, _ in states(session, ALONE)] == ["failed"]
    found = session.get_one(jobs.Job, poison)
    assert (found.failure, found.finished_at) == ("WorkerLost", later)
