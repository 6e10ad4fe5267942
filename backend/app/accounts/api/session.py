"""JSON endpoints to sign in and out, to say who one is, to prove it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_wtf.csrf import generate_csrf

from ...platform import clock, installation
from ...platform.access import Actor, current_actor, public, requires
from ...platform.transactions import read_session
from ...registry import service as registry
from .. import service, sessions
from ..limits import limit_proof, limit_sign_in
from ..schemas import (
    OPTIONS,
    Activation,
    CsrfView,
    MeView,
    OwnSessionView,
    PasswordSignIn,
    SessionView,
    StepUp,
)
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
@bp.response(200, MeView)
def sign_in(command: dict[str, str]) -> dict[str, Any]:
    """Sign in with name and password."""
    return let_in(service.sign_in_with_password(**command))


@bp.post("/session/activate")
@public
@limit_sign_in
@bp.arguments(Activation)
@bp.response(200, MeView)
def activate(command: dict[str, str]) -> dict[str, Any]:
    """Sign in for the first time with a one-time code, setting the password."""
    return let_in(service.activate(**command))


@bp.delete("/session")
@requires("account.own")
@bp.response(204)
def sign_out() -> None:
    """Sign out here."""
    service.sign_out(current_actor().session_id)
    sessions.take_from_cookie()


@bp.get("/me")
@requires("account.own")
@bp.response(200, MeView)
def me() -> dict[str, Any]:
    """Who is signed in."""
    return me_document(current_actor())


@bp.post("/step-up")
@requires("account.own")
@limit_proof
@bp.arguments(StepUp)
@bp.response(204)
def step_up(command: dict[str, Any]) -> None:
    """Prove again who one is, with the password or a passkey's answer."""
    if "password" in command:
        service.step_up_with_password(current_actor(), command["password"])
        return
    challenge = sessions.take_challenge()
    service.step_up_with_passkey(current_actor(), challenge, command["credential"])


@bp.post("/step-up/options")
@requires("account.own")
@bp.response(200, OPTIONS)
def step_up_options() -> Response:
    """What the browser needs to ask one of the own passkeys."""
    return jsonify(sessions.keep_challenge(service.step_up_options(current_actor())))


@bp.get("/sessions")
@requires("account.own")
@bp.response(200, OwnSessionView(many=True))
def list_sessions() -> Response:
    """The own signed-in browsers."""
    actor = current_actor()
    with read_session() as session:
        rows = service.live_sessions(session, actor.account_id)
        views: list[dict[str, Any]] = SessionView(many=True).dump(rows)
    here = str(actor.session_id)
    return jsonify([{**view, "current": view["id"] == here} for view in views])


@bp.delete("/sessions/<uuid:session_id>")
@requires("account.own")
@bp.response(204)
def end_session(session_id: UUID) -> None:
    """Sign one of the own browsers out."""
    service.end_session(current_actor(), session_id)


def let_in(actor: Actor) -> dict[str, Any]:
    """Put a new session in the cookie; the reply says who it is."""
    sessions.put_in_cookie(actor)
    return me_document(actor)


def me_document(actor: Actor) -> dict[str, Any]:
    """The signed-in person, with what a client needs to go on."""
    return {
        "account": actor.account_id,
        "login": actor.login,
        "name": actor.name,
        "department": {"id": actor.department_id, "name": actor.department_name},
        "officer": _officer(actor),
        "roles": sorted(actor.roles),
        "locale": actor.locale,
        "csrf_token": generate_csrf(),
        "epoch": installation.epoch(),
        "server_time": clock.rfc3339(clock.now()),
    }


def _officer(actor: Actor) -> dict[str, Any] | None:
    with read_session() as session:
        officer = registry.officer_of_account(session, actor.account_id)
        if officer is None:
            return None
        return {
            "id": officer.id,
            "certificate": officer.certificate,
            "certificate_expires_on": officer.certificate_expires_on,
        }
