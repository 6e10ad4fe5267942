"""The supervisor's pages: queue and record side by side, deciding, evidence close up."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..disclosure import service as disclosure
from ..platform import clock
from ..platform.access import current_actor, requires
from ..platform.code_lists import VERDICTS
from ..platform.code_words import word
from ..platform.errors import NotFound
from ..platform.forms import load, typed
from ..platform.i18n import gettext as _
from ..platform.transactions import read_session
from . import queueing, service, wording
from .schemas import Revision, SendBack, reasons_from_form

bp = Blueprint("review", __name__, template_folder="templates", url_prefix="/office/review")


@bp.context_processor
def _labels() -> dict[str, Any]:
    return {
        "category_label": disclosure.category_label,
        "category_colour": disclosure.category_colour,
        "clock_error": wording.clock_error,
        "follow_up_label": disclosure.follow_up_label,
        "lot_label": disclosure.lot_label,
        "verdict_label": partial(word, VERDICTS),
    }


@bp.app_template_filter("moment")
def _moment(value: str) -> str:
    """Return an RFC 3339 moment that this server wrote, as clocks in China show it."""
    return clock.local(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")


@bp.app_template_filter("clock_time")
def _clock_time(value: datetime) -> str:
    """Return the time of day in China, to the minute."""
    return clock.local(value).strftime("%H:%M")


@bp.get("")
@requires("review.read")
def queue() -> str:
    """Show 待核查, the waiting records with the most urgent first; on a wide screen the first
    record beside them."""
    with read_session() as session:
        entries = queueing.queue(session, current_actor())
        first = service.case(session, current_actor(), entries[0].visit.id) if entries else None
        return render_template("review/queue.html", entries=entries, case=first, chosen=None)


@bp.get("/<uuid:visit_id>")
@requires("review.read")
def record(visit_id: UUID) -> str:
    """Show one record: answers, evidence, proof, and what stands in the way of confirming it."""
    with read_session() as session:
        entries = queueing.queue(session, current_actor())
        case = service.case(session, current_actor(), visit_id)
        return render_template("review/queue.html", entries=entries, case=case, chosen=visit_id)


@bp.get("/<uuid:visit_id>/confirm")
@requires("review.decide", step_up=True)
def confirming(visit_id: UUID) -> str:
    """Show what the public will read, before it is confirmed."""
    with read_session() as session:
        case = service.case_to_decide(session, current_actor(), visit_id)
        document = service.preview(session, case) if case.obstacle is None else None
        return render_template("review/confirm.html", case=case, document=document)


@bp.post("/<uuid:visit_id>/confirm")
@requires("review.decide", step_up=True)
def confirm(visit_id: UUID) -> ResponseReturnValue:
    """Confirm the record and publish its result."""
    command = load(Revision())
    service.confirm(current_actor(), visit_id, **command)
    flash(_("Confirmed. The result is public now"), "ok")
    return redirect(url_for("review.record", visit_id=visit_id), 303)


@bp.get("/<uuid:visit_id>/send-back")
@requires("review.decide")
def sending_back(visit_id: UUID) -> str:
    """Show the form with a reason for each point or file."""
    with read_session() as session:
        case = service.case_to_decide(session, current_actor(), visit_id)
        return render_template("review/send_back.html", case=case, given={}, lacking=False)


@bp.post("/<uuid:visit_id>/send-back")
@requires("review.decide")
def send_back(visit_id: UUID) -> ResponseReturnValue:
    """Send the record back to its officers."""
    reasons = reasons_from_form(typed().items())
    if not reasons:
        return _without_reason(visit_id)
    command = SendBack().load({**typed(), "reasons": reasons})
    service.send_back(current_actor(), visit_id, **command)
    flash(_("Sent back. The officers see the reasons on their phones"), "ok")
    return redirect(url_for("review.queue"), 303)


def _without_reason(visit_id: UUID) -> ResponseReturnValue:
    with read_session() as session:
        case = service.case_to_decide(session, current_actor(), visit_id)
        page = render_template(
            "review/send_back.html", case=case, given=dict(typed()), lacking=True
        )
        return page, 422


@bp.get("/<uuid:visit_id>/evidence/<uuid:evidence_id>")
@requires("evidence.read")
def evidence(visit_id: UUID, evidence_id: UUID) -> str:
    """Show one piece of evidence, large, with what is known and what is only claimed about it."""
    with read_session() as session:
        case = service.case(session, current_actor(), visit_id)
        shots = case.dossier.shots
        place = next((i for i, s in enumerate(shots) if s.id == str(evidence_id)), None)
        if place is None:
            raise NotFound
        return render_template("review/evidence.html", case=case, shots=shots, place=place)
