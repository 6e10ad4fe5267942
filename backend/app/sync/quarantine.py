"""Quarantine for the supervisor: what waits, why, and the recorded decision about it.

Adopting makes a kept event part of its visit with a new revision, as if it had come now;
setting aside leaves it kept and out of the list. Neither ever deletes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..evidence import service as evidence
from ..ledger import service as ledger
from ..platform import clock
from ..platform.access import SUPERVISOR, Actor
from ..platform.errors import NotFound
from ..platform.pagination import Page, paginate
from ..platform.transactions import unit_of_work
from ..registry import service as registry
from ..visits import service as visits
from . import heads
from .errors import AlreadyDecided, CannotAdopt, OwnVisit
from .models import QuarantinedEvent, SyncHead
from .participants import took_part
from .rules import CHAIN_REASONS

_Point = Mapping[str, Any]
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for the making of a package that does not exist: such an event has no lower bound."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kept event as the list shows it; ``visit`` is None when there is no such visit, ``point``
    the point of its checklist that the event is about. ``time``: when it was made, as its phone
    claims, with what bounds it. ``decidable``: by the person for whom the list was made."""

    id: UUID
    received_at: datetime
    officer: str
    visit: Any
    kind: str
    reason: str
    body: dict[str, Any]
    time: visits.Claim
    point: _Point | None = None
    decision: str | None = None
    note: str | None = None
    decidable: bool = False


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.sees_all:
        return QuarantinedEvent.id.is_not(None)
    return _of(actor.scope)


def _decidable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """A condition: this person is supervisor where the event belongs; to see it in another role is
    not enough."""
    return _of(accounts.permitted(session, actor, "review.decide"))


def _of(departments: frozenset[UUID]) -> ColumnElement[bool]:
    return or_(
        QuarantinedEvent.department_id.in_(departments),
        QuarantinedEvent.visit_id.in_(visits.ids_in_scope(departments)),
    )


def waiting(
    session: Session, actor: Actor, page: int, visit_id: UUID | None = None
) -> Page[Waiting]:
    """Undecided events that ``actor`` may see, of one visit or of all, the oldest first."""
    query = select(QuarantinedEvent).where(QuarantinedEvent.decision.is_(None), _visible(actor))
    if visit_id is not None:
        query = query.where(QuarantinedEvent.visit_id == visit_id)
    found = paginate(
        session, query.order_by(QuarantinedEvent.received_at, QuarantinedEvent.seq), page
    )
    known = visits.by_ids(session, {row.visit_id for row in found.items})
    shown = _shown(session, found.items)
    listed = QuarantinedEvent.id.in_([row.id for row in found.items])
    mine = select(QuarantinedEvent.id).where(listed, _decidable(session, actor))
    decidable = set(session.scalars(mine))
    items = [
        replace(one, visit=known.get(row.visit_id), decidable=row.id in decidable)
        for one, row in zip(shown, found.items, strict=True)
    ]
    return Page(items, found.number, found.per_page, found.total)


def _points(session: Session, visit_ids: Iterable[UUID]) -> dict[tuple[UUID, str], _Point]:
    """The points of the checklists of these visits, by visit and key."""
    bodies = visits.package_bodies(session, list(visit_ids))
    return {
        (visit_id, point["key"]): point
        for visit_id, body in bodies.items()
        for item in orjson.loads(body)["items"]
        for point in item["checklist"]["points"]
    }


def _shown(session: Session, rows: Sequence[QuarantinedEvent]) -> list[Waiting]:
    """Return the views of kept events, without their visits, with a fixed number of queries."""
    if not rows:
        return []
    visit_ids = {row.visit_id for row in rows}
    points, made_at = _points(session, visit_ids), visits.packages_made_at(session, visit_ids)
    names = accounts.names(session, {row.account_id for row in rows})
    views = []
    for row in rows:
        event = orjson.loads(row.sent)
        not_before = made_at.get(row.visit_id, _LONG_AGO)
        views.append(
            Waiting(
                id=row.id,
                received_at=row.received_at,
                officer=names[row.account_id],
                visit=None,
                kind=row.kind,
                reason=row.reason,
                body=event["body"],
                time=visits.claim(event["at"], not_before, row.received_at, row.clock_ahead_ms),
                point=points.get((row.visit_id, event["body"].get("point") or "")),
                decision=row.decision,
                note=row.note,
            )
        )
    return views


def count_waiting(session: Session, actor: Actor) -> int:
    """How many events wait for a decision where ``actor`` may see them."""
    query = select(func.count()).where(QuarantinedEvent.decision.is_(None), _visible(actor))
    return session.scalar(query) or 0


def kept_of(session: Session, visit_id: UUID) -> list[Waiting]:
    """What was sent for a visit and is not part of its record: undecided, or set aside with a
    reason; in the order it came."""
    query = select(QuarantinedEvent).where(
        QuarantinedEvent.visit_id == visit_id,
        or_(QuarantinedEvent.decision.is_(None), QuarantinedEvent.decision == "set_aside"),
    )
    ordered = query.order_by(QuarantinedEvent.received_at, QuarantinedEvent.seq)
    return _shown(session, session.scalars(ordered).all())


def late_entries(
    session: Session, visit_id: UUID, account_ids: Sequence[UUID]
) -> dict[UUID, list[Waiting]]:
    """Entries that these accounts sent for a visit they had left, by account: undecided, or set
    aside with a reason.

    They are kept beside the record: in it only what a supervisor adopts.
    """
    query = select(QuarantinedEvent).where(
        QuarantinedEvent.visit_id == visit_id,
        QuarantinedEvent.account_id.in_(account_ids),
        QuarantinedEvent.reason == "not_assigned",
        or_(QuarantinedEvent.decision.is_(None), QuarantinedEvent.decision == "set_aside"),
    )
    ordered = query.order_by(QuarantinedEvent.device_id, QuarantinedEvent.seq)
    rows = session.scalars(ordered).all()
    found: dict[UUID, list[Waiting]] = {}
    for row, view in zip(rows, _shown(session, rows), strict=True):
        found.setdefault(row.account_id, []).append(view)
    return found


def adopt(event_ids: list[UUID], note: str, actor: Actor) -> tuple[int, int]:
    """Adopt events, each in its own transaction, in the order their phones made them.

    Returns (adopted, not adoptable). Raises NotFound for an event that is not the actor's to
    decide about, and OwnVisit when one is the actor's own or of a visit in which they took part;
    then none is adopted.
    """
    done = failed = 0
    for event_id in _in_order(event_ids, actor):
        try:
            _adopt_one(event_id, note, actor)
            done += 1
        except (CannotAdopt, AlreadyDecided):
            failed += 1
    return done, failed


def _in_order(event_ids: list[UUID], actor: Actor) -> list[UUID]:
    with unit_of_work() as session:
        rows = session.scalars(
            select(QuarantinedEvent)
            .where(QuarantinedEvent.id.in_(event_ids), _decidable(session, actor))
            .order_by(QuarantinedEvent.device_id, QuarantinedEvent.seq)
        ).all()
        _refuse_own(session, rows, actor)
        found = [row.id for row in rows]
    if len(found) != len(set(event_ids)):
        raise NotFound
    return found


def _adopt_one(event_id: UUID, note: str, actor: Actor) -> None:
    """Raises CannotAdopt when the visit cannot take the event now, or not from this actor."""
    now = clock.now()
    with unit_of_work() as session:
        row = _undecided(session, event_id, actor)
        _refuse_unfit(session, row, actor)
        incoming = heads.as_incoming(row)
        _move_head(session, row, now)
        intake = visits.lock(session, [row.visit_id], row.account_id).get(row.visit_id)
        if intake is None:
            raise CannotAdopt
        intake.officer = intake.officer or _officer(session, row.account_id)
        if intake.offer(incoming) is not None:
            raise CannotAdopt
        intake.adopted.add(row.id)
        visits.keep(session, [intake], row.account_id, now)
        evidence.register_expected(session, row.account_id, [intake], [])
        if intake.sealed_now and not intake.whole:
            evidence.complete_if_whole(session, row.visit_id)
        _decide(session, row, "adopted", note, actor, now)


def _refuse_unfit(session: Session, row: QuarantinedEvent, actor: Actor) -> None:
    """Raise CannotAdopt for a visit of other departments, which one's own officer wrote to."""
    supervised = visits.ids_in_scope(accounts.permitted(session, actor, "review.decide"))
    if session.scalar(supervised.where(visits.Visit.id == row.visit_id)) is None:
        raise CannotAdopt


def _refuse_own(session: Session, rows: Iterable[QuarantinedEvent], actor: Actor) -> None:
    """Raise OwnVisit for an entry that the actor sent, or of a visit they ever took part in."""
    kept = list(rows)
    known = visits.by_ids(session, {row.visit_id for row in kept})
    own = any(row.account_id == actor.account_id for row in kept)
    if own or any(took_part(session, visit, actor.account_id) for visit in known.values()):
        raise OwnVisit


def _undecided(session: Session, event_id: UUID, actor: Actor) -> QuarantinedEvent:
    row = session.scalar(
        select(QuarantinedEvent)
        .where(QuarantinedEvent.id == event_id, _decidable(session, actor))
        .with_for_update()
    )
    if row is None:
        raise NotFound
    if row.decision is not None:
        raise AlreadyDecided
    return row


def _officer(session: Session, account_id: UUID) -> str:
    """The officer whose work it is; a stranger's account stands for itself."""
    officer = registry.officer_of_account(session, account_id)
    return str(officer.id if officer else account_id)


def _move_head(session: Session, row: QuarantinedEvent, now: datetime) -> None:
    """An adopted event the chain had not reached becomes the head, so that later ones follow."""
    if row.reason not in CHAIN_REASONS:
        return
    seq, head_hash, held = heads.lock_head(session, row.device_id, now)
    if row.seq > seq:
        seq, head_hash = row.seq, row.hash
    heads.move_head(session, row.device_id, seq, head_hash, max(0, held - 1), now)


def _decide(
    session: Session,
    row: QuarantinedEvent,
    decision: Literal["adopted", "set_aside"],
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the decision beside the entry, and in the ledger with its reason."""
    row.decision, row.note = decision, note
    row.decided_by, row.decided_at = actor.account_id, now
    ledger.append(
        session,
        f"entry.{decision}",
        actor=accounts.role_token(session, SUPERVISOR, actor.department_id),
        subject=str(row.visit_id),
        body={
            "event": str(row.id),
            "event_hash": row.hash,
            "kept_because": row.reason,
            "reason": note,
            "by": str(actor.account_id),
        },
    )


def set_aside(event_ids: list[UUID], note: str, actor: Actor) -> int:
    """Take events off the list, kept as they are; returns how many. Raises NotFound, and OwnVisit
    as :func:`adopt` does."""
    now = clock.now()
    with unit_of_work() as session:
        for event_id in event_ids:
            row = _undecided(session, event_id, actor)
            _refuse_own(session, [row], actor)
            if row.reason in CHAIN_REASONS:
                session.execute(
                    update(SyncHead)
                    .where(SyncHead.device_id == row.device_id, SyncHead.held > 0)
                    .values(held=SyncHead.held - 1)
                )
            _decide(session, row, "set_aside", note, actor, now)
    return len(event_ids)
