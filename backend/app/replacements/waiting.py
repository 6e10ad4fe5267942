"""The first page's cards about replacements: seats that officers left."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from . import service


def overview(session: Session, actor: Actor) -> list[Card]:
    """Return the cards of the actor's draws: seats that wait for the next batch, or for the actor's
    agreement."""
    if not actor.may("replacement.read"):
        return []
    counted = (
        (
            service.to_second_count(session, actor),
            _l("Seats that wait for you as the second person"),
        ),
        (service.to_release_count(session, actor), _l("Batches that wait for your release")),
        (service.waiting_count(session, actor), _l("Seats waiting for a replacement")),
    )
    return [
        Card(number, label, "/office/replacements", "warn") for number, label in counted if number
    ]
