"""The office page on which a finished draw is extended. Routes only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ..platform.access import current_actor, requires
from ..platform.forms import typed
from ..platform.i18n import ngettext
from ..platform.transactions import read_session
from . import schemas, views
from .service import drawing

bp = Blueprint("draw_extensions", __name__, url_prefix="/office/draws")


@bp.get("/<uuid:draw_id>/extend")
@requires("draw.run")
def extend_page(draw_id: UUID) -> str:
    """Show what every stratum has left, and the extensions so far."""
    with read_session() as session:
        return render_template("draws/extend.html", **views.extend_view(session, draw_id))


@bp.post("/<uuid:draw_id>/extend")
@requires("draw.run", step_up=True)
def extend(draw_id: UUID) -> ResponseReturnValue:
    """Add the next rows of the same order."""
    form = schemas.extend_form(typed())
    try:
        values = schemas.ExtendForm().load(form)
    except ValidationError as error:
        with read_session() as session:
            view = views.extend_view(session, draw_id, form, error)
            return render_template("draws/extend.html", **view), 422
    added = drawing.extend(draw_id, **values, by=current_actor())
    flash(ngettext("%(num)s enterprise added", "%(num)s enterprises added", added), "ok")
    return redirect(url_for("draws.room", draw_id=draw_id), code=303)
