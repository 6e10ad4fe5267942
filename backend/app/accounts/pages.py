"""Pages of people: signing in and out, proving it is you, the overview."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..platform.access import current_actor, public, requires
from ..platform.security import limiter
from ..platform.web import is_local_address
from . import service, sessions
from .errors import WrongCredentials
from .schemas import PasswordSignIn, PasswordStepUp

bp = Blueprint("accounts", __name__, template_folder="templates")


def _next(default: str = "/office/") -> str:
    wanted = request.values.get("next", "")
    return wanted if is_local_address(wanted) else default


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """The page to sign in on."""
    return render_template("accounts/sign_in.html", next=_next(), login="", problem=None)


@bp.post("/sign-in")
@public
@limiter.limit("10 per minute; 60 per hour")
def do_sign_in() -> ResponseReturnValue:
    """Sign in from the form, without JavaScript."""
    command = PasswordSignIn(unknown="exclude").load(request.form)
    try:
        sessions.put_in_cookie(service.sign_in_with_password(**command))
    except WrongCredentials as problem:
        page = "accounts/sign_in.html"
        return render_template(page, next=_next(), login=command["login"], problem=problem), 401
    return redirect(_next(), code=303)


@bp.post("/office/sign-out")
@requires("account.own")
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    service.sign_out(current_actor().session_id)
    sessions.take_from_cookie()
    return redirect("/sign-in", code=303)


@bp.get("/office/step-up")
@requires("account.own")
def step_up() -> str:
    """The page that asks whether it is still you."""
    return render_template("accounts/step_up.html", next=_next(), problem=None)


@bp.post("/office/step-up")
@requires("account.own")
@limiter.limit("10 per minute")
def do_step_up() -> ResponseReturnValue:
    """Prove it with the password."""
    command = PasswordStepUp(unknown="exclude").load(request.form)
    try:
        service.step_up_with_password(current_actor(), **command)
    except WrongCredentials as problem:
        page = render_template("accounts/step_up.html", next=_next(), problem=problem)
        return page, 401
    return redirect(_next(), code=303)


@bp.get("/office/")
@requires("office.read")
def overview() -> str:
    """What waits for this person."""
    return render_template("accounts/overview.html")
