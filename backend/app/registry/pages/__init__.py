"""Office pages of the registers: items, officers, enterprises and their imports."""

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


from backend.app.registry.pages import (  # noqa: E402  the modules register on bp
    checklists,
    enterprises,
    imports,
    items,
    officers,
)

__all__ = ["bp", "checklists", "enterprises", "imports", "items", "officers"]
