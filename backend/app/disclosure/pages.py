"""The office's pages of disclosure: what is public, what came late, the working-day table."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ..platform import clock
from ..platform.access import current_actor, requires
from ..platform.forms import load, typed
from ..platform.i18n import gettext as _
from ..platform.transactions import read_session
from . import service
from .labels import category_colour, category_label
from .schemas import NewOverride, OldOverride

bp = Blueprint(
    "disclosure", __name__, template_folder="templates", url_prefix="/office/disclosures"
)


@bp.context_processor
def _labels() -> dict[str, Any]:
    return {"category_label": category_label, "category_colour": category_colour}


@bp.get("")
@requires("disclosure.read")
def disclosures() -> str:
    """Show the running disclosure clocks 公示期限 and the published results with their late
    marks."""
    words, late_only = request.args.get("q", "")[:60], request.args.get("late") == "1"
    number = request.args.get("page", 1, type=int)
    with read_session() as session:
        actor = current_actor()
        page = service.office_list(session, actor, words=words, late_only=late_only, page=number)
        return render_template(
            "disclosure/list.html",
            page=page,
            counts=service.counts(session),
            running=service.running(session, actor),
        )


@bp.get("/working-days")
@requires("disclosure.read")
def working_days() -> str:
    """Show the days that are worked or free against the calendar."""
    return _working_days({}, None)


def _working_days(given: dict[str, Any], errors: Any) -> str:
    year = clock.today().year
    with read_session() as session:
        calendar = service.calendar(session)
        return render_template(
            "disclosure/working_days.html",
            rows=service.overrides(session),
            years=[(one, calendar.announced(one)) for one in (year, year + 1)],
            given=given,
            errors=errors,
        )


@bp.post("/working-days")
@requires("disclosure.calendar")
def add_working_day() -> ResponseReturnValue:
    """Add a day to the table."""
    try:
        command = load(NewOverride())
    except ValidationError as error:
        errors = {name: [_("This field needs another value")] for name in error.messages_dict}
        return _working_days(dict(typed()), errors), 422
    service.add_override(**command, by=current_actor().account_id)
    flash(_("The day is in the table. Deadlines follow it from now on"), "ok")
    return redirect(url_for("disclosure.working_days"), 303)


@bp.post("/working-days/remove")
@requires("disclosure.calendar")
def remove_working_day() -> ResponseReturnValue:
    """Take a day out of the table."""
    command = load(OldOverride())
    service.remove_override(**command)
    flash(_("The calendar is followed again on that day"), "ok")
    return redirect(url_for("disclosure.working_days"), 303)
