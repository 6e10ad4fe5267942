"""What waits on the first page about replacements: seats that were left."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from . import service


def overview(session: Session, actor: Actor) -> list[Card]:
    """Seats of the actor's draws that wait for the next batch."""
    if not actor.may("replacement.read"):
        return []
    number = service.waiting_count(session, actor)
    if not number:
        return []
    return [Card(number, _l("Seats waiting for a replacement"), "/office/replacements", "warn")]
