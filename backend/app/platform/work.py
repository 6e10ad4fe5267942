"""Who does the work that waits: a worker's threads, or the committing process itself.

``EVENHAND_RUN_JOBS`` says which. The threads of a worker look for due rows five times a second:
one cheap read each, the same on SQLite and PostgreSQL, and nothing to set up, to lose or to
forge beside the rows. What jobs and events are is in ``jobs`` and ``events``; how a missing worker
is noticed is in ``workers``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from flask import Flask
from sqlalchemy import or_, select

from . import clock, events, jobs, workers
from .settings import Settings
from .transactions import read_alone

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 0.2
PAUSE_AFTER_FAULT_SECONDS = 5.0
_IS_DUE = select(or_(jobs.IS_DUE, events.IS_WAITING))


class ThreadLost(Exception):
    """A thread of the worker ended without being told to."""


def install(app: Flask, settings: Settings) -> None:
    """Say what a commit does about the work it has ordered."""
    inline = settings.run_jobs == "inline"
    app.extensions["evenhand.wake"] = run_due if inline else _leave_to_workers


def _leave_to_workers() -> int:
    return 0


def is_due() -> bool:
    """Return whether a job is due or an event has not been handed to its subscribers yet."""
    [[due]] = read_alone(_IS_DUE, {"now": clock.now()})
    return bool(due)


def run_due(limit: int = 1000) -> int:
    """Hand out events and run due jobs until nothing is due; returns how many jobs ran, ``limit``
    or a few more."""
    count = 0
    while count < limit and is_due():
        handed_out, ran = events.hand_out(), jobs.run_due(limit - count)
        count += ran
        if not handed_out and not ran:
            break  # another worker was faster
    return count


def run_until(told_to_stop: Callable[[float], bool], app: Flask, threads: int) -> None:
    """Work with ``threads`` threads, then let them finish what they have begun.

    ``told_to_stop`` waits for at most so many seconds and returns True once the worker has to
    stop. Signs of life are given as long as all threads live; raises ThreadLost when one ends.
    """
    stop = Event()
    with app.app_context():
        sign = workers.begin()
        crew = [Thread(target=_work, args=(stop, app), daemon=True) for _ in range(threads)]
        for thread in crew:
            thread.start()
        while not told_to_stop(workers.BEAT_SECONDS):
            if not all(thread.is_alive() for thread in crew):
                raise ThreadLost
            with _faults_logged("worker.no_sign_of_life"):
                sign.give()
        stop.set()
        for thread in crew:
            thread.join()


def _work(stop: Event, app: Flask) -> None:
    """Do one job after the other until ``stop``. A fault outside of a job, such as a database that
    is being restarted, is logged and waited out."""
    with app.app_context():
        while not stop.is_set():
            pause = PAUSE_AFTER_FAULT_SECONDS
            with _faults_logged("worker.fault"):
                pause = 0 if run_due(limit=1) else PAUSE_SECONDS
            stop.wait(pause)


@contextmanager
def _faults_logged(event: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception(event)
