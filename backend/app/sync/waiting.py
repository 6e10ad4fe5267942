"""What waits on the first page about quarantine: entries of phones that no visit took."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from .quarantine import count_waiting


def overview(session: Session, actor: Actor) -> list[Card]:
    """Undecided entries in the departments of somebody who may decide about them."""
    if not actor.may("review.decide"):
        return []
    number = count_waiting(session, actor)
    if not number:
        return []
    return [Card(number, _l("Entries in quarantine"), "/office/quarantine", "warn")]
