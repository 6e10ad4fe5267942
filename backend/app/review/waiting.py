"""The first page's card about reviewing: how many records wait, and how urgent the first of them
is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..platform.access import Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from . import queueing

_KINDS = {"ok": "plain", "soon": "warn", "late": "late"}


def overview(session: Session, actor: Actor) -> list[Card]:
    """Return the card of the records that wait for this supervisor; its kind is that of the most
    urgent clock."""
    if not actor.may("review.decide"):
        return []
    entries = [entry for entry in queueing.queue(session, actor) if entry.led]
    if not entries:
        return []
    kind = _KINDS[entries[0].deadline.state]
    return [Card(len(entries), _l("Records to review"), "/office/review", kind)]
