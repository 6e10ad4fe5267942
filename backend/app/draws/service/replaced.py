"""Batches of replacements as they are published: replacements.json, its proofs, its numbers.

Reads only; ``replacing`` draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...ledger import service as ledger
from ...platform import clock, storage
from ..models import Draw, DrawReplacement
from . import recording

REPLACEMENTS = "replacements.json"


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


def batches(session: Session, draw: Draw) -> Sequence[DrawReplacement]:
    """The batches drawn so far, the first first."""
    query = select(DrawReplacement).where(DrawReplacement.draw_id == draw.id)
    return session.scalars(query.order_by(DrawReplacement.batch)).all()


def published_batches(session: Session, draw: Draw) -> list[PublicBatch]:
    """The batches in numbers."""
    return [_in_numbers(row) for row in batches(session, draw)]


def _in_numbers(row: DrawReplacement) -> PublicBatch:
    seats = entry_of(row)["vacated"]
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


def entry_of(row: DrawReplacement) -> dict[str, Any]:
    """The entry of replacements.json."""
    return drawkit.parse_canonical(row.entry.encode(), REPLACEMENTS)


def files(session: Session, draw: Draw) -> dict[str, bytes]:
    """replacements.json under its name; nothing while nobody was replaced."""
    rows = batches(session, draw)
    if not rows:
        return {}
    version = recording.frozen(draw)["v"]
    entries = [entry_of(row) for row in rows]
    record = {"v": version, "draw": draw.number, "batches": entries}
    return {REPLACEMENTS: drawkit.canonical(record)}


def proofs(session: Session, draw: Draw) -> dict[str, bytes] | None:
    """Ledger proofs of all batches, each kept as it was first made; None while one is missing."""
    kept: dict[str, bytes] = {}
    for row in batches(session, draw):
        name = f"replacement-{row.batch}.tlog-proof"
        key = f"draws/proofs/{draw.number}/{name}"
        if not storage.exists(key):
            proof = _proof(session, draw, row)
            if proof is None:
                return None
            storage.put_new(key, proof)
        kept[f"proofs/{name}"] = storage.get_bytes(key)
    return kept


def _proof(session: Session, draw: Draw, row: DrawReplacement) -> bytes | None:
    sha256 = drawkit.digest(row.entry.encode())
    body = {"sha256": sha256, "batch": row.batch}
    return ledger.proof_of_body(session, "draw.replacement", draw.number or "", body)
