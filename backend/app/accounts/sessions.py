"""Signed-in browsers: begin, load on each request, end.

Flask-Login keeps the id of a ``login_session`` row in the signed cookie. A revoked, expired or
disabled row signs the browser out on its next request.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import g, request
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..extensions import login_manager
from ..platform import clock, ids
from ..platform.access import WIDE_ROLES, Actor
from ..platform.settings import current_settings
from ..platform.transactions import read_session
from .models import Account, Department, LoginSession


def scope_of(session: Session, account: Account) -> frozenset[UUID]:
    """Ids of the departments whose objects the account may see: own ones and those below."""
    rows = session.execute(select(Department.id, Department.parent_id)).all()
    if any(grant.role in WIDE_ROLES for grant in account.grants):
        return frozenset(row.id for row in rows)
    seen = {grant.department_id for grant in account.grants} | {account.department_id}
    grown = True
    while grown:
        below = {row.id for row in rows if row.parent_id in seen} - seen
        grown = bool(below)
        seen |= below
    return frozenset(seen)


def actor_from(session: Session, row: LoginSession) -> Actor:
    """The person behind a live session row."""
    account = row.account
    return Actor(
        account_id=account.id,
        login=account.login,
        name=account.name,
        department_id=account.department_id,
        department_name=account.department.name,
        roles=frozenset(grant.role for grant in account.grants),
        scope=scope_of(session, account),
        session_id=row.id,
        step_up_at=row.step_up_at,
        locale=account.locale,
    )


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_actor(session_id: str) -> Actor | None:
    """Flask-Login's loader: the live session's person, or nobody."""
    try:
        wanted = UUID(session_id)
    except ValueError:
        return None
    with read_session() as session:
        row = session.get(LoginSession, wanted)
        if row is None or not is_live(row):
            return None
        g.account_locale = row.account.locale
        return actor_from(session, row)


def is_live(row: LoginSession) -> bool:
    """Whether a session row still signs anyone in."""
    return row.revoked_at is None and row.expires_at > clock.now() and row.account.active


def begin(session: Session, account: Account, method: str, *, stepped_up: bool) -> LoginSession:
    """Open a session row for ``account`` within the caller's transaction."""
    now = clock.now()
    row = LoginSession(
        id=ids.new_id(),
        account_id=account.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=current_settings().session_hours),
        browser=(request.user_agent.string or "")[:120],
        method=method,
        step_up_at=now if stepped_up else None,
    )
    row.account = account
    session.add(row)
    session.flush()
    return row


def put_in_cookie(actor: Actor) -> None:
    """Sign this browser in; what an earlier session left in the cookie is dropped."""
    cookie.clear()
    cookie.permanent = True
    login_user(actor)


def take_from_cookie() -> None:
    """Sign this browser out."""
    logout_user()
    cookie.clear()
