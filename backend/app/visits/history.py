"""What reviewing and the public pages read of visits: hand-ins, their clock, events with receipts.

Reads only. Nothing here locks, and nothing here decides who may look: callers pass a scope.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from .intake import HANDED_IN
from .models import Visit, VisitEvent, VisitItem
from .moments import Claim, claim
from .reassigning import REASSIGNABLE

UNPUBLISHED = HANDED_IN | {"confirmed", "sent_back"}
"""States of a visit that was handed in once and is not public yet: the clock runs."""
PUBLIC = "disclosed"
"""The state of a visit whose result is public."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An applied event; ``time`` is when it was made, as its phone claims, with what bounds it.

    ``claims`` holds the other moments its body claims, by their names there.
    """

    id: str
    kind: str
    officer: str
    time: Claim
    revision: int
    body: Mapping[str, Any]
    claims: Mapping[str, Claim]


def waiting(session: Session, scope: frozenset[UUID] | None) -> Sequence[Visit]:
    """Visits whose record waits for a supervisor, led by these departments or with items of
    theirs; ``None`` is all."""
    query = select(Visit).where(Visit.state.in_(HANDED_IN))
    if scope is not None:
        part = select(VisitItem.visit_id).where(VisitItem.department_id.in_(scope))
        query = query.where(or_(Visit.department_id.in_(scope), Visit.id.in_(part)))
    return session.scalars(query.order_by(Visit.sealed_at, Visit.id)).all()


def clock_runs(visit: Visit) -> bool:
    """Whether the visit was handed in once and its result is not public yet."""
    return visit.state in UNPUBLISHED or (visit.state == "under_way" and visit.round > 0)


def unpublished(
    session: Session,
    *,
    enterprise_code: str | None = None,
    scope: frozenset[UUID] | None = None,
) -> Sequence[Visit]:
    """Visits whose disclosure clock runs, of one enterprise or of these departments."""
    again = and_(Visit.state == "under_way", Visit.round > 0)
    query = select(Visit).where(or_(Visit.state.in_(UNPUBLISHED), again))
    if enterprise_code is not None:
        query = query.where(Visit.enterprise_code == enterprise_code)
    if scope is not None:
        query = query.where(Visit.department_id.in_(scope))
    return session.scalars(query.order_by(Visit.id)).all()


def of_draw(session: Session, draw_id: UUID) -> Sequence[Visit]:
    """The visits a draw caused, in the order of their lots."""
    query = select(Visit).where(Visit.draw_id == draw_id)
    return session.scalars(query.order_by(Visit.lot_number)).all()


def count_disclosed(session: Session, draw_ids: Collection[UUID]) -> Counter[UUID]:
    """How many visits of each of these draws have a public result."""
    query = select(Visit.draw_id, func.count()).where(
        Visit.draw_id.in_(draw_ids), Visit.state == PUBLIC
    )
    return Counter(
        {draw_id: count for draw_id, count in session.execute(query.group_by(Visit.draw_id))}
    )


def rows_disclosed(session: Session, draw_id: UUID) -> set[int]:
    """Rows of a draw whose visit has a public result."""
    query = select(Visit.pool_row).where(Visit.draw_id == draw_id, Visit.state == PUBLIC)
    return set(session.scalars(query))


def enterprises_under_way(session: Session, but_of: Collection[UUID] = ()) -> set[UUID]:
    """Enterprises with a visit that was not handed in yet, or was sent back; visits of the draws
    ``but_of`` left aside."""
    query = select(Visit.enterprise_id).where(
        Visit.state.in_(REASSIGNABLE), Visit.draw_id.not_in(but_of)
    )
    return set(session.scalars(query.distinct()))


def enterprises_visited_since(session: Session, moment: datetime) -> set[UUID]:
    """Enterprises whose visit was handed in at ``moment`` or later."""
    query = select(Visit.enterprise_id).where(Visit.sealed_at >= moment)
    return set(session.scalars(query.distinct()))


def first_hand_ins(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, Claim]:
    """Return when each visit was handed in for the first time; those never handed in are absent.

    The disclosure clock runs from here: sending a record back does not give it more days.
    """
    found: dict[UUID, Claim] = {}
    for start in range(0, len(visit_ids), 500):
        rows = session.execute(
            select(
                VisitEvent.visit_id,
                VisitEvent.sent,
                Visit.created_at,
                VisitEvent.received_at,
                VisitEvent.clock_ahead_ms,
            )
            .join(Visit, Visit.id == VisitEvent.visit_id)
            .where(
                VisitEvent.visit_id.in_(visit_ids[start : start + 500]),
                VisitEvent.kind == "record.sealed",
            )
            .order_by(VisitEvent.revision, VisitEvent.seq)
        )
        for visit_id, sent, made_at, received_at, ahead_ms in rows:
            if visit_id not in found:
                at = orjson.loads(sent)["at"]
                found[visit_id] = claim(at, made_at, received_at, ahead_ms)
    return found


def packages_made_at(session: Session, visit_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when the package of each visit was made: nothing in the visit is older."""
    query = select(Visit.id, Visit.created_at).where(Visit.id.in_(visit_ids))
    return {row.id: row.created_at for row in session.execute(query)}


def history(session: Session, visit_id: UUID) -> list[StoredEvent]:
    """Return all applied events of a visit in the order in which the server took them."""
    rows = session.execute(
        select(VisitEvent, Visit.created_at)
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.visit_id == visit_id)
        .order_by(VisitEvent.revision, VisitEvent.device_id, VisitEvent.seq)
    )
    return [_stored(row.VisitEvent, row.created_at) for row in rows]


@dataclass(frozen=True, slots=True)
class Sent:
    """An applied event with the visit and the account it came from."""

    visit_id: UUID
    account_id: UUID
    officer: str
    body: Mapping[str, Any]


def stored_event(session: Session, event_id: UUID) -> Sent | None:
    """An applied event of a phone, or None."""
    row = session.get(VisitEvent, event_id)
    if row is None or row.account_id is None:
        return None
    return Sent(row.visit_id, row.account_id, row.officer, orjson.loads(row.sent)["body"])


_CLAIMED_IN_BODIES = ("captured_at",)


def _stored(row: VisitEvent, not_before: datetime) -> StoredEvent:
    event = orjson.loads(row.sent)
    body, bounds = event["body"], (not_before, row.received_at, row.clock_ahead_ms)
    return StoredEvent(
        id=str(row.id),
        kind=row.kind,
        officer=row.officer,
        time=claim(event["at"], *bounds),
        revision=row.revision,
        body=body,
        claims={name: claim(body[name], *bounds) for name in _CLAIMED_IN_BODIES if body.get(name)},
    )
