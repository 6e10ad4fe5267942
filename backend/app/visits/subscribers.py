"""What visits do when something happens elsewhere: an officer was tied to another account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..platform.events import Event
from ..registry import service as registry
from .intake import CLOSED
from .models import Visit, VisitOfficer


def follow_account(session: Session, event: Event) -> None:
    """Give the open visits of officers to the accounts that are theirs now.

    The package keeps what was pinned; who may pull the visit is decided here.
    """
    if event.facts["register"] != "officer" or "account_id" not in event.facts["fields"]:
        return
    still_open = select(Visit.id).where(Visit.state.not_in(CLOSED))
    changed = [UUID(one) for one in event.facts["objects"]]
    for officer in registry.officers_by_ids(session, changed):
        session.execute(
            update(VisitOfficer)
            .where(VisitOfficer.officer_id == officer.id, VisitOfficer.visit_id.in_(still_open))
            .values(account_id=officer.account_id)
        )
