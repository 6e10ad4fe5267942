"""Use cases of people: signing in and out, and what other features ask about departments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..platform import clock
from ..platform.access import Actor
from ..platform.errors import NotFound
from ..platform.transactions import unit_of_work
from . import passwords, sessions
from .errors import WrongCredentials
from .models import Account, Department, Device, LoginSession


def sign_in_with_password(login: str, password: str) -> Actor:
    """Open a session for name and password; raises :class:`WrongCredentials`."""
    with unit_of_work() as session:
        account = session.scalar(select(Account).where(Account.login == login.strip().lower()))
        fits = passwords.verify_password(account.password_hash if account else None, password)
        if account is None or not fits or not account.active:
            raise WrongCredentials
        row = sessions.begin(session, account, "password", stepped_up=True)
        return sessions.actor_from(session, row)


def step_up_with_password(actor: Actor, password: str) -> None:
    """Mark the session as proven just now; raises :class:`WrongCredentials`."""
    with unit_of_work() as session:
        row = session.get_one(LoginSession, actor.session_id)
        if not passwords.verify_password(row.account.password_hash, password):
            raise WrongCredentials
        row.step_up_at = clock.now()


def sign_out(session_id: UUID) -> None:
    """End one session for good."""
    with unit_of_work() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )


def departments(session: Session, scope: frozenset[UUID] | None = None) -> Sequence[Department]:
    """Active departments in code order; only those of ``scope`` when it is given."""
    query = select(Department).where(Department.active).order_by(Department.code)
    if scope is not None:
        query = query.where(Department.id.in_(scope))
    return session.scalars(query).all()


def department(session: Session, department_id: UUID) -> Department:
    """The department; raises :class:`NotFound`."""
    found = session.get(Department, department_id)
    if found is None:
        raise NotFound
    return found


def department_by_code(session: Session, code: str) -> Department | None:
    """The department with this code, if there is one."""
    return session.scalar(select(Department).where(Department.code == code))


def account(session: Session, account_id: UUID) -> Account:
    """The account; raises :class:`NotFound`."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    return found


def account_by_login(session: Session, login: str) -> Account | None:
    """The account that signs in as ``login``, if there is one."""
    return session.scalar(select(Account).where(func.lower(Account.login) == login.lower()))


def device(session: Session, device_id: UUID) -> Device | None:
    """The enrolled device, revoked or not, if there is one."""
    return session.get(Device, device_id)
