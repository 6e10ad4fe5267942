"""The office's first page: what waits for this person."""

from __future__ import annotations

from flask import render_template

from ...platform.access import requires
from .blueprint import bp


@bp.get("/office/")
@requires("office.read")
def overview() -> str:
    """What waits for this person."""
    return render_template("accounts/overview.html")
