"""Applying a form to a row: set what differs, keep the history, count the revision up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock
from backend.app.platform.access import Actor
from backend.app.registry.errors import ChangedMeanwhile, OutsideYourDepartment
from backend.app.registry.models import Enterprise, InspectionItem, Officer
from backend.app.registry.service import history

Row = InspectionItem | Officer | Enterprise
_REGISTERS = {InspectionItem: "item", Officer: "officer", Enterprise: "enterprise"}


def apply_changes(
    session: Session, row: Row, values: Mapping[str, Any], revision: int, by: Actor
) -> list[str]:
    """Set the fields that differ and record each; gives their names.

    Raises ChangedMeanwhile when `revision` is not the row's.
    """
    if row.revision != revision:
        raise ChangedMeanwhile
    before = {field: getattr(row, field) for field in values}
    changed = dict(history.differences(before, values))
    if not changed:
        return []
    for field, value in changed.items():
        setattr(row, field, value)
    row.revision += 1
    row.updated_at = clock.now()
    pairs = {field: (before[field], value) for field, value in changed.items()}
    history.record(session, _REGISTERS[type(row)], row.id, row.name, by=by, changes=pairs)
    return list(changed)


def kept_departments(session: Session, actor: Actor) -> frozenset[UUID]:
    """Departments whose registers this person keeps: where the role that carries it is held, not
    where another role merely lets them look."""
    return accounts.permitted(session, actor, "registry.edit")


def may_keep(session: Session, actor: Actor, department_id: UUID) -> bool:
    """Whether this person keeps the registers of the department."""
    return department_id in kept_departments(session, actor)


def refuse_foreign(session: Session, actor: Actor, department_id: UUID) -> None:
    """Raise OutsideYourDepartment unless this person keeps the department's registers."""
    if not may_keep(session, actor, department_id):
        raise OutsideYourDepartment
