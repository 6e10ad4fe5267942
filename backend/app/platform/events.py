"""News: what happened in one feature and concerns others, told to any number of subscribers.

``publish`` adds one row to the transaction of the act, so an event exists exactly when its act
does. ``hand_out`` makes a job of every event for each of its subscribers; from then on each
delivery is tried, put off and given up apart from all others, and the events of one subject reach
a subscriber in their order. A subscriber works in the transaction that closes its delivery: what
it writes is written once, however often the delivery is tried.

``features.SUBSCRIPTIONS`` names who listens to what. This module names what can be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import Index, String, exists, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock, ids, jobs, unreadable
from .database import Base, Json, UtcDateTime
from .transactions import unit_of_work

log = structlog.get_logger(__name__)

DELIVER = "events.deliver"
_MOST_HANDED_OUT = 500
_WAITS = "handed_out_at IS NULL"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its name as stored, and the names of the facts that each event carries.

    The subject is the id of what it happened to. Facts are ids, codes and numbers; whoever needs
    more asks the feature's service, which knows how things stand now. No names of people.
    """

    name: str
    facts: frozenset[str] = frozenset()


RESULT_PUBLISHED = Kind("result.published", frozenset({"publication", "kind"}))
"""A public document appeared. Subject: what it is about, a visit or a draw."""
RECORD_CONFIRMED = Kind("record.confirmed", frozenset({"decision", "publication"}))
"""A supervisor confirmed a visit's record. Subject: the visit."""
DRAW_DRAWN = Kind("draw.drawn", frozenset({"number"}))
"""A draw, no rehearsal, has its result. Subject: the draw."""
VISIT_DISPATCHED = Kind("visit.dispatched", frozenset({"draw"}))
"""Officers were sent. Subject: the visit."""
RECUSAL_REQUESTED = Kind("recusal.requested", frozenset({"event"}))
"""An officer asked, from a phone, not to inspect. Subject: the visit; ``event`` is the request."""
REGISTER_CHANGED = Kind("register.changed", frozenset({"register", "objects", "fields"}))
"""Entries of a register are new (no fields) or changed (names of the fields). ``register`` is
item, officer or enterprise. Subject: the entry, or the import batch that changed many."""
ACCOUNT_CHANGED = Kind("account.changed", frozenset({"change"}))
"""An account was added, corrected, ended, reopened, or its roles changed. Subject: the account."""

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        RESULT_PUBLISHED,
        RECORD_CONFIRMED,
        DRAW_DRAWN,
        VISIT_DISPATCHED,
        RECUSAL_REQUESTED,
        REGISTER_CHANGED,
        ACCOUNT_CHANGED,
    )
}


class DomainEvent(Base):
    """Something that happened. Never changed, but for when it was handed to its subscribers."""

    __tablename__ = "domain_event"
    __table_args__ = (
        Index(
            "ix_domain_event_waiting",
            "id",
            postgresql_where=text(_WAITS),
            sqlite_where=text(_WAITS),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_EVENT: Any = DomainEvent.__table__
_PUBLISH = insert(_EVENT)
IS_WAITING = exists().where(_EVENT.c.handed_out_at.is_(None))
"""The condition that an event has not been handed to its subscribers."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a subscriber is told."""

    id: UUID
    kind: Kind
    subject: str
    facts: Mapping[str, Any]
    at: datetime


Subscriber = Callable[[Session, Event], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who listens to which kinds. ``name`` is stored with every delivery, so it stays when the
    function, written ``module:function``, moves."""

    name: str
    kinds: tuple[Kind, ...]
    function: str


def publish(session: Session, kind: Kind, subject: UUID, /, **facts: Any) -> None:
    """Tell an event in the caller's transaction: one row, delivered after the commit.

    Raises ValueError when the facts are not those that the kind is declared with.
    """
    publish_many(session, kind, [(subject, facts)])


def publish_many(
    session: Session, kind: Kind, told: Iterable[tuple[UUID, Mapping[str, Any]]]
) -> None:
    """Tell several events of one kind, each (subject, facts), in one statement; see ``publish``."""
    now = clock.now()
    rows = []
    for subject, facts in told:
        if facts.keys() != kind.facts:
            raise ValueError(f"{kind.name} carries {sorted(kind.facts)}, not {sorted(facts)}")
        row = {"id": ids.new_id(), "kind": kind.name, "subject": str(subject), "at": now}
        rows.append(row | {"facts": dict(facts)})
    if rows:
        session.connection().execute(_PUBLISH, rows)
        jobs.wake_after_commit(session)


def hand_out() -> int:
    """Make a delivery of every waiting event for each of its subscribers; returns how many events
    there were. Each is handed out once: its mark and its deliveries are one transaction."""
    count = 0
    while found := _hand_out_some():
        count += found
    return count


def _hand_out_some() -> int:
    try:
        return _hand_out_readable()
    except Exception:
        given_up = unreadable.give_up_events(clock.now())
        if not given_up:
            raise
        return given_up


def _hand_out_readable() -> int:
    waiting = (
        select(_EVENT.c.id, _EVENT.c.kind, _EVENT.c.subject)
        .where(_EVENT.c.handed_out_at.is_(None))
        .order_by(_EVENT.c.id)
        .limit(_MOST_HANDED_OUT)
        .with_for_update(skip_locked=True)
    )
    listening = _listening()
    with unit_of_work() as session:
        rows = session.connection().execute(waiting).all()
        orders = [
            jobs.Order(DELIVER, {"event": str(row.id), "to": name}, f"{name}/{row.subject}")
            for row in rows
            for name in listening[row.kind]
        ]
        if orders:
            jobs.enqueue_many(session, orders)
        handed_out = update(_EVENT).where(_EVENT.c.id.in_([row.id for row in rows]))
        session.execute(handed_out.values(handed_out_at=clock.now()))
    return len(rows)


def _listening() -> dict[str, list[str]]:
    """Return the names of the subscribers of each kind of event."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    subscriptions: dict[str, Subscription] = current_app.extensions["evenhand.subscriptions"]
    for subscription in subscriptions.values():
        for kind in subscription.kinds:
            by_kind[kind.name].append(subscription.name)
    return by_kind


class NoSubscriber(Exception):
    """A delivery is addressed to a name that nobody has, perhaps of a version to come."""


@jobs.handler(DELIVER)
def deliver(job_id: UUID, payload: Mapping[str, Any]) -> None:
    """Give one event to one subscriber, in the transaction that closes the delivery.

    Closing it first takes the row's lock: a worker that has lost its lease and one that has it now
    cannot both write. A failure of the subscriber undoes both.
    """
    functions: dict[str, Subscriber] = current_app.extensions["evenhand.subscribers"]
    name = str(payload["to"])
    if name not in functions:
        raise NoSubscriber(name)
    with unit_of_work() as session:
        if not jobs.close(session, job_id):
            return
        row = session.execute(select(_EVENT).where(_EVENT.c.id == UUID(payload["event"]))).one()
        event = Event(row.id, KINDS[row.kind], row.subject, row.facts, row.at)
        try:
            functions[name](session, event)
        except Exception:
            log.exception("events.not_delivered", to=name, kind=row.kind, id=str(row.id))
            raise


def install(app: Flask, subscriptions: Iterable[Subscription]) -> None:
    """Bind subscribers to the application. Raises ValueError for a name that is there twice, so
    that nobody silently takes another's place, and for a kind that is not declared."""
    by_name: dict[str, Subscription] = {}
    for subscription in subscriptions:
        if subscription.name in by_name:
            raise ValueError(f"two subscribers are called {subscription.name}")
        undeclared = [kind.name for kind in subscription.kinds if KINDS.get(kind.name) != kind]
        if undeclared:
            raise ValueError(f"{subscription.name} listens to {undeclared}: no such events")
        by_name[subscription.name] = subscription
    app.extensions["evenhand.subscriptions"] = by_name
    app.extensions["evenhand.subscribers"] = {
        name: _function(subscription.function) for name, subscription in by_name.items()
    }


def _function(name: str) -> Subscriber:
    module, _colon, function = name.partition(":")
    subscriber: Subscriber = getattr(import_module(f"backend.app.{module}"), function)
    return subscriber
