"""The blueprint on which the registers' pages register themselves."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from backend.app.platform.access import requires

bp = Blueprint("registry", __name__, template_folder="../templates", url_prefix="/office/registry")


@bp.get("/")
@requires("registry.read")
def start() -> ResponseReturnValue:
    """The registers begin with the items."""
    return redirect("/office/registry/items", code=303)
