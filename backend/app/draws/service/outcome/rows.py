"""The drawn rows of a draw, and the proof of one of them that a phone checks offline. Reads
only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ....platform import clock
from ...models import Draw, DrawRow, DrawSeat
from .. import holding
from ..ground.records import DrawRecord


def rows_of(session: Session, draw: DrawRecord) -> Sequence[DrawRow]:
    """Return the drawn rows in draw order."""
    query = select(DrawRow).where(DrawRow.draw_id == draw.id)
    return session.scalars(query.order_by(DrawRow.lot_number)).all()


def rows_among(session: Session, draw_id: UUID, rows: Iterable[int]) -> dict[int, DrawRow]:
    """Return the drawn rows with these numbers in the pool, by number."""
    query = select(DrawRow).where(DrawRow.draw_id == draw_id, DrawRow.row.in_(list(rows)))
    return {row.row: row for row in session.scalars(query)}


def largest_lots(session: Session, draw: Draw, extension: int = 0) -> dict[str, str]:
    """Return the largest winning lot (hex) of each stratum, after the draw or an extension of
    it."""
    query = select(DrawRow.stratum, func.max(DrawRow.lot)).where(
        DrawRow.draw_id == draw.id, DrawRow.extension <= extension
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(DrawRow.stratum))}


def row_proof(
    draw: Draw, row: DrawRow, seats: Sequence[DrawSeat], largest: dict[str, str]
) -> dict[str, Any]:
    """Return what a phone needs to check offline that this row was drawn and these officers
    assigned."""
    freeze = json.loads(draw.freeze_json or "{}")
    stratum = next(part for part in freeze["strata"] if part["code"] == row.stratum)
    return {
        "id": str(draw.id),
        "number": draw.number,
        "name": draw.name,
        "freeze_sha256": draw.freeze_sha256,
        "pool_root": freeze["pool_root"],
        "pool_rows": freeze["pool_rows"],
        "row": row.row,
        "line": f"{row.stratum}\t{row.object}",
        **({"salt": holding.salt_of(draw, row)} if draw.sealed else {}),
        "path": list(row.path),
        "seed": draw.seed,
        "lot": row.lot,
        "stratum": {**stratum, "largest_lot": largest[row.stratum]},
        "seats": [
            {"no": seat.position, "officer": str(seat.officer_id) if seat.officer_id else None}
            for seat in seats
        ],
        "drawn_on": clock.local(draw.drawn_at).date().isoformat() if draw.drawn_at else None,
    }
