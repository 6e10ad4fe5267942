"""Officers who were replaced on a visit, and what came from their phones after they had left.

Reads only. The late work is a side branch: kept as sent, beside the record, and in it only what a
supervisor adopts.
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
    """One entry that came too late: what it is, what it says, when it was made as the phone claims,
    and, when somebody set it aside, the reason given (else None)."""

    kind: str
    summary: str
    id: UUID
    time: visits.Claim
    set_aside: str | None


@dataclass(frozen=True, slots=True)
class Leaver:
    """An officer who left: why as the public sees it, how many of their entries stand in the
    record, and what came late."""

    name: str
    cause: str
    left_at: datetime
    batch: int
    entries: int
    late: Sequence[LateEntry]

    @property
    def undecided(self) -> int:
        """How many late entries wait for a decision."""
        return sum(entry.set_aside is None for entry in self.late)


def leavers(session: Session, visit_id: UUID) -> list[Leaver]:
    """Who left a visit, the first first; late work stands with the last time they left."""
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
