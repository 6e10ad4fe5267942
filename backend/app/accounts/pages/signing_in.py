"""Pages to sign in, sign out and prove again who one is. They work without JavaScript."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from marshmallow import ValidationError

from ...platform import forms
from ...platform.access import Actor, current_actor, public, requires
from ...platform.errors import Problem
from ...platform.settings import current_settings
from ...platform.web import is_local_address
from .. import service, sessions
from ..errors import PasskeyRefused, WrongCode, WrongCredentials, WrongPassword
from ..limits import limit_proof, limit_sign_in
from ..schemas import Activation, PasswordSignIn, PasswordStepUp
from .blueprint import bp


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The page to sign in on; who is signed in already goes on."""
    if current_user.is_authenticated:
        return redirect(_after(current_actor()), code=303)
    return _sign_in_page()


@bp.post("/sign-in")
@public
@limit_sign_in
def do_sign_in() -> ResponseReturnValue:
    """Sign in with name and password."""
    try:
        actor = service.sign_in_with_password(**forms.load(PasswordSignIn()))
    except ValidationError:
        return _sign_in_page(WrongCredentials()), WrongCredentials.status
    except Problem as problem:
        return _sign_in_page(problem), problem.status
    sessions.put_in_cookie(actor)
    return redirect(_after(actor), code=303)


def _sign_in_page(problem: Problem | None = None) -> str:
    return render_template("accounts/sign_in.html", problem=problem, next=_next(""))


@bp.get("/activate")
@public
def activate() -> str:
    """The page for the first sign-in with a one-time code."""
    return render_template("accounts/activate.html", problem=None)


@bp.post("/activate")
@public
@limit_sign_in
def do_activate() -> ResponseReturnValue:
    """Set the password with the code and sign in."""
    try:
        actor = service.activate(**forms.load(Activation()))
    except ValidationError:
        return render_template("accounts/activate.html", problem=WrongCode()), WrongCode.status
    except Problem as problem:
        return render_template("accounts/activate.html", problem=problem), problem.status
    sessions.put_in_cookie(actor)
    return redirect(_after(actor), code=303)


@bp.post("/office/sign-out")
@requires("account.own", keep="nothing")
def do_sign_out() -> ResponseReturnValue:
    """Sign out here."""
    service.sign_out(current_actor().session_id)
    sessions.take_from_cookie()
    return redirect("/sign-in", code=303)


@bp.get("/office/step-up")
@requires("account.own")
def step_up() -> ResponseReturnValue:
    """The page to prove again who one is."""
    return _step_up_page(None)


@bp.post("/office/step-up")
@requires("account.own", keep="nothing")
@limit_proof
def do_step_up() -> ResponseReturnValue:
    """Take the proof, then go on with the page or the kept form that asked for it."""
    problem = _proof_problem(current_actor())
    if problem is not None:
        return _step_up_page(problem), problem.status
    return redirect(_next("/office/"), code=303)


def _proof_problem(actor: Actor) -> Problem | None:
    """Return what is wrong with the proof; a passkey's answer went through the API just before."""
    if forms.load_value("proof") == "passkey":
        fresh = actor.stepped_up(current_settings().step_up_seconds)
        return None if fresh else PasskeyRefused()
    try:
        service.step_up_with_password(actor, **forms.load(PasswordStepUp()))
    except ValidationError:
        return WrongPassword()
    except Problem as problem:
        return problem
    return None


def _step_up_page(problem: Problem | None) -> str:
    return render_template("accounts/step_up.html", problem=problem, next=_next("/office/"))


def _next(default: str) -> str:
    wanted = forms.load_value("next") or request.args.get("next", "")
    return wanted if is_local_address(wanted) else default


def _after(actor: Actor) -> str:
    """Return where a person starts: the office, or the phone app for those who only inspect."""
    start = "/office/" if actor.may("office.read") else "/app/"
    wanted = _next("")
    return start if wanted in {"", "/office/"} else wanted
