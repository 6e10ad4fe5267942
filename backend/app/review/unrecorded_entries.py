"""Entries that phones sent for a visit and that are not in its record. Reads only; ``sync`` decides
about them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ..sync import service as sync


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One entry kept apart: its kind, who sent it, why it is not in the record, and the reason
    given by whoever set it aside (else None)."""

    kind: str
    summary: str
    officer: str
    why: str
    received_at: datetime
    set_aside: str | None


def kept_entries(session: Session, visit_id: UUID, elsewhere: Set[UUID]) -> list[KeptEntry]:
    """Return the entries in quarantine and those that were set aside, in the order they came,
    without those that are shown ``elsewhere``."""
    return [
        KeptEntry(
            *sync.in_words(entry),
            officer=entry.officer,
            why=sync.why(entry),
            received_at=entry.received_at,
            set_aside=(entry.note or "") if entry.decision else None,
        )
        for entry in sync.kept_of(session, visit_id)
        if entry.id not in elsewhere
    ]
