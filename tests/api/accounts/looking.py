"""What the tests of people look up in other features' tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.ledger.models import LedgerEntry, QueuedEntry


def traced(session: Session, subject: str) -> list[Any]:
    """Ledger entries about ``subject``, numbered already or still waiting."""
    session.rollback()
    found: list[Any] = []
    for table in (LedgerEntry, QueuedEntry):
        query = select(table.type, table.actor, table.body).where(table.subject == subject)
        found += session.execute(query).all()
    session.rollback()
    return found
