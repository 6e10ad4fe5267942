"""What waits on the first page about people."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...platform.access import Actor
from ...platform.forms import kept
from ...platform.i18n import lazy_gettext as _l
from ...platform.overview import Card
from ..models import Account
from . import proposals, resets


def overview(session: Session, actor: Actor) -> list[Card]:
    """Return the forms that this person was kept from sending, and people who have not signed in
    for the first time yet."""
    unsent = kept.count(session, actor.account_id)
    own = [Card(unsent, _l("Forms that are not sent"), "/office/kept", "warn")] if unsent else []
    if actor.may("role.agree"):
        roles = sum(not one.own for one in proposals.waiting(session, actor))
        renewals = [
            one
            for one in resets.waiting(session, actor)
            if one.state == resets.ORDERED and one.ordered_by != actor.account_id
        ]
        roles += len(renewals)
        label = _l("Roles and renewals of access that wait for your agreement")
        own += [Card(roles, label, "/office/people/roles", "warn")] if roles else []
    if not actor.may("people.edit"):
        return own
    waiting = select(func.count()).where(
        Account.active, Account.password_hash.is_(None), Account.department_id.in_(actor.scope)
    )
    number = session.scalar(waiting) or 0
    if not number:
        return own
    return [*own, Card(number, _l("People who are not activated"), "/office/people")]
