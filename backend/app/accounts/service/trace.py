"""Ledger entries of people: roles given, credentials enrolled and revoked. Nothing personal.

Entries are public for ever, so an account appears in them under a keyed hash of its id; the id
itself stands in the body, which is kept back and can be erased.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ...ledger import service as ledger
from ...platform import keys
from ...platform.access import (
    DEPARTMENT_ADMIN,
    INSPECTOR,
    OVERSIGHT,
    SUPERVISOR,
    SYSTEM_ADMIN,
    Actor,
)
from .directory import acting_token

RANK = (SYSTEM_ADMIN, OVERSIGHT, DEPARTMENT_ADMIN, SUPERVISOR, INSPECTOR)


def token(session: Session, actor: Actor) -> str:
    """The opaque actor of a ledger entry: the highest role with the department's code."""
    return acting_token(session, actor, (*RANK, "person"))


def pseudonym(account_id: UUID) -> str:
    """What an account is called in public entries: the same each time, told to nobody by it."""
    key = keys.derive("ledger people")
    return "person:" + hmac.new(key, account_id.bytes, hashlib.sha256).hexdigest()[:32]


def enrolled(session: Session, actor: Actor, kind: str, credential_id: UUID) -> None:
    """A credential (``passkey``, ``device`` or ``activation_code``) is new."""
    _append(session, "credential.enrolled", actor, str(credential_id), {"kind": kind})


def password_set(session: Session, actor: Actor, account_id: UUID) -> None:
    """An account has a new password."""
    body = {"kind": "password", "account": str(account_id)}
    _append(session, "credential.enrolled", actor, pseudonym(account_id), body)


def revoked(session: Session, actor: Actor, kind: str, credential_id: UUID) -> None:
    """A credential no longer counts."""
    _append(session, "credential.revoked", actor, str(credential_id), {"kind": kind})


def account_ended(session: Session, actor: Actor, account_id: UUID) -> None:
    """An account may no longer sign in."""
    body = {"kind": "account", "account": str(account_id)}
    _append(session, "credential.revoked", actor, pseudonym(account_id), body)


def roles_changed(
    session: Session,
    actor: Actor,
    account_id: UUID,
    given: list[str],
    taken: list[str],
    *,
    proposed_by: UUID | None = None,
) -> None:
    """An account's roles differ from before; each is written ``role:department code``. ``by`` is
    who gave or took them, ``proposed_by`` the first person of a role that two persons give."""
    body = {
        "given": sorted(given),
        "taken": sorted(taken),
        "account": str(account_id),
        "by": str(actor.account_id),
        "proposed_by": str(proposed_by) if proposed_by else None,
    }
    _append(session, "role.granted", actor, pseudonym(account_id), body)


def role_proposed(session: Session, actor: Actor, account_id: UUID, roles: list[str]) -> None:
    """Deciding roles are proposed for an account."""
    body = {"roles": sorted(roles), "account": str(account_id), "by": str(actor.account_id)}
    _append(session, "role.proposed", actor, pseudonym(account_id), body)


def role_declined(
    session: Session, actor: Actor, account_id: UUID, roles: list[str], outcome: str
) -> None:
    """Proposed roles are not given; ``outcome``: refused or withdrawn."""
    body = {"roles": roles, "outcome": outcome, "account": str(account_id)}
    body["by"] = str(actor.account_id)
    _append(session, "role.declined", actor, pseudonym(account_id), body)


def reset(session: Session, actor: Actor, account_id: UUID, step: str) -> None:
    """A step of renewing an account's access: ordered, agreed, objected, withdrawn or used."""
    body = {"step": step, "account": str(account_id), "by": str(actor.account_id)}
    _append(session, "credential.reset", actor, pseudonym(account_id), body)


def _append(
    session: Session, entry_type: str, actor: Actor, subject: str, body: dict[str, Any]
) -> None:
    who = token(session, actor)
    ledger.append(session, entry_type, actor=who, subject=subject, body=body)
