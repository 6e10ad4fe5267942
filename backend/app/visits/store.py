"""Rows of visits during a push: lock, load, insert, update; few statements, no ORM objects.

Only called inside the caller's transaction. Decides nothing: see ``intake``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, Update, bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from ..platform.database import upsert
from ..platform.errors import NotFound
from .intake import Intake, as_folded
from .models import Visit, VisitEvent, VisitFold, VisitOfficer, VisitPackage
from .shapes import Event, Package
from .snapshot import VERSION, Folding

_visit: Table = Visit.__table__  # type: ignore[assignment]
_event: Table = VisitEvent.__table__  # type: ignore[assignment]
_fold: Table = VisitFold.__table__  # type: ignore[assignment]

_LOCK = (
    select(
        Visit.id,
        Visit.state,
        Visit.revision,
        Visit.event_count,
        VisitOfficer.officer_id,
        VisitPackage.body.label("package"),
        VisitFold.revision.label("folded_to"),
        VisitFold.body.label("folded"),
    )
    .join(VisitPackage, VisitPackage.visit_id == Visit.id)
    .outerjoin(
        VisitOfficer,
        (VisitOfficer.visit_id == Visit.id) & (VisitOfficer.account_id == bindparam("account")),
    )
    .outerjoin(VisitFold, (VisitFold.visit_id == Visit.id) & (VisitFold.reducer == VERSION))
    .where(Visit.id.in_(bindparam("visits", expanding=True)))
    .order_by(Visit.id)
    .with_for_update(of=Visit, key_share=True)
)
_LATER = (
    select(VisitEvent.sent, VisitEvent.officer, VisitEvent.revision)
    .where(
        VisitEvent.visit_id == bindparam("visit"),
        VisitEvent.revision > bindparam("after"),
    )
    .order_by(VisitEvent.revision, VisitEvent.device_id, VisitEvent.seq)
)
_ALWAYS = (
    "state",
    "revision",
    "event_count",
    "points_total",
    "points_answered",
    "points_failed",
    "points_disputed",
    "evidence_total",
    "missing_count",
    "result_code",
    "follow_up",
    "digest",
    "round",
    "changed_at",
)
_WITH_SEAL = (*_ALWAYS, "sealed_at", "sealed_by", "completed_at")


def _update(columns: Sequence[str]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in columns}
    return update(_visit).where(_visit.c.id == bindparam("which")).values(values)


_UPDATE = {False: _update(_ALWAYS), True: _update(_WITH_SEAL)}

# One parameter for all rows: the server unpacks it. A third of the time of thirty parameter sets.
_INSERT_POSTGRESQL = text(
    """
    INSERT INTO visit_event
        (id, visit_id, device_id, account_id, officer, seq, revision, kind, sent, hash,
         received_at, clock_ahead_ms, adopted)
    SELECT id, visit_id, device_id, account_id, officer, seq, revision, kind, sent, hash,
           received_at, clock_ahead_ms, adopted
    FROM json_to_recordset(CAST(:rows AS json)) AS row
        (id uuid, visit_id uuid, device_id uuid, account_id uuid, officer text, seq bigint,
         revision integer, kind text, sent text, hash text, received_at timestamptz,
         clock_ahead_ms bigint, adopted boolean)
    """
)


def lock(
    session: Session, visit_ids: Iterable[UUID], account_id: UUID | None, largest_evidence: int
) -> dict[UUID, Intake]:
    """Lock visits in the order of their ids and make them ready to take events.

    ``account_id`` is whose events they are. Ids of no visit are absent from the result.
    """
    parameters = {"visits": sorted(visit_ids), "account": account_id}
    rows = session.connection().execute(_LOCK, parameters).all()
    return {row.id: _intake(session, row, largest_evidence) for row in rows}


def _intake(session: Session, row: Any, largest_evidence: int) -> Intake:
    package = orjson.loads(row.package)
    folding = Folding(package, orjson.loads(row.folded) if row.folded else None)
    tail: Sequence[Event] = ()
    if row.revision > (row.folded_to or 0):
        tail = events_after(session, row.id, row.folded_to or 0)
        folding.feed(tail)
    return Intake(
        visit_id=row.id,
        state=row.state,
        revision=row.revision,
        event_count=row.event_count,
        officer=str(row.officer_id) if row.officer_id else "",
        package=package,
        folding=folding,
        tail=len(tail),
        largest_evidence=largest_evidence,
    )


def events_after(session: Session, visit_id: UUID, revision: int) -> list[Event]:
    """Applied events of a visit with a higher revision, as the reducer reads them, in order."""
    rows = session.execute(_LATER, {"visit": visit_id, "after": revision})
    return [as_folded(orjson.loads(sent), officer, number) for sent, officer, number in rows]


def package(session: Session, visit_id: UUID) -> Package:
    """The package as pinned; raises NotFound."""
    body = session.scalar(select(VisitPackage.body).where(VisitPackage.visit_id == visit_id))
    if body is None:
        raise NotFound
    pinned: Package = orjson.loads(body)
    return pinned


def saved_fold(session: Session, visit_id: UUID) -> tuple[int, dict[str, Any] | None]:
    """Return the revision of the snapshot and the accumulator it holds; (0, None) without one that
    this version of the reducer made."""
    query = select(VisitFold.revision, VisitFold.body)
    made_by_us = (VisitFold.visit_id == visit_id, VisitFold.reducer == VERSION)
    found = session.execute(query.where(*made_by_us)).one_or_none()
    return (found.revision, orjson.loads(found.body)) if found else (0, None)


def event_rows(intake: Intake, account_id: UUID | None, now: datetime) -> list[dict[str, Any]]:
    """What an intake accepted, as rows to insert."""
    return [
        {
            "id": incoming.id,
            "visit_id": intake.visit_id,
            "device_id": incoming.device,
            "account_id": account_id,
            "officer": intake.officer,
            "seq": incoming.seq,
            "revision": intake.next_revision,
            "kind": incoming.kind,
            "sent": incoming.sent,
            "hash": incoming.hash,
            "received_at": incoming.received_at or now,
            "clock_ahead_ms": incoming.clock_ahead_ms,
            "adopted": incoming.id in intake.adopted,
        }
        for incoming in intake.accepted
    ]


def insert_events(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert events; raises IntegrityError when an id or (device, seq) is there already."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_INSERT_POSTGRESQL, {"rows": orjson.dumps(rows).decode()})
    else:
        connection.execute(insert(_event), rows)


def write(session: Session, intake: Intake, now: datetime) -> dict[str, Any]:
    """Write a visit's new projection, and a snapshot when one pays. Gives the projection."""
    values = intake.projection(now)
    parameters = {f"to_{name}": value for name, value in values.items()}
    statement = _UPDATE[intake.sealed_now]
    session.connection().execute(statement, {"which": intake.visit_id, **parameters})
    if intake.needs_snapshot():
        save_fold(session, intake.visit_id, intake.next_revision, intake.folding)
    return values


def save_fold(session: Session, visit_id: UUID, revision: int, folding: Folding) -> None:
    """Keep the accumulator as it is after ``revision``."""
    body = orjson.dumps(folding.saved()).decode()
    connection = session.connection()
    values = {"revision": revision, "reducer": VERSION, "body": body}
    statement = upsert(connection, _fold).values(visit_id=visit_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["visit_id"], set_=values))
