"""Whether a visit has all its bytes, and what follows when it has.

Called with the visit's row locked, so that the last photo and the hand-in cannot miss each other.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..platform import clock, jobs
from ..visits import service as visits
from .models import Evidence


def missing(session: Session, visit_id: UUID) -> int:
    """How many files the visit waits for: listed by its record, and not verified."""
    verified = select(func.count()).where(
        Evidence.visit_id == visit_id, Evidence.standing, Evidence.state == "verified"
    )
    return visits.evidence_total(session, visit_id) - (session.scalar(verified) or 0)


def complete_if_whole(session: Session, visit_id: UUID) -> None:
    """Make a sealed visit complete when nothing is missing, and have its thumbnails made."""
    if missing(session, visit_id) == 0 and visits.complete(session, visit_id, clock.now()):
        jobs.enqueue(session, "evidence.thumbnails", {"visit": str(visit_id)})
