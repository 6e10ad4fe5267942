"""What waits on the first page about the registers: certificates that end soon."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.platform.access import Actor
from backend.app.platform.i18n import lazy_gettext as _l
from backend.app.platform.overview import Card
from backend.app.registry.models import Officer
from backend.app.registry.service.officers import EXPIRY_NOTICE


def overview(session: Session, actor: Actor) -> list[Card]:
    """Active officers whose certificate has ended, and those whose certificate ends soon."""
    if not actor.may("registry.edit"):
        return []
    today = clock.today()
    mine = select(func.count()).where(Officer.active, Officer.department_id.in_(actor.scope))
    ends = Officer.certificate_expires_on
    ended = session.scalar(mine.where(ends < today)) or 0
    soon = session.scalar(mine.where(ends >= today, ends <= today + EXPIRY_NOTICE)) or 0
    cards = [
        Card(ended, _l("Certificates that have ended"), _list("expired"), "late"),
        Card(soon, _l("Certificates that end soon"), _list("expiring"), "warn"),
    ]
    return [card for card in cards if card.number]


def _list(state: str) -> str:
    return f"/office/registry/officers?state={state}"
