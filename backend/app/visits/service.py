"""Visits for other features: make them, lock them, read how they stand, move them on.

Everything takes the caller's session and commits nothing. What a phone may change goes through
``lock`` and ``keep``; what a supervisor decides goes through ``reopen`` and ``move``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from ..platform import clock, events
from ..platform.access import Actor
from ..platform.errors import NotFound
from ..platform.pagination import Page, paginate
from ..platform.settings import current_settings
from . import store
from .checking import check
from .errors import NotHandedIn, WrongState
from .events import FIRST_PREV, validate_event_body
from .history import (
    StoredEvent,
    clock_runs,
    count_disclosed,
    enterprises_under_way,
    enterprises_visited_since,
    first_hand_ins,
    history,
    of_draw,
    packages_made_at,
    rows_disclosed,
    stored_event,
    unpublished,
    waiting,
)
from .incoming import Incoming, sent_hash
from .intake import CLOSED, HANDED_IN, Intake
from .models import Visit, VisitEvent, VisitItem, VisitOfficer, VisitPackage
from .moments import Claim, claim, is_moment, milliseconds_ahead
from .packages import NewPart, NewVisit, create_visits
from .participants import is_assigned, was_on_visit
from .reassigning import (
    DECLINED,
    HANDED_IN_BEFORE,
    Former,
    Move,
    decline_recusal,
    former_officers,
    left_of_account,
    may_change_hands,
    open_seats,
    reassign,
    visit_of_row,
)
from .record import record as build_record
from .reducer import fold
from .reopening import reopen
from .rules import is_own, verdict, visible
from .searching import matches
from .shapes import Package, VisitState

__all__ = [
    "CLOSED",
    "FIRST_PREV",
    "HANDED_IN",
    "HANDED_IN_BEFORE",
    "LOCKED_STATE",
    "MOVES",
    "Claim",
    "Former",
    "Incoming",
    "Intake",
    "Move",
    "NewPart",
    "NewVisit",
    "Open",
    "Package",
    "StoredEvent",
    "Visit",
    "VisitState",
    "by_ids",
    "check",
    "claim",
    "clock_runs",
    "completing",
    "count_disclosed",
    "create_visits",
    "decline_recusal",
    "enterprises_under_way",
    "enterprises_visited_since",
    "events_since",
    "evidence_total",
    "first_hand_ins",
    "former_officers",
    "get",
    "history",
    "ids_in_scope",
    "in_scope",
    "is_assigned",
    "is_moment",
    "is_own",
    "keep",
    "known_events",
    "left_of_account",
    "listed",
    "lock",
    "lock_visit",
    "may_change_hands",
    "milliseconds_ahead",
    "move",
    "of_draw",
    "officers_of",
    "open_seats",
    "open_visits",
    "opened",
    "package",
    "package_bodies",
    "packages_made_at",
    "reassign",
    "record",
    "reopen",
    "rows_disclosed",
    "sent_hash",
    "state",
    "stored_event",
    "unpublished",
    "validate_event_body",
    "verdict",
    "visible",
    "visit_of_row",
    "visits_of_officer",
    "waiting",
    "was_on_visit",
]

MOVES: Mapping[str, frozenset[str]] = {
    "confirmed": frozenset({"complete"}),
    "disclosed": frozenset({"confirmed"}),
}
"""What a visit may become, and from which states; the rest follows from events."""


_VISIT: Any = Visit.__table__
LOCKED_STATE = (
    select(_VISIT.c.state).where(_VISIT.c.id == bindparam("visit")).with_for_update(key_share=True)
)
"""The state of a visit, locked until the end of the transaction; parameter visit."""
_OPEN = (
    select(Visit.id, Visit.revision, Visit.state, VisitPackage.revision)
    .join(VisitOfficer, VisitOfficer.visit_id == Visit.id)
    .join(VisitPackage, VisitPackage.visit_id == Visit.id)
    .where(
        VisitOfficer.account_id == bindparam("account"),
        *(Visit.state != state for state in sorted(CLOSED)),
    )
    .order_by(Visit.due_on, Visit.id)
)

RECUSAL = "recusal.requested"
PRIVATE = frozenset({RECUSAL, DECLINED})
"""Kinds that go to the phones of one account only."""


class Open(NamedTuple):
    """A visit on somebody's phone; ``package_revision``: since when its package is as it is."""

    id: UUID
    revision: int
    state: str
    package_revision: int


def in_scope(scope: frozenset[UUID]) -> ColumnElement[bool]:
    """A condition on Visit: one of its items or officers belongs to these departments."""
    return or_(
        Visit.department_id.in_(scope),
        exists().where(VisitItem.visit_id == Visit.id, VisitItem.department_id.in_(scope)),
        exists().where(VisitOfficer.visit_id == Visit.id, VisitOfficer.department_id.in_(scope)),
    )


def ids_in_scope(scope: frozenset[UUID]) -> Select[Any]:
    """Ids of the visits these departments may see, as a subquery."""
    return select(Visit.id).where(in_scope(scope))


def get(session: Session, visit_id: UUID, actor: Actor | None = None) -> Visit:
    """The visit, within what ``actor`` may see when one is given; raises NotFound."""
    query = select(Visit).where(Visit.id == visit_id)
    if actor is not None and not actor.sees_all:
        query = query.where(in_scope(actor.scope))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def by_ids(session: Session, visit_ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """The visits among these ids."""
    rows = session.scalars(select(Visit).where(Visit.id.in_(list(visit_ids))))
    return {row.id: row for row in rows}


def lock_visit(session: Session, visit_id: UUID) -> Visit:
    """The visit with its row locked until the end of the transaction; raises NotFound."""
    query = select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def evidence_total(session: Session, visit_id: UUID) -> int:
    """How many files the visit's events list, withdrawn ones left out."""
    return session.scalar(select(Visit.evidence_total).where(Visit.id == visit_id)) or 0


def lock(
    session: Session, visit_ids: Iterable[UUID], account_id: UUID | None
) -> dict[UUID, Intake]:
    """Lock visits for taking events of one account; ids of no visit are left out."""
    return store.lock(session, visit_ids, account_id, current_settings().max_evidence_bytes)


def keep(
    session: Session,
    intakes: Iterable[Intake],
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Write what the intakes accepted: events, projections, snapshots.

    Raises IntegrityError when an event's id or its place on the device is taken.
    """
    changed = [intake for intake in intakes if intake.accepted]
    for intake in changed:
        for incoming in intake.accepted:
            if incoming.kind == RECUSAL:
                events.publish(
                    session, events.RECUSAL_REQUESTED, intake.visit_id, event=str(incoming.id)
                )
    rows = [row for intake in changed for row in store.event_rows(intake, account_id, now)]
    store.insert_events(session, rows)
    for intake in changed:
        store.write(session, intake, now)


def completing(verified: Any) -> Any:
    """The statement that makes a sealed visit complete when it lists as many files as the scalar
    query ``verified`` counts; parameters visit and now. Whoever runs it has locked the visit."""
    values = {"state": "complete", "completed_at": bindparam("now"), "changed_at": bindparam("now")}
    return (
        update(_VISIT)
        .where(
            _VISIT.c.id == bindparam("visit"),
            _VISIT.c.state == "sealed",
            _VISIT.c.evidence_total == verified,
        )
        .values(values)
    )


def known_events(session: Session, event_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Applied events among these ids: rows (id, hash, revision, received_at, adopted)."""
    columns = (
        VisitEvent.id,
        VisitEvent.hash,
        VisitEvent.revision,
        VisitEvent.received_at,
        VisitEvent.adopted,
    )
    rows = session.execute(select(*columns).where(VisitEvent.id.in_(event_ids)))
    return {row.id: row for row in rows}


def open_visits(session: Session, account_id: UUID) -> list[Open]:
    """Visits that belong on the phone of this account: assigned to it and not confirmed yet."""
    rows = session.connection().execute(_OPEN, {"account": account_id})
    return [Open(*row) for row in rows]


def package_bodies(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Packages as pinned: canonical JSON text by visit."""
    if not visit_ids:
        return {}
    query = select(VisitPackage.visit_id, VisitPackage.body)
    rows = session.execute(query.where(VisitPackage.visit_id.in_(visit_ids)))
    return {row.visit_id: row.body for row in rows}


def events_since(
    session: Session, visit_id: UUID, revision: int, device_id: UUID, account_id: UUID
) -> list[dict[str, Any]]:
    """Events after ``revision`` that a device has not got: those of others, and adopted ones.

    Each is the event as sent, with ``officer`` and ``revision`` added. A request for recusal and
    what the office said to it stay between the two: the grounds are no colleague's.
    """
    rows = session.execute(
        select(VisitEvent.sent, VisitEvent.officer, VisitEvent.revision)
        .where(
            VisitEvent.visit_id == visit_id,
            VisitEvent.revision > revision,
            or_(
                VisitEvent.device_id.is_distinct_from(device_id),
                VisitEvent.adopted,
            ),
            or_(VisitEvent.kind.not_in(PRIVATE), VisitEvent.account_id == account_id),
        )
        .order_by(VisitEvent.revision, VisitEvent.device_id, VisitEvent.seq)
    )
    return [
        {**orjson.loads(sent), "officer": officer, "revision": number}
        for sent, officer, number in rows
    ]


def listed(
    session: Session, actor: Actor, states: Iterable[str], page: int, search: str = ""
) -> Page[Visit]:
    """Visits in these states that ``actor`` may see, the next due first, fifty a page.

    ``search`` is part of the enterprise's name or the beginning of its code.
    """
    query = select(Visit).where(Visit.state.in_(list(states)))
    if not actor.sees_all:
        query = query.where(in_scope(actor.scope))
    if (sought := matches(search)) is not None:
        query = query.where(sought)
    return paginate(session, query.order_by(Visit.due_on, Visit.lot_number, Visit.id), page)


def officers_of(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, list[VisitOfficer]]:
    """The officers of each visit in the order of their seats."""
    query = select(VisitOfficer).where(VisitOfficer.visit_id.in_(visit_ids))
    found: dict[UUID, list[VisitOfficer]] = {visit_id: [] for visit_id in visit_ids}
    for row in session.scalars(query.order_by(VisitOfficer.seat)):
        found[row.visit_id].append(row)
    return found


def visits_of_officer(session: Session, officer_id: UUID) -> Sequence[Visit]:
    """All visits an officer was drawn for, the next due first."""
    query = select(Visit).join(VisitOfficer, VisitOfficer.visit_id == Visit.id)
    query = query.where(VisitOfficer.officer_id == officer_id)
    return session.scalars(query.order_by(Visit.due_on, Visit.id)).all()


def package(session: Session, visit_id: UUID) -> Package:
    """The package as pinned; raises NotFound."""
    return store.package(session, visit_id)


def state(session: Session, visit_id: UUID) -> VisitState:
    """The folded state of a visit, from all its events; raises NotFound."""
    pinned = package(session, visit_id)
    return fold(pinned, store.events_after(session, visit_id, 0))


def opened(session: Session, visit_id: UUID) -> tuple[Package, VisitState, dict[str, Any] | None]:
    """Return package, folded state and, when it was handed in, the record of a visit; everything is
    read and folded once. Raises NotFound."""
    pinned = package(session, visit_id)
    folded = fold(pinned, store.events_after(session, visit_id, 0))
    return pinned, folded, build_record(pinned, folded) if folded["seal"] else None


def record(session: Session, visit_id: UUID) -> dict[str, Any]:
    """Return the record that was handed in; its digest is the visit's. Raises NotHandedIn."""
    made = opened(session, visit_id)[2]
    if made is None:
        raise NotHandedIn
    return made


def move(session: Session, visit_id: UUID, to: str) -> Visit:
    """Move a visit on, its row locked: confirmed, disclosed. Raises WrongState."""
    visit = lock_visit(session, visit_id)
    if visit.state not in MOVES[to]:
        raise WrongState
    visit.state = to
    visit.changed_at = clock.now()
    session.flush()
    return visit
