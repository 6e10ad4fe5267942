"""The office's list of what phones sent and no visit took, and the decision about it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..platform.access import current_actor, requires
from ..platform.i18n import gettext as _
from ..platform.i18n import ngettext
from ..platform.transactions import read_session
from . import service, wording
from .schemas import Decision

bp = Blueprint("sync", __name__, url_prefix="/office/quarantine", template_folder="templates")


@bp.get("")
@requires("review.read")
def quarantine() -> str:
    """What waits for a decision, of all visits or of ``?visit=``."""
    visit_id = request.args.get("visit", None, UUID)
    with read_session() as session:
        number = request.args.get("page", 1, int)
        page = service.waiting(session, current_actor(), number, visit_id)
        return render_template(
            "sync/quarantine.html", page=page, wording=wording, visit_id=visit_id
        )


@bp.post("")
@requires("review.decide")
def decide() -> ResponseReturnValue:
    """Adopt events into their visits, or set them aside."""
    form = {**request.form.to_dict(), "events": request.form.getlist("events")}
    form.pop("csrf_token", None)
    errors = Decision().validate(form)
    if errors:
        flash(wording.first_error(errors), "bad")
    else:
        _carry_out(Decision().load(form))
    return redirect(url_for("sync.quarantine"), code=303)


def _carry_out(command: dict[str, object]) -> None:
    events, note = command["events"], str(command["note"])
    if command["decision"] == "set_aside":
        count = service.set_aside(events, note, current_actor())  # type: ignore[arg-type]
        flash(ngettext("%(num)s entry set aside", "%(num)s entries set aside", count), "ok")
        return
    done, failed = service.adopt(events, note, current_actor())  # type: ignore[arg-type]
    if done:
        flash(ngettext("%(num)s entry adopted", "%(num)s entries adopted", done), "ok")
    if failed:
        flash(
            _(
                "%(n)s could not be adopted: the visit is closed, handed in, or does not have it",
                n=failed,
            ),
            "bad",
        )
