"""Pages of departments: the tree, and the form of one."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from ...platform.access import current_actor, requires
from ...platform.errors import Problem
from ...platform.forms import submission, submit
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..schemas import DepartmentForm, without_empty
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
    return _form(None, values={"active": True, "parent_id": request.args.get("parent", "")})


@bp.get("/office/departments/<uuid:department_id>")
@requires("department.edit")
def department(department_id: UUID) -> str:
    """The form of a department."""
    with read_session() as session:
        found = service.department_in_scope(session, current_actor(), department_id)
        return _form(department_id, values=found)


@bp.post("/office/departments/new")
@requires("department.edit", step_up=True)
def do_add_department() -> ResponseReturnValue:
    """Add a department."""

    def save(facts: dict[str, Any]) -> str:
        service.add_department(service.DepartmentFacts(**facts), submission())
        return _saved()

    return submit(DepartmentForm(), save, partial(_form, None), without_empty)


@bp.post("/office/departments/<uuid:department_id>")
@requires("department.edit", step_up=True)
def do_change_department(department_id: UUID) -> ResponseReturnValue:
    """Change a department."""

    def save(facts: dict[str, Any]) -> str:
        service.change_department(department_id, service.DepartmentFacts(**facts))
        return _saved()

    return submit(DepartmentForm(), save, partial(_form, department_id), without_empty)


def _saved() -> str:
    flash(_("Saved."), "ok")
    return HERE


def _form(
    department_id: UUID | None, *, values: Any, errors: Any = None, problem: Problem | None = None
) -> str:
    with read_session() as session:
        choices = service.departments(session)
        return render_template(
            "accounts/department.html",
            department_id=department_id,
            values=values,
            errors=errors or {},
            problem=problem,
            parents=[(one.id, one.name) for one in choices],
        )
