"""Office pages of an invited department's part of a joint draw, where it looks, states its part,
accepts or declines. Routes only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ..platform.access import current_actor, requires
from ..platform.forms import load, typed
from ..platform.i18n import gettext as _
from ..platform.transactions import read_session
from . import part_views, schemas
from .service import planning

bp = Blueprint("draw_parts", __name__, url_prefix="/office/draws")


@bp.get("/<uuid:draw_id>/parts/<uuid:department_id>")
@requires("draw.read")
def part_page(draw_id: UUID, department_id: UUID) -> str:
    """Show a department's part, as proposed or as answered."""
    with read_session() as session:
        view = part_views.part_view(session, draw_id, department_id)
        return render_template("draws/part.html", **view)


@bp.post("/<uuid:draw_id>/parts/<uuid:department_id>/accept")
@requires("draw.prepare")
def accept_part(draw_id: UUID, department_id: UUID) -> ResponseReturnValue:
    """Accept with the part as typed."""
    form = schemas.part_form(typed())
    try:
        values = schemas.PartForm().load(form)
    except ValidationError as error:
        with read_session() as session:
            view = part_views.part_view(session, draw_id, department_id, form, error)
            return render_template("draws/part.html", **view), 422
    planning.accept(draw_id, department_id, values, current_actor())
    flash(_("Accepted. Your department takes part in this draw"), "ok")
    return redirect(url_for("draws.room", draw_id=draw_id), code=303)


@bp.post("/<uuid:draw_id>/parts/<uuid:department_id>/decline")
@requires("draw.prepare")
def decline_part(draw_id: UUID, department_id: UUID) -> ResponseReturnValue:
    """Decline with a reason for the leading department."""
    values = load(schemas.DeclineForm())
    planning.decline(draw_id, department_id, **values, by=current_actor())
    flash(_("Declined. The leading department sees your reason"), "ok")
    return redirect(url_for("draws.room", draw_id=draw_id), code=303)


@bp.post("/<uuid:draw_id>/parts/<uuid:department_id>/count")
@requires("draw.prepare")
def count_part(draw_id: UUID, department_id: UUID) -> str:
    """Show what the rosters have in common, with this department's as typed."""
    try:
        roster = load(schemas.RosterForm(), schemas.part_form)
    except ValidationError as error:
        return render_template("draws/rosters.html", common=None, errors=part_views.texts(error))
    with read_session() as session:
        view = part_views.rosters_view(session, draw_id, department_id, roster)
        return render_template("draws/rosters.html", **view)
