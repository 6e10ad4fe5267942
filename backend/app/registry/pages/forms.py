"""Posting an office form: load it, save it, go on; or show it again with what is wrong.

What somebody typed is never lost: every refusal shows the form as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform.access import Actor
from backend.app.platform.errors import Problem

Save = Callable[[dict[str, Any]], str]
"""Saves loaded values and gives the address to go on to."""

Render = Callable[..., str]
"""Shows the form: render(values=…, errors=…, problem=…)."""


def submit(schema: Schema, save: Save, render: Render) -> ResponseReturnValue:
    """Save the posted form and redirect, or render it again with 409 or 422."""
    try:
        return redirect(save(load(schema, request.form)), code=303)
    except ValidationError as error:
        return render(values=request.form, errors=error.messages_dict, problem=None), 422
    except Problem as problem:
        return render(values=request.form, errors={}, problem=problem), problem.status


def load(schema: Schema, form: Mapping[str, str]) -> dict[str, Any]:
    """The form's values; raises ValidationError."""
    values: dict[str, Any] = schema.load(dict(form.items()))
    return values


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
