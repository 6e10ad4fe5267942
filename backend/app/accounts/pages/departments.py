"""Pages of departments: the tree, and the form of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ...platform.access import current_actor, requires
from ...platform.errors import Problem
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..errors import BadTree, CodeTaken
from ..schemas import DepartmentForm
from .blueprint import bp

HERE = "/office/departments"


@bp.get("/office/departments")
@requires("people.read")
def departments() -> str:
    """The tree of departments."""
    with read_session() as session:
        branches = service.tree(session, current_actor().scope)
        return render_template("accounts/departments.html", branches=branches)


@bp.get("/office/departments/new")
@requires("department.edit")
def new_department() -> str:
    """The form for a new department."""
    return _form(None, {"active": True, "parent_id": request.args.get("parent", "")})


@bp.get("/office/departments/<uuid:department_id>")
@requires("department.edit")
def department(department_id: UUID) -> str:
    """The form of a department."""
    with read_session() as session:
        found = service.department_in_scope(session, current_actor(), department_id)
        return _form(department_id, found)


@bp.post("/office/departments/new")
@requires("department.edit", step_up=True)
def do_add_department() -> ResponseReturnValue:
    """Add a department."""
    return _save(None, service.add_department)


@bp.post("/office/departments/<uuid:department_id>")
@requires("department.edit", step_up=True)
def do_change_department(department_id: UUID) -> ResponseReturnValue:
    """Change a department."""
    return _save(department_id, lambda facts: service.change_department(department_id, facts))


def _save(
    department_id: UUID | None, act: Callable[[service.DepartmentFacts], object]
) -> ResponseReturnValue:
    sent = {name: value for name, value in request.form.items() if value != ""}
    try:
        act(service.DepartmentFacts(**DepartmentForm().load(sent)))
    except ValidationError as error:
        return _form(department_id, request.form, error.messages_dict), 422
    except CodeTaken as problem:
        return _form(department_id, request.form, {"code": [problem.title]}), problem.status
    except BadTree as problem:
        return _form(department_id, request.form, problem=problem), problem.status
    flash(_("Saved."), "ok")
    return redirect(HERE, code=303)


def _form(
    department_id: UUID | None,
    values: Any,
    errors: dict[str, Any] | None = None,
    problem: Problem | None = None,
) -> str:
    with read_session() as session:
        choices = service.departments(session)
        return render_template(
            "accounts/department.html",
            department_id=department_id,
            values=values,
            errors=errors or {},
            problem=problem,
            parents=[(one.id, f"{one.code} {one.name}") for one in choices],
        )
