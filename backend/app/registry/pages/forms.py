"""What the registers' forms and lists share: choices of departments, filters out of the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform.access import Actor, current_actor
from backend.app.platform.forms import Show, submit
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.registry.service.writing import Register, change_entry


def save_entry(
    register: Register[Any], row_id: UUID, schema: Schema, show: Show
) -> ResponseReturnValue:
    """Save the posted form of an entry and go on to its page, or show the form again.

    Raises NotFound, OutsideYourDepartment before anything of the form is looked at.
    """
    with read_session() as session:
        register.find_to_change(session, current_actor(), row_id)

    def save(values: dict[str, Any]) -> str:
        revision = values.pop("revision")
        changed = change_entry(register, row_id, values, revision, current_actor())
        flash(_("Saved") if changed else _("Nothing was different"), "ok")
        return f"/office/registry/{register.name}s/{row_id}"

    return submit(schema, save, show)


def department_choices(session: Session, scope: frozenset[UUID] | None) -> list[tuple[str, str]]:
    """(id, name) of departments, for a select."""
    return [(str(found.id), found.name) for found in accounts.departments(session, scope)]


def kept_departments(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the departments whose registers this person keeps."""
    return department_choices(session, accounts.permitted(session, actor, "registry.edit"))


def chosen_id(name: str) -> UUID | None:
    """An id from the address, or None when it is absent or no id."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None


def page_number() -> int:
    """The page wanted by the address, 1 when it says nothing sensible."""
    return request.args.get("page", 1, type=int)


def as_form(row: Any, names: tuple[str, ...], lists: Mapping[str, str]) -> dict[str, Any]:
    """A row as form values; `lists` names the list fields and what parts their lines."""
    values = {name: getattr(row, name) for name in names}
    for name, mark in lists.items():
        values[name] = mark.join(values[name])
    return values
