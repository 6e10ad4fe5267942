"""The first page's cards about disclosure: results whose last day has passed, or is near."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from .running_clocks import running

ADDRESS = "/office/disclosures"


def overview(session: Session, actor: Actor) -> list[Card]:
    """Return the cards of the actor's departments: results that are late, and results that soon
    will be."""
    if not actor.may("disclosure.read"):
        return []
    states = Counter(one.clock.deadline.state for one in running(session, actor))
    cards = [
        Card(states["late"], _l("Results overdue for disclosure"), ADDRESS, "late"),
        Card(states["soon"], _l("Results due for disclosure soon"), ADDRESS, "warn"),
    ]
    return [card for card in cards if card.number]
