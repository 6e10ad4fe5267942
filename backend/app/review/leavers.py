"""Officers who were replaced on a visit, and what their phones sent after they had left.

Reads only. The late work is kept as sent, beside the record; a supervisor may adopt entries of it
into the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ..draws.service import telling
from ..sync import service as sync
from ..visits import service as visits


@dataclass(frozen=True, slots=True)
class LateEntry:
    """One entry that came too late: its kind, its words, when it was made as the phone claims, and
    the reason given by whoever set it aside (else None)."""

    kind: str
    summary: str
    id: UUID
    time: visits.Claim
    set_aside: str | None


@dataclass(frozen=True, slots=True)
class Leaver:
    """An officer who left the visit: the public cause, how many of their entries stand in the
    record, and the entries that came late."""

    name: str
    cause: str
    left_at: datetime
    batch: int
    entries: int
    late: Sequence[LateEntry]

    @property
    def undecided(self) -> int:
        """Return how many late entries wait for a decision."""
        return sum(entry.set_aside is None for entry in self.late)


def leavers(session: Session, visit_id: UUID) -> list[Leaver]:
    """Return the officers who left a visit, in the order they left. The late entries of an officer
    who left twice stand with the last time."""
    former = visits.former_officers(session, visit_id)
    accounts = [one.account_id for one in former if one.account_id]
    late = sync.late_entries(session, visit_id, accounts) if accounts else {}
    last = {one.account_id: one.batch for one in former}
    return [
        Leaver(
            name=one.name,
            cause=telling.cause_label(one.reason),
            left_at=one.left_at,
            batch=one.batch,
            entries=one.entries,
            late=[
                _late(entry)
                for entry in (late.get(one.account_id, []) if one.account_id else [])
                if last[one.account_id] == one.batch
            ],
        )
        for one in former
    ]


def _late(entry: sync.Waiting) -> LateEntry:
    return LateEntry(
        *sync.in_words(entry),
        id=entry.id,
        time=entry.time,
        set_aside=(entry.note or "") if entry.decision else None,
    )
