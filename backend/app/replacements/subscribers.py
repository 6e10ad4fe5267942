"""What replacements do when something happens elsewhere: a recusal, a changed officer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from ..platform.events import Event
from . import service

_LIMITING = frozenset({"active", "certificate_expires_on"})
"""Fields of an officer's entry that decide who may inspect."""


def take_recusal(session: Session, event: Event) -> None:
    """Let the seat of an officer who asked for recusal wait for the next batch."""
    service.recuse(session, UUID(event.facts["event"]))


def look_again(session: Session, event: Event) -> None:
    """Let the seats wait of officers who were deactivated or whose certificate changed."""
    if event.facts["register"] == "officer" and _LIMITING.intersection(event.facts["fields"]):
        service.recheck(session, [UUID(one) for one in event.facts["objects"]])
