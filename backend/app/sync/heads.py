"""Rows of devices' heads and of quarantine, read and written inside a push.

Only called in the caller's transaction; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.database import upsert
from ..visits.service import FIRST_PREV, Incoming
from .models import QuarantinedEvent, SyncHead

_head: Table = SyncHead.__table__  # type: ignore[assignment]
_LOCK = (
    select(SyncHead.seq, SyncHead.hash, SyncHead.held)
    .where(SyncHead.device_id == bindparam("device"))
    .with_for_update()
)
_MOVE = (
    update(_head)
    .where(_head.c.device_id == bindparam("which"))
    .values(
        seq=bindparam("to_seq"),
        hash=bindparam("to_hash"),
        held=bindparam("to_held"),
        changed_at=bindparam("moment"),
    )
)


def lock_head(session: Session, device_id: UUID, now: datetime) -> tuple[int, str, int]:
    """(seq, hash, held) of the device, its row locked; made when the device is new."""
    connection = session.connection()
    row = connection.execute(_LOCK, {"device": device_id}).one_or_none()
    if row is None:
        _make(session, device_id, now)
        row = connection.execute(_LOCK, {"device": device_id}).one()
    return row.seq, row.hash, row.held


def _make(session: Session, device_id: UUID, now: datetime) -> None:
    connection = session.connection()
    values = {"device_id": device_id, "seq": 0, "hash": FIRST_PREV, "held": 0, "changed_at": now}
    connection.execute(upsert(connection, _head).values(**values).on_conflict_do_nothing())


def move_head(
    session: Session, device_id: UUID, seq: int, event_hash: str, held: int, now: datetime
) -> None:
    """Write the head as it is after a push."""
    parameters = {
        "which": device_id,
        "to_seq": seq,
        "to_hash": event_hash,
        "to_held": held,
        "moment": now,
    }
    session.connection().execute(_MOVE, parameters)


def known_quarantined(session: Session, event_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Quarantined events among these ids: rows (id, hash, receipt_reason, received_at)."""
    columns = (
        QuarantinedEvent.id,
        QuarantinedEvent.hash,
        QuarantinedEvent.receipt_reason,
        QuarantinedEvent.received_at,
    )
    rows = session.execute(select(*columns).where(QuarantinedEvent.id.in_(event_ids)))
    return {row.id: row for row in rows}


def quarantine(
    session: Session,
    refused: Iterable[tuple[Incoming, str]],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep events with the reasons why they were not applied."""
    rows = [
        {
            "id": incoming.id,
            "device_id": incoming.device,
            "account_id": actor.account_id,
            "department_id": actor.department_id,
            "visit_id": incoming.visit,
            "seq": incoming.seq,
            "prev": incoming.prev,
            "kind": incoming.kind,
            "sent": incoming.sent,
            "hash": incoming.hash,
            "receipt_reason": reason,
            "reason": reason,
            "received_at": now,
            "clock_ahead_ms": incoming.clock_ahead_ms,
        }
        for incoming, reason in refused
    ]
    if rows:
        session.execute(insert(QuarantinedEvent), rows)


def next_held(session: Session, device_id: UUID, seq: int, prev: str) -> QuarantinedEvent | None:
    """The event that waits for the chain to reach it and comes right after (seq, hash)."""
    return session.scalar(
        select(QuarantinedEvent)
        .where(
            QuarantinedEvent.device_id == device_id,
            QuarantinedEvent.seq == seq + 1,
            QuarantinedEvent.prev == prev,
            QuarantinedEvent.reason == "gap",
            QuarantinedEvent.decision.is_(None),
        )
        .order_by(QuarantinedEvent.received_at)
        .limit(1)
    )


def as_incoming(row: QuarantinedEvent) -> Incoming:
    """A kept event as it came in."""
    return Incoming(
        id=row.id,
        device=row.device_id,
        seq=row.seq,
        prev=row.prev,
        visit=row.visit_id,
        kind=row.kind,
        event=orjson.loads(row.sent),
        sent=row.sent,
        hash=row.hash,
        clock_ahead_ms=row.clock_ahead_ms,
        received_at=row.received_at,
    )
