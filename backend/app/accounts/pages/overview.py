"""The office's first page: what waits for this person."""

from __future__ import annotations

from flask import render_template

from ...platform import overview as waiting
from ...platform.access import current_actor, requires
from ...platform.transactions import read_session
from .blueprint import bp


@bp.get("/office/")
@requires("office.read")
def overview() -> str:
    """What waits for this person."""
    with read_session() as session:
        cards = waiting.cards(session, current_actor())
    return render_template("accounts/overview.html", cards=cards)
