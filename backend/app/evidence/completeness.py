"""Whether a visit has all its bytes, and what follows when it has.

Called with the visit's row locked, so that the last photo and the hand-in cannot miss each other.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from ..platform import clock, jobs
from ..visits import service as visits
from .models import Evidence

_EVIDENCE: Any = Evidence.__table__
_VERIFIED = (
    select(func.count())
    .select_from(_EVIDENCE)
    .where(
        _EVIDENCE.c.visit_id == bindparam("visit"),
        _EVIDENCE.c.standing,
        _EVIDENCE.c.state == "verified",
    )
)


_COMPLETE = visits.completing(_VERIFIED.scalar_subquery())


def missing(session: Session, visit_id: UUID) -> int:
    """How many files the visit waits for: listed by its record, and not verified."""
    verified = session.connection().execute(_VERIFIED, {"visit": visit_id}).scalar_one()
    return visits.evidence_total(session, visit_id) - int(verified)


def complete_if_whole(session: Session, visit_id: UUID) -> None:
    """Make a sealed visit complete when nothing is missing, and have its thumbnails made."""
    which = {"visit": visit_id, "now": clock.now()}
    if session.connection().execute(_COMPLETE, which).rowcount == 1:
        jobs.enqueue(session, "evidence.thumbnails", {"visit": str(visit_id)})
