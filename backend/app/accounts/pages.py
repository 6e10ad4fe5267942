"""Pages of people: signing in, the overview."""

from __future__ import annotations

from flask import Blueprint, render_template

from ..platform.access import public, requires

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """The page to sign in on."""
    return render_template("accounts/sign_in.html")


@bp.get("/office/")
@requires("office.read")
def overview() -> str:
    """What waits for this person."""
    return render_template("accounts/overview.html")
