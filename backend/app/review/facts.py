"""A visit as reviewing needs it: joined with its officers' names and its disclosure clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..disclosure import service as disclosure
from ..registry import service as registry
from ..visits import service as visits


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What lists, decisions and publications take from a visit.

    ``handed_in_at`` is the server's receipt of the newest hand-in. ``hand_in`` is when the first
    one was made, as the phone claims, and ``end`` the day from which the disclosure clock therefore
    runs. All three are empty before the first hand-in.
    """

    id: UUID
    state: str
    draw_id: UUID
    draw_number: str
    department_id: UUID
    department_name: str
    enterprise_code: str
    enterprise_name: str
    lot_number: int
    pool_row: int
    points_failed: int
    result_code: str | None
    record_sha256: str | None
    handed_in_at: datetime | None
    hand_in: visits.Claim | None
    end: disclosure.VisitEnd | None
    officers: Sequence[str]


def facts_of(session: Session, rows: Sequence[visits.Visit]) -> list[VisitFacts]:
    """Return the facts of several visits with a fixed number of queries."""
    ids = [row.id for row in rows]
    hand_ins = visits.first_hand_ins(session, ids)
    seats = visits.officers_of(session, ids)
    wanted = {seat.officer_id for team in seats.values() for seat in team}
    names = {o.id: o.name for o in registry.officers_by_ids(session, sorted(wanted))}
    departments = {
        one: accounts.department(session, one).name for one in {row.department_id for row in rows}
    }
    return [
        VisitFacts(
            id=row.id,
            state=row.state,
            draw_id=row.draw_id,
            draw_number=row.draw_number,
            department_id=row.department_id,
            department_name=departments[row.department_id],
            enterprise_code=row.enterprise_code,
            enterprise_name=row.enterprise_name,
            lot_number=row.lot_number,
            pool_row=row.pool_row,
            points_failed=row.points_failed,
            result_code=row.result_code,
            record_sha256=row.digest,
            handed_in_at=row.sealed_at,
            hand_in=hand_ins.get(row.id),
            end=disclosure.end_of_visit(hand_ins[row.id]) if row.id in hand_ins else None,
            officers=[names[seat.officer_id] for seat in seats[row.id]],
        )
        for row in rows
    ]
