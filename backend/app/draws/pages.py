"""Office pages of draws: the list, the plan in two steps, the freeze, the drawing room, the
witness's page.

Each route loads a form, calls one service, and shows a page or redirects.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ..platform.access import current_actor, requires
from ..platform.forms import load, submission, typed
from ..platform.i18n import gettext as _
from ..platform.i18n import ngettext
from ..platform.transactions import read_session
from . import schemas, views
from .ceremony import schemas as forms
from .ceremony import views as ceremony
from .service import drawing, holding, planning, telling
from .service.ground import finding

bp = Blueprint("draws", __name__, template_folder="templates", url_prefix="/office/draws")


def _room(draw_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("draws.room", draw_id=draw_id), code=303)


@bp.get("")
@requires("draw.read")
def list_page() -> str:
    """Show the draws of one's departments, newest first."""
    asked = schemas.ListForm().load(request.args)
    with read_session() as session:
        return render_template("draws/list.html", **views.list_view(session, **asked))


@bp.get("/new")
@requires("draw.prepare")
def new_page() -> str:
    """Show the first step of a new plan."""
    with read_session() as session:
        return render_template("draws/what.html", **views.what_view(session, None))


@bp.post("/new")
@requires("draw.prepare")
def new() -> ResponseReturnValue:
    """Save the first step of a new plan."""
    try:
        values = load(schemas.WhatForm(), schemas.what_form)
    except ValidationError as error:
        return _what_again(None, error)
    draw_id = planning.prepare(values, current_actor(), submission())
    return redirect(url_for("draws.who_page", draw_id=draw_id), code=303)


@bp.get("/<uuid:draw_id>/what")
@requires("draw.prepare")
def what_page(draw_id: UUID) -> str:
    """Show the first step of a plan that is being prepared."""
    with read_session() as session:
        return render_template("draws/what.html", **views.what_view(session, draw_id))


@bp.post("/<uuid:draw_id>/what")
@requires("draw.prepare")
def what(draw_id: UUID) -> ResponseReturnValue:
    """Save the first step."""
    try:
        values = load(schemas.WhatForm(), schemas.what_form)
    except ValidationError as error:
        return _what_again(draw_id, error)
    planning.change_what(draw_id, values, current_actor())
    return redirect(url_for("draws.who_page", draw_id=draw_id), code=303)


def _what_again(draw_id: UUID | None, error: ValidationError) -> ResponseReturnValue:
    with read_session() as session:
        view = views.what_view(session, draw_id, schemas.what_form(typed()), error)
        return render_template("draws/what.html", **view), 422


@bp.get("/stratum")
@requires("draw.prepare")
def stratum_row() -> str:
    """Show one more stratum in the form."""
    with read_session() as session:
        return render_template("draws/stratum.html", **views.stratum_view(session))


@bp.get("/seat")
@requires("draw.prepare")
def seat_row() -> str:
    """Show one more line of the team in the form."""
    asked = schemas.SeatRowForm().load(request.args)
    with read_session() as session:
        return render_template("draws/seat.html", **views.seat_view(session, **asked))


@bp.post("/count")
@requires("draw.prepare")
def count() -> str:
    """Show how many enterprises the strata typed so far hold."""
    try:
        values = load(schemas.CountForm(), schemas.what_form)
    except ValidationError as error:
        return render_template("draws/count.html", counted=None, errors=views.texts(error))
    with read_session() as session:
        return render_template("draws/count.html", **views.count_view(session, values))


@bp.get("/<uuid:draw_id>/who")
@requires("draw.prepare")
def who_page(draw_id: UUID) -> str:
    """Show the second step: team and officers."""
    with read_session() as session:
        return render_template("draws/who.html", **views.who_view(session, draw_id))


@bp.post("/<uuid:draw_id>/who")
@requires("draw.prepare")
def who(draw_id: UUID) -> ResponseReturnValue:
    """Save the second step."""
    try:
        values = load(schemas.WhoForm(), schemas.who_form)
    except ValidationError as error:
        with read_session() as session:
            form = schemas.who_form(typed())
            view = views.who_view(session, draw_id, form, error)
            return render_template("draws/who.html", **view), 422
    planning.change_who(draw_id, values, current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/officers")
@requires("draw.prepare")
def officers(draw_id: UUID) -> str:
    """Show who may be drawn for the team typed so far, and why others may not."""
    try:
        values = load(schemas.WhoForm(), schemas.who_form)
    except ValidationError as error:
        return render_template("draws/officers.html", team=None, errors=views.texts(error))
    with read_session() as session:
        return render_template(
            "draws/officers.html", **views.officers_view(session, draw_id, values)
        )


@bp.get("/<uuid:draw_id>")
@requires("draw.read")
def room(draw_id: UUID) -> str:
    """Show the plan to be frozen, or the drawing room."""
    with read_session() as session:
        template, view = views.room_view(session, draw_id)
        return render_template(template, **view)


@bp.post("/<uuid:draw_id>/freeze")
@requires("draw.run", step_up=True)
def freeze(draw_id: UUID) -> ResponseReturnValue:
    """Freeze the plan in the revision that was seen."""
    seen = load(forms.FreezeForm())
    holding.freeze(draw_id, **seen, by=current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/open")
@requires("draw.run", step_up=True)
def open_operator(draw_id: UUID) -> ResponseReturnValue:
    """Reveal the operator's secret, which comes before the witnesses'."""
    holding.open_operator(draw_id, current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/slip")
@requires("draw.run", keep="secret")
def slip(draw_id: UUID) -> ResponseReturnValue:
    """Take a witness's secret typed in from the paper slip."""
    values = load(forms.RevealForm())
    holding.type_slip(draw_id, **values, by=current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/lots")
@requires("draw.run", step_up=True)
def lots(draw_id: UUID) -> ResponseReturnValue:
    """Compute the lots of a stored transcript, once it stands in the ledger."""
    drawing.draw_lots(draw_id, current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/dispatch")
@requires("draw.run")
def dispatch(draw_id: UUID) -> ResponseReturnValue:
    """Make the visits."""
    made = drawing.dispatch(draw_id, current_actor())
    flash(ngettext("%(num)s visit sent", "%(num)s visits sent", made), "ok")
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/discard")
@requires("draw.prepare")
def discard(draw_id: UUID) -> ResponseReturnValue:
    """Give up a plan that was never frozen."""
    planning.discard(draw_id, current_actor())
    flash(_("The plan was given up; it never was a draw"), "ok")
    return redirect(url_for("draws.list_page"), code=303)


@bp.post("/<uuid:draw_id>/cancel")
@requires("draw.run", step_up=True)
def cancel(draw_id: UUID) -> ResponseReturnValue:
    """Cancel a frozen draw with a public reason."""
    values = load(schemas.ReasonForm())
    holding.cancel(draw_id, values["reason"], current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/void")
@requires("draw.void", step_up=True)
def void(draw_id: UUID) -> ResponseReturnValue:
    """Declare a draw void with a public reason."""
    values = load(schemas.ReasonForm())
    holding.void(draw_id, values["reason"], current_actor())
    return _room(draw_id)


@bp.post("/<uuid:draw_id>/audit.zip")
@requires("draw.audit")
def audit(draw_id: UUID) -> Response:
    """Send the auditors' copy of the bundle, with every recusal, and keep that it was taken."""
    number, copy = telling.take_copy(draw_id, current_actor())
    response = Response(copy, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-audit.zip"'
    response.cache_control.private = True
    response.cache_control.no_store = True
    return response


@bp.get("/<uuid:draw_id>/witness")
@requires("draw.read")
def witness_page(draw_id: UUID) -> str:
    """Show the witness's own page, where they commit, keep the slip and reveal."""
    with read_session() as session:
        draw = finding.get(session, draw_id, current_actor())
        view = ceremony.witness(session, draw, current_actor())
        return render_template("draws/witness.html", **view)


@bp.post("/<uuid:draw_id>/witness/commit")
@requires("draw.read")
def witness_commit(draw_id: UUID) -> ResponseReturnValue:
    """Take a witness's commitment; text and random bytes stay on the witness's device."""
    values: dict[str, Any] = load(forms.CommitForm())
    holding.commit_witness(draw_id, values["commitment"], current_actor())
    return redirect(url_for("draws.witness_page", draw_id=draw_id), code=303)


@bp.post("/<uuid:draw_id>/witness/reveal")
@requires("draw.read", keep="secret")
def witness_reveal(draw_id: UUID) -> ResponseReturnValue:
    """Take the text and random bytes that the witness committed to."""
    values = load(forms.RevealForm())
    holding.reveal_witness(draw_id, **values, by=current_actor())
    return redirect(url_for("draws.witness_page", draw_id=draw_id), code=303)
