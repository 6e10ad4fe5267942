"""A worker's sign of life, who is told when it is missing, and how a worker begins and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from backend.app.platform import clock, jobs, work, workers
from backend.app.platform.transactions import unit_of_work
from backend.version import VERSION
from tests.conftest import ROOT, environment

KIND = "test.worker"


@pytest.fixture
def left_to_workers(app: Flask) -> Flask:
    """The application as in an installation: jobs are left to workers."""
    settings = replace(app.extensions["evenhand.settings"], run_jobs="worker")
    app.extensions["evenhand.settings"] = settings
    work.install(app, settings)
    return app


@pytest.fixture
def ran(app: Flask) -> Iterator[list[UUID]]:
    """Ids of the jobs of a kind of ours that ran."""
    seen: list[UUID] = []
    jobs.handler(KIND)(lambda job_id, _payload: seen.append(job_id))
    yield seen
    jobs._handlers.pop(KIND)


def order() -> UUID:
    with unit_of_work() as session:
        return jobs.enqueue(session, KIND, {})


def go_on(app: Flask, later: timedelta) -> None:
    moment = clock.now() + later
    app.extensions["evenhand.clock"] = lambda: moment


def test_who_asks_for_health_hears_of_a_missing_worker_and_servers_stay_in_service(
    left_to_workers: Flask, client
) -> None:
    def told() -> tuple[int, str, int]:
        health, alarm = client.get("/healthz"), client.get("/healthz/worker")
        assert health.get_json()["worker"] == alarm.get_json()["worker"]
        return health.status_code, alarm.get_json()["worker"], alarm.status_code

    assert told() == (200, "missing", 503)
    sign = workers.begin()
    assert told() == (200, "running", 200)
    go_on(left_to_workers, workers.MISSING_AFTER)
    assert told() == (200, "missing", 503)
    sign.give()
    assert told() == (200, "running", 200)


def test_a_program_that_runs_its_jobs_itself_misses_nobody(client) -> None:
    told = client.get("/healthz").get_json()
    assert told == {"status": "ok", "version": VERSION, "worker": "inline"}
    assert client.get("/healthz/worker").status_code == 200


def test_work_stands_still_from_the_last_sign_of_life_or_the_first_job_on(
    left_to_workers: Flask, ran: list[UUID]
) -> None:
    go_on(left_to_workers, timedelta())
    assert workers.standstill() is None, "nothing was ever ordered"
    order()
    go_on(left_to_workers, timedelta(seconds=119))
    assert workers.standstill() is None
    go_on(left_to_workers, timedelta(seconds=1))
    assert workers.standstill() == 2
    sign = workers.begin()
    assert workers.standstill() is None
    go_on(left_to_workers, timedelta(minutes=7))
    assert workers.standstill() == 7
    sign.give()
    assert workers.standstill() is None


def test_every_page_of_the_office_says_that_nothing_starts_in_both_languages(
    left_to_workers: Flask, client, sign_in
) -> None:
    sign_in(client, role="department_admin")
    workers.begin()
    client.set_cookie("lang", "en")
    assert "no worker runs" not in client.get("/office/").get_data(as_text=True)
    go_on(left_to_workers, timedelta(minutes=3))
    pages = ("/office/", "/office/draws", "/office/replacements", "/office/registry/imports")
    for page in pages:
        said = client.get(page).get_data(as_text=True)
        assert said.count("Nothing has started for 3 minutes: no worker runs.") == 1, page
    client.set_cookie("lang", "zh-CN")
    assert "后台任务程序未运行，已有 3 分钟没有开始任何任务。" in client.get("/office/").get_data(
        as_text=True
    )


def test_a_worker_does_what_is_ordered_while_it_looks_and_ends_when_told(
    left_to_workers: Flask, ran: list[UUID], session: Session
) -> None:
    """A fault beside the jobs, such as a database that is restarted, does not end it."""
    looks = 0

    def told_to_stop(_seconds: float) -> bool:
        nonlocal looks
        looks += 1
        if looks == 1:
            order()
            return False
        done.wait(60)
        return True

    done = Event()
    jobs._handlers[KIND] = lambda job_id, _payload: (ran.append(job_id), done.set())  # type: ignore[func-returns-value]
    faults = iter([RuntimeError("the database is away")])

    def faulty(limit: int) -> int:
        for fault in faults:
            raise fault
        return true_run_due(limit)

    true_run_due, work.PAUSE_AFTER_FAULT_SECONDS = work.run_due, 0.0
    work.run_due = faulty
    try:
        with capture_logs() as told:
            work.run_until(told_to_stop, left_to_workers, threads=2)
    finally:
        work.run_due, work.PAUSE_AFTER_FAULT_SECONDS = true_run_due, 5.0
    assert len(ran) == 1
    assert [line["event"] for line in told] == ["worker.fault"]
    [seen] = session.scalars(select(workers.Worker))
    assert seen.name.endswith(f":{os.getpid()}")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_lost_a_thread_gives_no_sign_of_life_any_more(
    left_to_workers: Flask, ran: list[UUID]
) -> None:
    def die(_job_id: UUID, _payload: object) -> None:
        died.set()
        raise SystemExit

    died = Event()
    jobs._handlers[KIND] = die
    order()
    with pytest.raises(work.ThreadLost):
        work.run_until(lambda _seconds: not died.wait(60), left_to_workers, threads=1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_by_a_signal_and_says_why_it_does_not_begin(
    sqlite_url: str, tmp_path, number: signal.Signals
) -> None:
    environ = {**os.environ, **environment(tmp_path, sqlite_url, run_jobs="worker")}
    command = [sys.executable, "-m", "backend.app.cli", "worker"]
    program = subprocess.Popen(["timeout", "120", *command], cwd=ROOT, env=environ)
    waiting = f"import sqlite3,sys\ncount=sqlite3.connect({str(tmp_path / 'evenhand.db')!r})"
    ready = waiting + ".execute('SELECT count(*) FROM worker').fetchone()[0]\nsys.exit(not count)"
    while subprocess.run([sys.executable, "-c", ready], check=False).returncode:
        assert program.poll() is None
    program.send_signal(number)
    assert program.wait(60) == 0
    environ["EVENHAND_RUN_JOBS"] = "never"
    refused = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True)
    assert refused.returncode == 1 and b"nothing to run" in refused.stderr
