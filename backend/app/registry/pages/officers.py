"""Pages of officers: list, detail with leave and recusals, history, form."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from backend.app.platform import clock
from backend.app.platform.access import current_actor, requires
from backend.app.platform.forms import submission, submit
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.registry.choices import GROUNDS
from backend.app.registry.pages import changes, forms
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.schemas import GroundForm, LeaveForm, OfficerForm
from backend.app.registry.service import editing, officers
from backend.app.registry.service.writing import add_entry, may_keep

_FIELDS = tuple(name for name in OfficerForm().fields if name not in {"login", "revision"})
_LISTS = {"specialities": "、"}


@bp.get("/officers")
@requires("registry.read")
def officer_list() -> str:
    """Officers with search and filters."""
    actor, wanted = current_actor(), _wanted()
    with read_session() as session:
        departments = forms.department_choices(session, actor.scope)
        return render_template(
            "registry/officers.html",
            page=officers.list_officers(session, actor, wanted, forms.page_number()),
            wanted=wanted,
            departments=departments,
            names=dict(departments),
            state_of=officers.certificate_state,
            today=clock.today(),
        )


def _wanted() -> officers.OfficerFilter:
    """Return what the address narrows the list to."""
    return officers.OfficerFilter(
        query=request.args.get("q", ""),
        department_id=forms.chosen_id("department"),
        state=request.args.get("state", ""),
    )


@bp.get("/officers/<uuid:officer_id>")
@requires("registry.read")
def officer_detail(officer_id: UUID) -> str:
    """One officer."""
    return _detail(officer_id)


def _detail(
    officer_id: UUID, *, values: Any = None, errors: Any = None, problem: Any = None
) -> str:
    actor = current_actor()
    with read_session() as session:
        officer = officers.get_officer(session, actor, officer_id)
        return render_template(
            "registry/officer.html",
            officer=officer,
            login=officers.login_of(session, officer),
            names=dict(forms.department_choices(session, None)),
            leaves=officers.leaves(session, officer_id),
            grounds=officers.grounds(session, officer_id),
            ground_names=GROUNDS,
            state=officers.certificate_state(officer.certificate_expires_on, clock.today()),
            may_edit=may_keep(session, actor, officer.department_id),
            values=values or {},
            errors=errors or {},
            problem=problem,
            today=clock.today(),
        )


@bp.post("/officers/<uuid:officer_id>/leave")
@requires("registry.edit")
def leave_add(officer_id: UUID) -> ResponseReturnValue:
    """Enter leave."""

    def save(values: dict[str, Any]) -> str:
        editing.enter_leave(officer_id, values, current_actor(), submission())
        return _address(officer_id)

    return submit(LeaveForm(), save, partial(_detail, officer_id))


@bp.post("/officers/<uuid:officer_id>/leave/<uuid:leave_id>/drop")
@requires("registry.edit")
def leave_drop(officer_id: UUID, leave_id: UUID) -> ResponseReturnValue:
    """Take leave back."""
    editing.take_leave_back(officer_id, leave_id, current_actor())
    return redirect(_address(officer_id), code=303)


@bp.post("/officers/<uuid:officer_id>/recusals")
@requires("registry.edit")
def ground_add(officer_id: UUID) -> ResponseReturnValue:
    """Declare a recusal ground."""

    def save(values: dict[str, Any]) -> str:
        editing.enter_ground(officer_id, values, current_actor(), submission())
        return _address(officer_id)

    return submit(GroundForm(), save, partial(_detail, officer_id))


@bp.post("/officers/<uuid:officer_id>/recusals/<uuid:ground_id>/revoke")
@requires("registry.edit")
def ground_revoke(officer_id: UUID, ground_id: UUID) -> ResponseReturnValue:
    """End a recusal ground."""
    editing.end_ground(officer_id, ground_id, current_actor())
    return redirect(_address(officer_id), code=303)


def _address(officer_id: UUID) -> str:
    return f"/office/registry/officers/{officer_id}"


@bp.get("/officers/<uuid:officer_id>/history")
@requires("registry.read")
def officer_history(officer_id: UUID) -> str:
    """Who changed what."""
    with read_session() as session:
        officer = officers.get_officer(session, current_actor(), officer_id)
        return changes.history_page(session, "officer", officer_id, officer.name)


@bp.get("/officers/new")
@requires("registry.edit")
def officer_new() -> str:
    """An empty officer form."""
    values = {"department_id": current_actor().department_id, "active": True}
    return _form(None, values=values)


@bp.post("/officers/new")
@requires("registry.edit")
def officer_add() -> ResponseReturnValue:
    """Save a new officer."""

    def save(values: dict[str, Any]) -> str:
        added = add_entry(officers.OFFICERS, values, current_actor(), submission())
        flash(_("The officer was added"), "ok")
        return _address(added)

    return submit(OfficerForm(), save, partial(_form, None))


@bp.get("/officers/<uuid:officer_id>/edit")
@requires("registry.edit")
def officer_edit(officer_id: UUID) -> str:
    """The officer's form, for who keeps them."""
    with read_session() as session:
        officer = officers.OFFICERS.find_to_change(session, current_actor(), officer_id)
        values = {
            **forms.as_form(officer, _FIELDS, _LISTS),
            "login": officers.login_of(session, officer),
            "revision": officer.revision,
        }
    return _form(officer_id, values=values)


@bp.post("/officers/<uuid:officer_id>/edit")
@requires("registry.edit")
def officer_save(officer_id: UUID) -> ResponseReturnValue:
    """Save the officer's form."""
    register = officers.OFFICERS
    return forms.save_entry(register, officer_id, OfficerForm(), partial(_form, officer_id))


def _form(officer_id: UUID | None, *, values: Any, errors: Any = None, problem: Any = None) -> str:
    with read_session() as session:
        return render_template(
            "registry/officer_form.html",
            officer_id=officer_id,
            values=values,
            errors=errors or {},
            problem=problem,
            departments=forms.kept_departments(session, current_actor()),
        )
