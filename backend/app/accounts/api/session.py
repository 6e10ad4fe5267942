"""JSON endpoints of people: signing in and out, who one is."""

from __future__ import annotations

from typing import Any

from flask_wtf.csrf import generate_csrf

from ...platform import clock, installation
from ...platform.access import current_actor, public, requires
from .. import service, sessions
from ..limits import limit_sign_in
from ..schemas import CsrfView, PasswordSignIn
from .blueprint import bp


@bp.get("/csrf")
@public
@bp.response(200, CsrfView)
def csrf_token() -> dict[str, str]:
    """The token of this browser's session."""
    return {"csrf_token": generate_csrf()}


@bp.post("/session")
@public
@limit_sign_in
@bp.arguments(PasswordSignIn)
def sign_in(command: dict[str, str]) -> dict[str, Any]:
    """Sign in with name and password."""
    actor = service.sign_in_with_password(**command)
    sessions.put_in_cookie(actor)
    return me_document()


@bp.delete("/session")
@requires("account.own")
@bp.response(204)
def sign_out() -> None:
    """Sign out here."""
    service.sign_out(current_actor().session_id)
    sessions.take_from_cookie()


@bp.get("/me")
@requires("account.own")
def me() -> dict[str, Any]:
    """Who is signed in."""
    return me_document()


def me_document() -> dict[str, Any]:
    """The signed-in person, with what a client needs to go on."""
    actor = current_actor()
    return {
        "account": str(actor.account_id),
        "login": actor.login,
        "name": actor.name,
        "department": {"id": str(actor.department_id), "name": actor.department_name},
        "officer": None,
        "roles": sorted(actor.roles),
        "locale": actor.locale,
        "csrf_token": generate_csrf(),
        "epoch": installation.epoch(),
        "server_time": clock.rfc3339(clock.now()),
    }
