"""Extensions as they are published: extensions.json, their proofs, and where they stand among
the batches of replacements.

Reads only; ``extending`` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...ledger import service as ledger
from ...platform import clock, storage
from ..models import Draw, DrawExtension
from . import recording

EXTENSIONS = "extensions.json"
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublicExtension:
    """An extension as the public sees it."""

    number: int
    on: date
    rows: int
    reason: str


def rows(session: Session, draw: Draw) -> Sequence[DrawExtension]:
    """The extensions so far, the first first."""
    query = select(DrawExtension).where(DrawExtension.draw_id == draw.id)
    return session.scalars(query.order_by(DrawExtension.number)).all()


def published(session: Session, draw: Draw) -> list[PublicExtension]:
    """The extensions for people to read."""
    return [
        PublicExtension(row.number, clock.local(row.extended_at).date(), row.rows, row.reason)
        for row in rows(session, draw)
    ]


def entry_of(row: DrawExtension) -> Entry:
    """The entry of extensions.json."""
    return drawkit.parse_canonical(row.entry.encode(), EXTENSIONS)


def body(row: DrawExtension) -> dict[str, Any]:
    """What the ledger says of an extension."""
    sha256 = drawkit.digest(row.entry.encode())
    return {"sha256": sha256, "extension": row.number, "rows": row.rows, "reason": row.reason}


def files(session: Session, draw: Draw) -> dict[str, bytes]:
    """extensions.json under its name; nothing while there is none."""
    found = rows(session, draw)
    if not found:
        return {}
    entries = [entry_of(row) for row in found]
    record = {"v": recording.frozen(draw)["v"], "draw": draw.number, "extensions": entries}
    return {EXTENSIONS: drawkit.canonical(record)}


def proofs(session: Session, draw: Draw) -> dict[str, bytes] | None:
    """Ledger proofs of all extensions, each kept as it was first made; None while one is
    missing."""
    kept: dict[str, bytes] = {}
    for row in rows(session, draw):
        name = f"extension-{row.number}.tlog-proof"
        key = f"draws/proofs/{draw.number}/{name}"
        if not storage.exists(key):
            proof = ledger.proof_of_body(session, "draw.extended", draw.number or "", body(row))
            if proof is None:
                return None
            storage.put_new(key, proof)
        kept[f"proofs/{name}"] = storage.get_bytes(key)
    return kept


def replay(
    order: drawkit.Order,
    roster: drawkit.Roster,
    batches: Sequence[Entry],
    added: Sequence[Entry],
    run: Callable[[drawkit.Roster, Entry], None],
) -> None:
    """Run every batch of replacements by ``run``, and every extension at its place among them."""
    waiting = list(added)
    for place in range(len(batches) + 1):
        while waiting and waiting[0]["after"] == place:
            entry = waiting.pop(0)
            more = [(one["stratum"], one["n"]) for one in entry["more"]]
            drawkit.run_extension(order, roster, more, entry["reason"])
        if place < len(batches):
            run(roster, batches[place])
