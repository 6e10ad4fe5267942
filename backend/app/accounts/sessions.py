"""Signed-in browsers: begin, load on each request, end.

Flask-Login keeps the id of a ``login_session`` row in the signed cookie. A revoked, expired or
disabled row signs the browser out on its next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import g, request
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from ..extensions import login_manager
from ..platform import clock, ids
from ..platform.access import WIDE_ROLES, Actor
from ..platform.settings import current_settings
from ..platform.transactions import read_alone, read_session, unit_of_work
from . import rules
from .models import Account, Department, LoginSession, RoleGrant

CHALLENGE = "challenge"
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Present:
    """What one query says about a live session: the row's times and its person."""

    actor: Actor
    last_seen_at: datetime


def find_scope(account_id: UUID, department_id: UUID) -> frozenset[UUID]:
    """Ids of the departments whose objects the account may see: own ones and those below."""
    with read_session() as session:
        grants = session.execute(
            select(RoleGrant.department_id, RoleGrant.role).where(
                RoleGrant.account_id == account_id
            )
        ).all()
        tree = session.execute(select(Department.id, Department.parent_id)).all()
    parents = {row.id: row.parent_id for row in tree}
    if any(grant.role in WIDE_ROLES for grant in grants):
        return frozenset(parents)
    own = {grant.department_id for grant in grants} | {department_id}
    return rules.with_those_below(parents, own)


def actor_of(account: Account, row: LoginSession) -> Actor:
    """The person behind a session that has just been opened."""
    return Actor(
        account_id=account.id,
        login=account.login,
        name=account.name,
        department_id=account.department_id,
        department_name=account.department.name,
        roles=frozenset(grant.role for grant in account.grants),
        find_scope=partial(find_scope, account.id, account.department_id),
        session_id=row.id,
        step_up_at=row.step_up_at,
        locale=account.locale,
    )


@login_manager.user_loader
def load_actor(session_id: str) -> Actor | None:
    """Flask-Login's loader: the live session's person, or nobody. One query, as a rule."""
    try:
        wanted = UUID(session_id)
    except ValueError:
        return None
    present = _present(wanted)
    if present is None:
        return None
    if clock.now() - present.last_seen_at >= SEEN_EVERY:
        _note_seen(wanted)
    g.account_locale = present.actor.locale
    return present.actor


_PRESENT = (
    select(
        LoginSession.expires_at,
        LoginSession.last_seen_at,
        LoginSession.step_up_at,
        Account.id,
        Account.login,
        Account.name,
        Account.department_id,
        Account.locale,
        Department.name.label("department_name"),
        RoleGrant.role,
    )
    .join(Account, Account.id == LoginSession.account_id)
    .join(Department, Department.id == Account.department_id)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        LoginSession.id == bindparam("session_id"),
        LoginSession.revoked_at.is_(None),
        Account.active,
    )
)


def _present(session_id: UUID) -> Present | None:
    rows = read_alone(_PRESENT, {"session_id": session_id})
    if not rows or rows[0].expires_at <= clock.now():
        return None
    first = rows[0]
    actor = Actor(
        account_id=first.id,
        login=first.login,
        name=first.name,
        department_id=first.department_id,
        department_name=first.department_name,
        roles=frozenset(row.role for row in rows if row.role is not None),
        find_scope=partial(find_scope, first.id, first.department_id),
        session_id=session_id,
        step_up_at=first.step_up_at,
        locale=first.locale,
    )
    return Present(actor, first.last_seen_at)


def _note_seen(session_id: UUID) -> None:
    with unit_of_work() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id)
            .values(last_seen_at=clock.now())
        )


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


def keep_challenge(options: tuple[UUID, dict[str, Any]]) -> dict[str, Any]:
    """Remember in the cookie which challenge this browser was given; returns the options."""
    challenge_id, document = options
    cookie[CHALLENGE] = str(challenge_id)
    return document


def take_challenge() -> UUID | None:
    """The challenge this browser was given, if any; it is forgotten here as well."""
    kept = cookie.pop(CHALLENGE, None)
    return UUID(kept) if kept else None
