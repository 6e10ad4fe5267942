"""Whether a second person is independent of the first, from what accounts did to each other.

The rule is ``independence.refusal``; here its facts are gathered and its refusal is put in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ...platform import clock, ids
from ...platform.access import PERMISSIONS, WIDE_ROLES
from ...platform.i18n import gettext as _
from ...platform.i18n import ngettext
from ...platform.settings import current_settings
from .. import independence
from ..errors import NotIndependent
from ..models import Account, AccountAct, Device, RoleGrant
from ..wording import independence_sentence

_NAMED = 5
_LOOKED_AT = 60


def note_act(session: Session, by: UUID, about: UUID, kind: str) -> None:
    """Keep that an account did something to another that binds the two (``independence.TIES``)."""
    if by != about:
        session.add(
            AccountAct(id=ids.new_id(), by_id=by, about_id=about, kind=kind, at=clock.now())
        )


def refusal_between(session: Session, first: UUID, second: UUID) -> independence.Refusal | None:
    """Return what keeps two accounts from acting as two persons now, or None."""
    facts = _facts(session, first, second)
    return independence.refusal(facts, days=current_settings().independence_days)


def require_independent(
    session: Session,
    act: str,
    *,
    first: Iterable[UUID | None],
    second: UUID,
    departments: Collection[UUID] = (),
    about: Collection[UUID] = (),
) -> None:
    """Raise NotIndependent if the second person of ``act`` depends on one of the first persons, or
    is tied to an account that the act is ``about``; such an account may be young.

    ``departments`` are those whose people are named as the ones who could do it instead; none
    names people of all.
    """
    permission = independence.ACTS[act]
    firsts = {one for one in first if one is not None}
    found = _dependence(session, firsts, about, second)
    if found is None:
        return
    rule, other = found
    others = _who_could(
        session, permission, firsts | {second, *about}, (firsts, about), departments
    )
    raise NotIndependent(_sentence(session, rule, other, others), rule=rule)


def _dependence(
    session: Session, firsts: Collection[UUID], about: Collection[UUID], second: UUID
) -> tuple[independence.Refusal, UUID] | None:
    """Return the first rule that the second person breaks and towards whom, or None."""
    days = current_settings().independence_days
    for others, least in ((firsts, days), (about, 0)):
        for one in others:
            found = independence.refusal(_facts(session, one, second), days=least)
            if found is not None:
                return found, one
    return None


def _facts(session: Session, first: UUID, second: UUID) -> independence.Facts:
    now = clock.now()
    window = now - timedelta(days=current_settings().independence_window_days)
    pair = or_(
        and_(AccountAct.by_id == first, AccountAct.about_id == second),
        and_(AccountAct.by_id == second, AccountAct.about_id == first),
    )
    query = select(AccountAct.kind).where(pair, AccountAct.at > window).distinct()
    ties = set(session.scalars(query))
    if _share_a_device(session, first, second):
        ties.add("device")
    made = session.scalars(select(Account.created_at).where(Account.id.in_({first, second})))
    younger = min((now - at).total_seconds() / 86400 for at in made)
    return independence.Facts(same=first == second, younger_days=younger, ties=ties)


def _share_a_device(session: Session, first: UUID, second: UUID) -> bool:
    """Return True if one phone's key was ever enrolled for both."""
    keys = select(Device.public_key).where(Device.account_id == first)
    shared = select(Device.id).where(Device.account_id == second, Device.public_key.in_(keys))
    return session.execute(shared.limit(1)).first() is not None


def _who_could(
    session: Session,
    permission: str,
    without: Collection[UUID],
    persons: tuple[Collection[UUID], Collection[UUID]],
    departments: Collection[UUID],
) -> list[str]:
    """Return names of persons who could act as the second, by name; at most a handful."""
    held: ColumnElement[bool] = RoleGrant.role.in_(PERMISSIONS[permission])
    if departments:
        wide = RoleGrant.role.in_(WIDE_ROLES)
        held = and_(held, or_(wide, RoleGrant.department_id.in_(departments)))
    query = (
        select(Account)
        .where(
            Account.active,
            Account.password_hash.is_not(None),
            Account.id.not_in(without),
            Account.id.in_(select(RoleGrant.account_id).where(held)),
        )
        .order_by(Account.name, Account.login)
        .limit(_LOOKED_AT)
    )
    found: list[str] = []
    for one in session.scalars(query).unique():
        if _dependence(session, *persons, one.id) is None:
            found.append(_("%(name)s (%(place)s)", name=one.name, place=one.department.name))
        if len(found) == _NAMED:
            break
    return found


def _sentence(session: Session, found: str, other: UUID, others: list[str]) -> str:
    settings = current_settings()
    why = independence_sentence(found) % {
        "name": session.get_one(Account, other).name,
        "days": settings.independence_days,
        "window": settings.independence_window_days,
    }
    if not others:
        return why + " " + _("Nobody within reach could do it instead today.")
    could = ngettext(
        "%(names)s could do it instead.",
        "These could do it instead: %(names)s.",
        len(others),
        names="、".join(others),
    )
    return f"{why} {could}"
