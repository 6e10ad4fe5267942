"""Other officers for an open visit: the server's event ``visit.reassigned`` and a new package.

Called in the transaction of the batch that drew them. Who left and who came is decided there;
here it is written: seats, the package with the officers of now and those of before, the event
that tells the phones. Nothing that was recorded changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform import canonical, clock
from ..registry import service as registry
from . import store
from .incoming import WORK
from .models import (
    Visit,
    VisitEvent,
    VisitFormerOfficer,
    VisitOfficer,
    VisitPackage,
)
from .server_events import server_row
from .shapes import Package

REASSIGNED = "visit.reassigned"
DECLINED = "recusal.declined"
HANDED_IN_BEFORE = "handed_in"
"""The reason of a decline when the record was handed in before the seat could be drawn."""
REASSIGNABLE = frozenset({"assigned", "under_way", "sent_back"})
"""States in which officers may still change: nothing is handed in."""


def may_change_hands(visit: Visit | None) -> bool:
    """Whether the team of a drawn row may still change: it was not sent to anybody yet (None), or
    its record is not handed in."""
    return visit is None or visit.state in REASSIGNABLE


@dataclass(frozen=True, slots=True)
class Move:
    """One seat of the visit: who left it and who takes it, and the public cause."""

    seat: int
    left: UUID | None
    came: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Former:
    """An officer who left a visit; ``entries`` counts what stands in the record of theirs."""

    officer_id: UUID
    name: str
    account_id: UUID | None
    reason: str
    left_at: datetime
    batch: int
    entries: int


def reassign(session: Session, visit_id: UUID, moves: Sequence[Move], batch: int) -> None:
    """Give seats of a visit to other officers; the caller holds its lock and knows its state."""
    _move_officers(session, visit_id, moves, batch, clock.now())
    package = _new_package(session, visit_id, moves)
    visit = session.get_one(Visit, visit_id)
    visit.package_sha256 = canonical.digest(package)
    body = {"batch": batch, "moves": [_told(move) for move in moves]}
    revision = _raise(session, visit, REASSIGNED, body, None)
    session.execute(
        update(VisitPackage)
        .where(VisitPackage.visit_id == visit_id)
        .values(body=canonical.dumps(package).decode(), revision=revision)
    )


def decline_recusal(session: Session, visit_id: UUID, officer_id: UUID, words: str) -> None:
    """Tell the officer's phone that they stay: the office has taken the request back, or
    (``HANDED_IN_BEFORE``) it came too late. The event is told to that officer's account only."""
    visit = session.scalar(
        select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)
    )
    account = session.scalar(
        select(VisitOfficer.account_id).where(
            VisitOfficer.visit_id == visit_id, VisitOfficer.officer_id == officer_id
        )
    )
    if visit is not None and account is not None:
        body = {"officer": str(officer_id), "reason": words}
        _raise(session, visit, DECLINED, body, account)


def _raise(
    session: Session, visit: Visit, kind: str, body: dict[str, Any], account_id: UUID | None
) -> int:
    """Write an event of the server, which raises the locked visit's revision; gives it."""
    now = clock.now()
    visit.revision, visit.event_count = visit.revision + 1, visit.event_count + 1
    visit.changed_at = now
    session.flush()
    row = server_row(visit.id, visit.revision, kind, body, now, account_id)
    store.insert_events(session, [row])
    return visit.revision


def _told(move: Move) -> dict[str, Any]:
    return {
        "seat": move.seat,
        "left": str(move.left) if move.left else None,
        "came": str(move.came) if move.came else None,
        "reason": move.reason,
    }


def _move_officers(
    session: Session, visit_id: UUID, moves: Sequence[Move], batch: int, now: datetime
) -> None:
    left = {move.left: move for move in moves if move.left is not None}
    here = VisitOfficer.visit_id == visit_id
    rows = session.scalars(select(VisitOfficer).where(here, VisitOfficer.officer_id.in_(left)))
    for row in rows.all():
        session.add(
            VisitFormerOfficer(
                visit_id=visit_id,
                officer_id=row.officer_id,
                batch=batch,
                account_id=row.account_id,
                seat=row.seat,
                reason=left[row.officer_id].reason,
                left_at=now,
            )
        )
    session.execute(delete(VisitOfficer).where(here, VisitOfficer.officer_id.in_(left)))
    came = {move.came: move for move in moves if move.came is not None}
    for officer in registry.officers_by_ids(session, sorted(came)):
        session.add(
            VisitOfficer(
                visit_id=visit_id,
                officer_id=officer.id,
                account_id=officer.account_id,
                department_id=officer.department_id,
                seat=came[officer.id].seat,
            )
        )
    session.flush()


def _new_package(session: Session, visit_id: UUID, moves: Sequence[Move]) -> Package:
    """The pinned package with the officers of now; only seats and officers differ."""
    package: Any = store.package(session, visit_id)
    by_id = {officer["id"]: officer for officer in package["officers"]}
    gone = [str(move.left) for move in moves if move.left is not None and str(move.left) in by_id]
    former = {officer["id"]: officer for officer in package.get("former", [])}
    former |= {officer_id: by_id[officer_id] for officer_id in gone}
    came = {move.came: move.seat for move in moves if move.came is not None}
    stays = [officer for key, officer in by_id.items() if key not in gone]
    fresh = _described(session, came)
    officers = sorted([*stays, *fresh], key=lambda officer: officer["seat"])
    now = {officer["id"] for officer in officers}
    seated = {officer["seat"]: officer["id"] for officer in officers}
    draw = package["draw"]
    seats = [{**seat, "officer": seated.get(seat["no"])} for seat in draw["seats"]]
    made: Package = package | {
        "officers": officers,
        "former": [officer for key, officer in former.items() if key not in now],
        "draw": {**draw, "seats": seats},
    }
    return made


def _described(session: Session, seats: Mapping[UUID, int]) -> list[dict[str, Any]]:
    names = {row.id: row.name for row in accounts.departments(session)}
    return [
        {
            "id": str(officer.id),
            "name": officer.name,
            "certificate": officer.certificate,
            "department": names.get(officer.department_id, ""),
            "seat": seats[officer.id],
            "account": str(officer.account_id or ""),
        }
        for officer in registry.officers_by_ids(session, sorted(seats))
    ]


def former_officers(session: Session, visit_id: UUID) -> list[Former]:
    """Who left a visit, the first first."""
    rows = session.scalars(
        select(VisitFormerOfficer)
        .where(VisitFormerOfficer.visit_id == visit_id)
        .order_by(VisitFormerOfficer.batch, VisitFormerOfficer.seat)
    ).all()
    ids = [row.officer_id for row in rows]
    names = {one.id: one.name for one in registry.officers_by_ids(session, ids)}
    written = dict(
        session.execute(
            select(VisitEvent.officer, func.count())
            .where(VisitEvent.visit_id == visit_id, VisitEvent.kind.in_(WORK))
            .group_by(VisitEvent.officer)
        ).all()
    )
    return [
        Former(
            officer_id=row.officer_id,
            name=names.get(row.officer_id, ""),
            account_id=row.account_id,
            reason=row.reason,
            left_at=row.left_at,
            batch=row.batch,
            entries=written.get(str(row.officer_id), 0),
        )
        for row in rows
    ]


def left_of_account(
    session: Session, account_id: UUID, visit_ids: Sequence[UUID]
) -> dict[UUID, VisitFormerOfficer]:
    """How an account's officer last left each of these visits; others are absent."""
    if not visit_ids:
        return {}
    rows = session.scalars(
        select(VisitFormerOfficer)
        .where(
            VisitFormerOfficer.account_id == account_id,
            VisitFormerOfficer.visit_id.in_(visit_ids),
        )
        .order_by(VisitFormerOfficer.batch)
    )
    return {row.visit_id: row for row in rows}


def open_seats(session: Session) -> list[tuple[UUID, UUID, UUID]]:
    """(draw, visit, officer) of every visit whose officers may still change."""
    query = (
        select(Visit.draw_id, Visit.id, VisitOfficer.officer_id)
        .join(VisitOfficer, VisitOfficer.visit_id == Visit.id)
        .where(Visit.state.in_(REASSIGNABLE))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def visit_of_row(session: Session, draw_id: UUID, pool_row: int) -> Visit | None:
    """The visit of a drawn row with its lock held, None before it is dispatched."""
    query = select(Visit).where(Visit.draw_id == draw_id, Visit.pool_row == pool_row)
    return session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
