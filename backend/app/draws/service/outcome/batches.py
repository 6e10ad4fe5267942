"""Batches of replacements of a draw as they were recorded: their rows, entries and numbers.

Reads only; ``drawing.redrawing`` draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import clock
from ....platform.access import Actor
from ....platform.pagination import Page, paginate
from ...models import Draw, DrawReplacement, DrawSeat
from ..ground import finding

REPLACEMENTS = "replacements.json"
BATCHES_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class PublicBatch:
    """A batch as the public sees it: counts and causes, nobody's name. ``held``: {seats, could,
    can} of one that a second person had to release, else empty."""

    batch: int
    drawn_on: date
    seats: int
    filled: int
    vacant: int
    causes: Mapping[str, int]
    held: Mapping[str, int]


def batches_of(session: Session, draw: Draw) -> Sequence[DrawReplacement]:
    """Return the batches drawn so far, the first first."""
    query = select(DrawReplacement).where(DrawReplacement.draw_id == draw.id)
    return session.scalars(query.order_by(DrawReplacement.batch)).all()


def published_batches(session: Session, draw: Draw) -> list[PublicBatch]:
    """Return the batches in numbers, the first first."""
    return [_in_numbers(row) for row in batches_of(session, draw)]


def _in_numbers(row: DrawReplacement) -> PublicBatch:
    seats = batch_entry(row)["vacated"]
    filled = sum(seat["officer"] is not None for seat in seats)
    return PublicBatch(
        batch=row.batch,
        drawn_on=clock.local(row.drawn_at).date(),
        seats=len(seats),
        filled=filled,
        vacant=len(seats) - filled,
        causes=dict(sorted(Counter(seat["reason"] for seat in seats).items())),
        held=row.held,
    )


def officers_ever_seated(session: Session, draw_id: UUID, row: int) -> set[UUID]:
    """Return the officers who hold a seat of a drawn row, or held one before a batch."""
    query = select(DrawSeat.seat_no, DrawSeat.officer_id)
    rows = session.execute(query.where(DrawSeat.draw_id == draw_id, DrawSeat.row == row))
    seats = {row.seat_no: row.officer_id for row in rows}
    found = {officer for officer in seats.values() if officer is not None}
    query_entries = select(DrawReplacement).where(DrawReplacement.draw_id == draw_id)
    for batch in session.scalars(query_entries):
        for vacated in batch_entry(batch)["vacated"]:
            if vacated["seat"] in seats:
                found |= {UUID(hex=vacated[who]) for who in ("left", "officer") if vacated[who]}
    return found


def batch_entry(row: DrawReplacement) -> dict[str, Any]:
    """Return the batch's entry of replacements.json."""
    return drawkit.parse_canonical(row.entry.encode(), REPLACEMENTS)


def batch_body(row: DrawReplacement) -> dict[str, Any]:
    """Return what the ledger says of a batch."""
    return {"sha256": drawkit.digest(row.entry.encode()), "batch": row.batch}


def replacement_batches(session: Session, actor: Actor, page: int) -> Page[DrawReplacement]:
    """Return the batches of the draws ``actor`` may see, the newest first."""
    query = select(DrawReplacement).where(DrawReplacement.draw_id.in_(finding.visible_ids(actor)))
    query = query.order_by(DrawReplacement.drawn_at.desc(), DrawReplacement.draw_id)
    return paginate(session, query, page, BATCHES_PER_PAGE)
