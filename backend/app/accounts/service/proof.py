"""Proving who one is with a password: signing in, signing out, stepping up.

Unknown names, wrong passwords and disabled accounts take the same time and get the same answer;
what it says beyond that follows from what was typed alone.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ...platform import clock
from ...platform.access import Actor
from ...platform.transactions import read_session, unit_of_work
from .. import passwords, rules, sessions
from ..errors import WrongCredentials, WrongPassword
from ..models import Account, LoginSession
from ..wording import slip_sentence


def sign_in_with_password(login: str, password: str) -> Actor:
    """Open a session for name and password; raises :class:`WrongCredentials`."""
    account_id = _checked(login, password)
    with unit_of_work() as session:
        account = session.get_one(Account, account_id)
        _rehash(account, password)
        row = sessions.begin(session, account, "password", stepped_up=True)
        return sessions.actor_of(account, row)


def _checked(login: str, password: str) -> UUID:
    """The account that name and password open; the slow hash runs outside any transaction."""
    with read_session() as session:
        wanted = select(Account.id, Account.password_hash, Account.active).where(
            Account.login == rules.plain_login(login)
        )
        found = session.execute(wanted).one_or_none()
    fits = passwords.verify_password(found.password_hash if found else None, password)
    if found is None or not fits or not found.active:
        slip = rules.slip_in_login(login) or rules.slip_in_password(password)
        raise WrongCredentials(slip_sentence(slip))
    account_id: UUID = found.id
    return account_id


def _rehash(account: Account, password: str) -> None:
    """Store the password at today's cost when it was stored at another."""
    if account.password_hash and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hash_password(password)


def sign_out(session_id: UUID) -> None:
    """End one session for good."""
    with unit_of_work() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )


def step_up_with_password(actor: Actor, password: str) -> None:
    """Note a fresh proof on the actor's session; raises :class:`WrongPassword`."""
    require_password(actor, password)
    with unit_of_work() as session:
        mark_stepped_up(session, actor.session_id)


def require_password(actor: Actor, password: str) -> None:
    """Check the actor's own password; raises :class:`WrongPassword`."""
    with read_session() as session:
        stored = session.scalar(select(Account.password_hash).where(Account.id == actor.account_id))
    if not passwords.verify_password(stored, password):
        raise WrongPassword


def mark_stepped_up(session: Session, session_id: UUID) -> None:
    """Write the moment of proof on a session row, within the caller's transaction."""
    session.execute(
        update(LoginSession).where(LoginSession.id == session_id).values(step_up_at=clock.now())
    )
