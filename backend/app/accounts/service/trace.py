"""Ledger entries of people: roles given, credentials enrolled and revoked. Nothing personal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ...ledger import service as ledger
from ...platform.access import (
    DEPARTMENT_ADMIN,
    INSPECTOR,
    OVERSIGHT,
    SUPERVISOR,
    SYSTEM_ADMIN,
    Actor,
)
from .directory import department

RANK = (SYSTEM_ADMIN, OVERSIGHT, DEPARTMENT_ADMIN, SUPERVISOR, INSPECTOR)


def token(session: Session, actor: Actor) -> str:
    """The opaque actor of a ledger entry: the highest role with the department's code."""
    role = next((role for role in RANK if role in actor.roles), "person")
    return f"{role}:{department(session, actor.department_id).code}"


def enrolled(session: Session, actor: Actor, kind: str, credential_id: UUID) -> None:
    """A credential (``passkey``, ``device``, ``activation_code`` or ``password``) is new."""
    _append(session, "credential.enrolled", actor, credential_id, {"kind": kind})


def revoked(session: Session, actor: Actor, kind: str, credential_id: UUID) -> None:
    """A credential no longer counts."""
    _append(session, "credential.revoked", actor, credential_id, {"kind": kind})


def roles_changed(
    session: Session, actor: Actor, account_id: UUID, given: list[str], taken: list[str]
) -> None:
    """An account's roles differ from before; each is written ``role:department code``."""
    body = {"given": sorted(given), "taken": sorted(taken)}
    _append(session, "role.granted", actor, account_id, body)


def _append(
    session: Session, entry_type: str, actor: Actor, subject: UUID, body: dict[str, Any]
) -> None:
    who = token(session, actor)
    ledger.append(session, entry_type, actor=who, subject=str(subject), body=body)
