"""Who took part in a visit, whatever they did there: nobody of them decides about it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..draws.service import outcome
from ..registry import service as registry
from ..visits import service as visits
from .models import QuarantinedEvent


def took_part(session: Session, visit: visits.Visit, account_id: UUID) -> bool:
    """Return True if the account's officer ever held a seat of the drawn enterprise, or the account
    is or was on the visit, or sent an entry for it, also one that no visit took."""
    officer = registry.officer_of_account(session, account_id)
    if officer is not None:
        seated = outcome.officers_ever_seated(session, visit.draw_id, visit.pool_row)
        if officer.id in seated:
            return True
    if visits.was_on_visit(session, visit.id, account_id, officer.id if officer else None):
        return True
    sent = select(QuarantinedEvent.id).where(
        QuarantinedEvent.visit_id == visit.id, QuarantinedEvent.account_id == account_id
    )
    return session.execute(sent.limit(1)).first() is not None
