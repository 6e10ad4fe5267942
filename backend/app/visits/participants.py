"""Who is on a visit, and who ever was."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .models import VisitEvent, VisitFormerOfficer, VisitOfficer


def is_assigned(session: Session, visit_id: UUID, account_id: UUID) -> bool:
    """Whether the account is one of the visit's officers."""
    query = select(VisitOfficer.visit_id).where(
        VisitOfficer.visit_id == visit_id, VisitOfficer.account_id == account_id
    )
    return session.execute(query).first() is not None


def was_on_visit(
    session: Session, visit_id: UUID, account_id: UUID, officer_id: UUID | None
) -> bool:
    """Return True if the account or its officer is or was on the visit, or wrote an entry of it on
    a phone; what the office wrote, such as the sending back of a record, is no part of it."""
    for table in (VisitOfficer, VisitFormerOfficer):
        own = or_(table.account_id == account_id, table.officer_id == officer_id)
        query = select(table.visit_id).where(table.visit_id == visit_id, own)
        if session.execute(query.limit(1)).first() is not None:
            return True
    written = select(VisitEvent.id).where(
        VisitEvent.visit_id == visit_id,
        VisitEvent.account_id == account_id,
        VisitEvent.device_id.is_not(None),
    )
    return session.execute(written.limit(1)).first() is not None
