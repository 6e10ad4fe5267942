"""What waits on the first page about draws: those that were begun and not finished."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from . import rules
from .models import Draw

UNFINISHED = tuple(state for state in rules.ORDER if state != rules.DISPATCHED)


def overview(session: Session, actor: Actor) -> list[Card]:
    """Draws of the actor's departments between their plan and the dispatch."""
    if not actor.may("draw.run"):
        return []
    query = select(func.count()).where(
        Draw.state.in_(UNFINISHED), Draw.department_id.in_(actor.scope)
    )
    number = session.scalar(query) or 0
    return [Card(number, _l("Draws in progress"), "/office/draws")] if number else []
