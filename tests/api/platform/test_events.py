"""Events: told in the act's transaction, to every subscriber, each for itself, its effect once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from backend.app.platform import clock, events, ids, jobs, work
from backend.app.platform.events import DRAW_DRAWN, RECORD_CONFIRMED, Event, Subscription
from backend.app.platform.installation import Installation
from backend.app.platform.transactions import unit_of_work


@dataclass
class Listener:
    """A subscriber that writes what it hears into the database, a row for each subject."""

    name: str
    heard: list[str] = field(default_factory=list)
    fails_on: set[str] = field(default_factory=set)
    killed: bool = False

    def __call__(self, session: Session, event: Event) -> None:
        self.heard.append(event.facts["number"])
        session.add(Installation(name=f"{self.name} {event.facts['number']}", value=event.subject))
        session.flush()
        if self.killed:
            raise SystemExit
        if event.facts["number"] in self.fails_on:
            raise ValueError


Pair = tuple[Listener, Listener]


@pytest.fixture
def listeners(app: Flask) -> Iterator[Pair]:
    """Two subscribers of drawn draws, in place of the program's own."""
    pair = Listener("first"), Listener("second")
    app.extensions["evenhand.wake"] = lambda: 0
    app.extensions["evenhand.subscriptions"] = {
        one.name: Subscription(one.name, (DRAW_DRAWN,), "") for one in pair
    }
    app.extensions["evenhand.subscribers"] = {one.name: one for one in pair}
    yield pair


def publish(*numbers: str, subject: UUID | None = None) -> UUID:
    subject = subject or ids.new_id()
    with unit_of_work() as session:
        for number in numbers:
            events.publish(session, DRAW_DRAWN, subject, number=number)
    return subject


def effects(session: Session) -> list[str]:
    session.rollback()
    rows = session.scalars(sa.select(Installation.name).where(Installation.name != "epoch"))
    names = sorted(rows)
    session.rollback()
    return names


def deliveries(session: Session) -> list[tuple[str, str]]:
    """(subscriber, state) of each delivery, in order."""
    session.rollback()
    found = session.scalars(sa.select(jobs.Job).order_by(jobs.Job.id))
    states = [(one.payload["to"], one.state) for one in found]
    session.rollback()
    return states


def go_to(app: Flask, later: timedelta) -> None:
    moment = clock.now() + later
    app.extensions["evenhand.clock"] = lambda: moment


def test_both_hear_what_they_listen_to_and_an_act_undone_tells_nothing(
    app: Flask, listeners: Pair, session: Session
) -> None:
    with suppress(ZeroDivisionError), unit_of_work() as undone:
        events.publish(undone, DRAW_DRAWN, ids.new_id(), number="undone")
        raise ZeroDivisionError
    publish("1")
    with unit_of_work() as other:
        events.publish(other, RECORD_CONFIRMED, ids.new_id(), decision="d", publication="p")
    work.run_due()
    assert [one.heard for one in listeners] == [["1"], ["1"]]
    assert effects(session) == ["first 1", "second 1"]


def test_one_that_always_fails_keeps_nothing_from_the_other_and_is_seen_and_tried_again(
    app: Flask, listeners: Pair, session: Session
) -> None:
    failing, other = listeners
    failing.fails_on = {"1"}
    subject = publish("1", "2")
    publish("3")
    with capture_logs() as told:
        for _again in range(jobs.MAX_ATTEMPTS + 1):
            work.run_due()
            go_to(app, timedelta(hours=1))
    assert other.heard == ["1", "2", "3"]
    assert failing.heard.count("1") == jobs.MAX_ATTEMPTS
    assert effects(session) == ["first 2", "first 3", "second 1", "second 2", "second 3"]
    assert sorted(deliveries(session)) == [
        ("first", "done"), ("first", "done"), ("first", "failed"),
        ("second", "done"), ("second", "done"), ("second", "done"),
    ]  # fmt: skip
    failures = [line for line in told if line["event"] == "events.not_delivered"]
    assert {(line["to"], line["kind"]) for line in failures} == {("first", "draw.drawn")}
    assert str(subject) not in repr(failures), "logs name events, not what they are about"
    assert [line["failure"] for line in told if line["event"] == "jobs.given_up"] == ["ValueError"]


def test_events_of_one_subject_wait_for_the_earlier_and_those_of_others_do_not(
    app: Flask, listeners: Pair, session: Session
) -> None:
    failing, _other = listeners
    failing.fails_on = {"1"}
    publish("1", "2")
    publish("other")
    work.run_due()
    assert failing.heard == ["1", "other"]
    failing.fails_on = set()
    go_to(app, timedelta(minutes=5))
    work.run_due()
    assert failing.heard == ["1", "other", "1", "2"]


def test_a_worker_killed_after_the_commit_or_in_a_delivery_loses_and_doubles_nothing(
    app: Flask, listeners: Pair, session: Session
) -> None:
    publish("1")
    events.hand_out()  # and the worker that did is gone
    listeners[0].killed = True
    with pytest.raises(SystemExit):
        work.run_due()
    assert effects(session) == [], "what was not committed is undone"
    listeners[0].killed = False
    work.run_due()
    assert effects(session) == ["second 1"]
    go_to(app, jobs.LEASE + timedelta(seconds=1))
    work.run_due()
    assert effects(session) == ["first 1", "second 1"]


def test_what_is_delivered_twice_has_its_effect_once(
    app: Flask, listeners: Pair, session: Session
) -> None:
    publish("1")
    work.run_due()
    done = [(job.id, job.payload) for job in session.scalars(sa.select(jobs.Job))]
    session.rollback()
    for job_id, payload in done:
        events.deliver(job_id, payload)
    assert [one.heard for one in listeners] == [["1"], ["1"]]
    assert effects(session) == ["first 1", "second 1"]


def test_a_lost_lease_does_not_open_a_delivery_again(
    app: Flask, listeners: Pair, session: Session
) -> None:
    """A second worker delivers while the first is at it; then the first fails."""
    first = listeners[0]
    publish("1")
    events.hand_out()
    leased = jobs._lease()
    app.extensions["evenhand.subscribers"]["first"] = lambda _session, _event: None
    jobs._run(leased)
    jobs._finish(leased, failure="Late")
    work.run_due()
    assert [state for to, state in deliveries(session) if to == "first"] == ["done"]
    assert first.heard == []


def test_an_event_carries_the_facts_of_its_kind_and_no_others(app: Flask, session: Session) -> None:
    for facts in ({}, {"number": "1", "name": "2"}, {"numbers": "1"}):
        with pytest.raises(ValueError, match=r"draw\.drawn carries"):
            events.publish(session, DRAW_DRAWN, ids.new_id(), **facts)


def test_nobody_takes_a_subscribers_place_or_listens_to_what_is_not_told(app: Flask) -> None:
    known = Subscription("visits.x", (DRAW_DRAWN,), "visits.subscribers:follow_account")
    with pytest.raises(ValueError, match="two subscribers are called"):
        events.install(app, [known, known])
    stranger = events.Kind("no.such")
    with pytest.raises(ValueError, match="no such events"):
        events.install(app, [Subscription("y", (stranger,), "visits.subscribers:follow_account")])
