"""Pages of people: the list, one person with their roles, activation codes to hand over."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from ...platform.access import ROLES as ROLE_CODES
from ...platform.access import WIDE_ROLES, current_actor, requires
from ...platform.errors import Problem
from ...platform.forms import load, load_value, submission, submit, typed
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..models import Account
from ..schemas import PersonForm, Roles
from ..wording import ROLES
from .blueprint import bp

HERE = "/office/people"


@bp.get("/office/people")
@requires("people.read")
def people() -> str:
    """The people this person may see."""
    wanted, number = _wanted()
    actor = current_actor()
    with read_session() as session:
        return render_template(
            "accounts/people.html",
            page=service.people(session, actor, wanted, number),
            wanted=wanted,
            departments=service.departments(session, actor.scope),
            roles=ROLES,
        )


def _wanted() -> tuple[service.Wanted, int]:
    role, state = request.args.get("role", ""), request.args.get("state", "active")
    number = request.args.get("page", 1, type=int)
    wanted = service.Wanted(
        query=request.args.get("q", "")[:80],
        role=role if role in ROLE_CODES else "",
        department_id=request.args.get("department", None, type=UUID),
        state=state if state in {"active", "ended", "all"} else "active",
    )
    return wanted, number


@bp.get("/office/people/new")
@requires("people.edit")
def new_person() -> str:
    """The form for a new person."""
    return _new_page(values={"locale": "zh-CN"})


def _new_page(*, values: Any, errors: Any = None, problem: Problem | None = None) -> str:
    with read_session() as session:
        return render_template(
            "accounts/person_new.html",
            values=values,
            errors=errors or {},
            problem=problem,
            departments=_administered(session),
        )


@bp.post("/office/people/new")
@requires("people.edit", step_up=True)
def do_add_person() -> ResponseReturnValue:
    """Add a person and show the code to hand over."""
    try:
        person = load(PersonForm())
        account_id, code = service.add_person(current_actor(), **person, form=submission())
    except ValidationError as error:
        return _new_page(values=typed(), errors=error.messages_dict), 422
    except Problem as problem:
        errors = {name: [problem.title] for name in problem.fields}
        return _new_page(values=typed(), errors=errors, problem=problem), problem.status
    return code_page(account_id, code)


@bp.get("/office/people/<uuid:account_id>")
@requires("people.read")
def person(account_id: UUID) -> str:
    """One person: who they are, their roles, what can be done."""
    return _person_page(account_id)


def _person_page(
    account_id: UUID,
    *,
    values: Any = None,
    errors: Any = None,
    problem: Problem | None = None,
    ticked: Any = None,
) -> str:
    actor = current_actor()
    with read_session() as session:
        account = service.person(session, actor, account_id)
        editable = actor.may("people.edit") and service.may_edit(session, actor, account)
        return render_template(
            "accounts/person.html",
            account=account,
            values=values or account,
            errors=errors or {},
            problem=problem,
            editable=editable,
            departments=_administered(session, account),
            matrix=_matrix(session, account),
            roles=ROLES,
            reset=service.open_reset(session, account_id),
            in_use=service.was_used(session, account),
            passkeys=service.passkeys_of_account(session, account_id),
            sessions=service.live_sessions(session, account_id),
            devices=service.devices_of_account(session, account_id),
            proposed={
                f"{one.role}:{one.department_id}"
                for one in service.proposals_of_account(session, account_id)
            },
            held=set(ticked or ()) or _held(account),
        )


def _held(account: Account) -> set[str]:
    """Return the account's roles as the ticks of the page write them."""
    return {f"{grant.role}:{grant.department_id}" for grant in account.grants}


def _administered(session: Session, account: Account | None = None) -> list[Any]:
    """Departments a person can be put into by this actor; the present one among them."""
    scope = service.admin_scope(session, current_actor())
    if account is not None:
        scope |= {account.department_id}
    return list(service.departments(session, scope))


def _matrix(session: Session, account: Account) -> list[tuple[Any, list[tuple[str, bool]]]]:
    """Departments by roles: each role with whether this actor may give or take it there."""
    actor = current_actor()
    scope = service.admin_scope(session, actor)
    office = service.oversight_office(session)
    places = scope | {grant.department_id for grant in account.grants}

    def open_to_change(role: str, place: UUID) -> bool:
        if role == "oversight" and place != office:
            return False
        return place in scope and ("system_admin" in actor.roles or role not in WIDE_ROLES)

    return [
        (place, [(role, open_to_change(role, place.id)) for role in ROLE_CODES])
        for place in service.departments(session, frozenset(places))
    ]


@bp.post("/office/people/<uuid:account_id>")
@requires("people.edit")
def do_change_person(account_id: UUID) -> ResponseReturnValue:
    """Correct name, login or department."""

    def save(person: dict[str, Any]) -> str:
        service.change_person(current_actor(), account_id, **person)
        return _saved(account_id)

    return submit(PersonForm(), save, partial(_person_page, account_id))


@bp.post("/office/people/<uuid:account_id>/roles")
@requires("people.edit", step_up=True)
def do_set_roles(account_id: UUID) -> ResponseReturnValue:
    """Give and take roles."""

    def save(wanted: dict[str, Any]) -> str:
        service.set_roles(current_actor(), account_id, wanted["grants"])
        return _saved_roles(account_id)

    return submit(Roles(), save, partial(_refused_roles, account_id), Roles.shape)


def _refused_roles(account_id: UUID, *, values: Any, errors: Any, problem: Any) -> str:
    """Show the person with the roles as they were ticked."""
    del errors
    return _person_page(account_id, problem=problem, ticked=values.getlist("grant"))


@bp.post("/office/people/<uuid:account_id>/active")
@requires("people.edit", step_up=True)
def do_set_active(account_id: UUID) -> ResponseReturnValue:
    """End an account or open it again."""
    service.set_active(current_actor(), account_id, load_value("active") == "1")
    return redirect(_saved(account_id), code=303)


@bp.post("/office/people/<uuid:account_id>/code")
@requires("people.edit", step_up=True)
def do_issue_code(account_id: UUID) -> ResponseReturnValue:
    """Make an activation code and show it once."""
    return code_page(account_id, service.new_code(current_actor(), account_id, submission()))


def code_page(account_id: UUID, code: str | None) -> ResponseReturnValue:
    """Show a code that was just made; one that was shown before cannot be shown again."""
    if code is None:
        flash(_("This was done before, and its code was shown then. Make a new one if it is lost"))
        return redirect(f"{HERE}/{account_id}", code=303)
    with read_session() as session:
        account = service.person(session, current_actor(), account_id)
        page = render_template("accounts/code.html", account=account, code=code)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _saved_roles(account_id: UUID) -> str:
    """Say also which roles wait for a second person."""
    with read_session() as session:
        waiting = len(service.proposals_of_account(session, account_id))
    if waiting:
        flash(_("Roles that decide wait for the agreement of a second person."), "")
    return _saved(account_id)


def _saved(account_id: UUID) -> str:
    flash(_("Saved."), "ok")
    return f"{HERE}/{account_id}"
