"""What other features ask about departments, accounts and devices. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ...platform.access import PERMISSIONS, WIDE_ROLES, Actor
from ...platform.errors import NotFound
from ...platform.transactions import found_once
from .. import rules
from ..models import Account, Department, Device, RoleGrant


def departments(session: Session, scope: frozenset[UUID] | None = None) -> Sequence[Department]:
    """Active departments in code order; only those of ``scope`` when it is given."""
    query = select(Department).where(Department.active).order_by(Department.code)
    found = found_once(session, "departments", session.scalars(query).all)
    return found if scope is None else [one for one in found if one.id in scope]


def department(session: Session, department_id: UUID) -> Department:
    """The department; raises :class:`NotFound`."""
    found = session.get(Department, department_id)
    if found is None:
        raise NotFound
    return found


def role_token(session: Session, role: str, department_id: UUID) -> str:
    """The actor of a ledger entry: a role held at a department, never a person."""
    return rules.role_token(role, department(session, department_id).code)


def acting_token(session: Session, actor: Actor, roles: Sequence[str]) -> str:
    """Return the token of the first of ``roles`` that the actor holds, or of the last one."""
    role = next((role for role in roles if role in actor.roles), roles[-1])
    return role_token(session, role, actor.department_id)


def department_by_code(session: Session, code: str) -> Department | None:
    """The department with this code, if there is one."""
    return session.scalar(select(Department).where(Department.code == code))


def account(session: Session, account_id: UUID) -> Account:
    """The account; raises :class:`NotFound`."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    return found


def names(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the name of each of these accounts; unknown ids are absent."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in session.execute(query)}


def account_by_login(session: Session, login: str) -> Account | None:
    """The account that signs in as ``login``, if there is one."""
    return session.scalar(select(Account).where(Account.login == rules.plain_login(login)))


_ENROLLED = select(Device.id, Device.account_id, Device.public_key, Device.revoked_at).where(
    Device.id == bindparam("device")
)


def device(session: Session, device_id: UUID) -> Any:
    """The enrolled device, revoked or not, as a row (id, account_id, public_key, revoked_at), if
    there is one."""
    return session.connection().execute(_ENROLLED, {"device": device_id}).first()


def role_scope(session: Session, account_id: UUID, role: str) -> frozenset[UUID]:
    """Departments in which the account holds ``role``, and those below them.

    Narrower than what a person sees: that joins all their roles and the home department.
    """
    query = select(RoleGrant.department_id).where(
        RoleGrant.account_id == account_id, RoleGrant.role == role
    )
    own = session.scalars(query).all()
    tree = dict(session.execute(select(Department.id, Department.parent_id)).all())
    return rules.with_those_below(tree, own)


def permitted(session: Session, actor: Actor, permission: str) -> frozenset[UUID]:
    """Departments in which one of the actor's roles carries ``permission``, and those below them.

    A wide role carries it in every department. Narrower than ``actor.scope``, which joins all
    roles: who administers one department and supervises another administers only the first.
    """
    carrying = actor.roles & PERMISSIONS[permission]
    if carrying & WIDE_ROLES:
        return actor.scope
    held = [role_scope(session, actor.account_id, role) for role in carrying]
    return frozenset().union(*held)
