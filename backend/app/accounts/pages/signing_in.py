"""Pages to sign in, sign out and prove again who one is. They work without JavaScript."""

from __future__ import annotations

import json
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from marshmallow import ValidationError

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
        actor = service.sign_in_with_password(**PasswordSignIn().load(request.form))
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
        actor = service.activate(**Activation().load(request.form))
    except ValidationError:
        return render_template("accounts/activate.html", problem=WrongCode()), WrongCode.status
    except Problem as problem:
        return render_template("accounts/activate.html", problem=problem), problem.status
    sessions.put_in_cookie(actor)
    return redirect(_after(actor), code=303)


@bp.post("/office/sign-out")
@requires("account.own")
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
@requires("account.own")
@limit_proof
def do_step_up() -> ResponseReturnValue:
    """Take the proof, then go on with the page or the form that asked for it."""
    resume = _local(request.args.get("resume", ""), "")
    if resume and "proof" not in request.form:
        return _step_up_page(None, resume=resume, kept=_typed())
    problem = _proof_problem(current_actor())
    if problem is not None:
        page = _step_up_page(problem, resume=resume, kept=request.form.get("kept", ""))
        return page, problem.status
    if resume:
        fields = _fields(request.form.get("kept", ""))
        return render_template("accounts/resume.html", resume=resume, fields=fields)
    return redirect(_next("/office/"), code=303)


def _proof_problem(actor: Actor) -> Problem | None:
    """What is wrong with the proof; a passkey's answer went through the API a moment ago."""
    if request.form.get("proof") == "passkey":
        fresh = actor.stepped_up(current_settings().step_up_seconds)
        return None if fresh else PasskeyRefused()
    try:
        service.step_up_with_password(actor, **PasswordStepUp().load(request.form))
    except ValidationError:
        return WrongPassword()
    except Problem as problem:
        return problem
    return None


def _step_up_page(problem: Problem | None, *, resume: str = "", kept: str = "") -> str:
    return render_template(
        "accounts/step_up.html", problem=problem, next=_next("/office/"), resume=resume, kept=kept
    )


def _typed() -> str:
    """What the interrupted form held, files excepted, as JSON pairs."""
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return json.dumps(pairs, ensure_ascii=False)


def _fields(kept: str) -> list[tuple[str, str]]:
    """The pairs of :func:`_typed`; anything else is nothing."""
    try:
        pairs: Any = json.loads(kept or "[]")
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError):
        return []


def _next(default: str) -> str:
    return _local(request.values.get("next", ""), default)


def _local(address: str, default: str) -> str:
    return address if is_local_address(address) else default


def _after(actor: Actor) -> str:
    """Where a person starts: the office, or the phone app for those who only inspect."""
    start = "/office/" if actor.may("office.read") else "/app/"
    wanted = _next("")
    return start if wanted in {"", "/office/"} else wanted
