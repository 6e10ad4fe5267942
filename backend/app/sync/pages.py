"""The office's list of what phones sent and no visit took, and the decision about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..platform.access import current_actor, requires
from ..platform.forms import typed
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
    return _list(request.args.get("visit", None, UUID))


def _list(visit_id: UUID | None, **refused: Any) -> str:
    """Show what waits; after a refusal with what was chosen and typed."""
    with read_session() as session:
        number = request.args.get("page", 1, int)
        page = service.waiting(session, current_actor(), number, visit_id)
        return render_template(
            "sync/quarantine.html", page=page, wording=wording, visit_id=visit_id, **refused
        )


@bp.post("")
@requires("review.decide")
def decide() -> ResponseReturnValue:
    """Adopt events into their visits, or set them aside."""
    form = {**typed().to_dict(), "events": typed().getlist("events")}
    errors = Decision().validate(form)
    if errors:
        return _list(None, note=form.get("note", ""), chosen=form["events"], errors=errors), 422
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
