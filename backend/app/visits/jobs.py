"""What visits do because of something elsewhere: an officer was tied to another account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from ..platform import jobs
from ..platform.transactions import unit_of_work
from ..registry import service as registry
from .intake import CLOSED
from .models import Visit, VisitOfficer


@jobs.handler(registry.ACCOUNT_CHANGED)
def follow_account(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Give the officer's open visits to the account that is theirs now.

    The package keeps what was pinned; who may pull the visit is decided here.
    """
    officer_id = UUID(payload["officer"])
    still_open = select(Visit.id).where(Visit.state.not_in(CLOSED))
    with unit_of_work() as session:
        [officer] = registry.officers_by_ids(session, [officer_id])
        session.execute(
            update(VisitOfficer)
            .where(VisitOfficer.officer_id == officer_id, VisitOfficer.visit_id.in_(still_open))
            .values(account_id=officer.account_id)
        )
