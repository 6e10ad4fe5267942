"""Extensions of a draw as they were recorded: their rows, entries and reasons.

Reads only; ``drawing.extending`` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import clock
from ...models import Draw, DrawExtension

EXTENSIONS = "extensions.json"


@dataclass(frozen=True, slots=True)
class PublicExtension:
    """An extension as the public sees it."""

    number: int
    on: date
    rows: int
    reason: str


def extensions_of(session: Session, draw: Draw) -> Sequence[DrawExtension]:
    """Return the extensions so far, the first first."""
    query = select(DrawExtension).where(DrawExtension.draw_id == draw.id)
    return session.scalars(query.order_by(DrawExtension.number)).all()


def published_extensions(session: Session, draw: Draw) -> list[PublicExtension]:
    """Return the extensions for people to read, the first first."""
    return [
        PublicExtension(row.number, clock.local(row.extended_at).date(), row.rows, row.reason)
        for row in extensions_of(session, draw)
    ]


def extension_entry(row: DrawExtension) -> dict[str, Any]:
    """Return the extension's entry of extensions.json."""
    return drawkit.parse_canonical(row.entry.encode(), EXTENSIONS)


def extension_body(row: DrawExtension) -> dict[str, Any]:
    """Return what the ledger says of an extension."""
    sha256 = drawkit.digest(row.entry.encode())
    return {"sha256": sha256, "extension": row.number, "rows": row.rows, "reason": row.reason}
