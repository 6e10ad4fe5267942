"""Office pages of replacements: what waits, absences, batches, rates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..draws.service import telling
from ..platform import clock
from ..platform.access import current_actor, requires
from ..platform.errors import Problem
from ..platform.forms import load, load_value, typed
from ..platform.i18n import gettext as _
from ..platform.i18n import ngettext
from ..platform.transactions import read_session
from ..registry import service as registry
from . import labels, rules, schemas, service

bp = Blueprint(
    "replacements", __name__, template_folder="templates", url_prefix="/office/replacements"
)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "cause_label": telling.cause_label,
        "reason_label": labels.reason_label,
        "seat_state_label": labels.state_label,
        "settled_label": labels.settled_label,
    }


def _board() -> ResponseReturnValue:
    return redirect(url_for("replacements.board"), code=303)


@bp.get("")
@requires("replacement.read")
def board() -> str:
    """Show the waiting seats and the draws with vacant seats."""
    with read_session() as session:
        return render_template(
            "replacements/board.html",
            views=service.board(session, current_actor()),
            cut_off=service.next_cut_off(),
            newcomer_days=rules.NEWCOMER_DAYS,
            holding_days=rules.HOLDING_DAYS,
        )


@bp.post("/draws/<uuid:draw_id>/ask")
@requires("draw.run", step_up=True)
def ask(draw_id: UUID) -> ResponseReturnValue:
    """Ask for a batch before the cut-off."""
    service.ask(draw_id, current_actor())
    flash(_("Asked for. It is drawn when the supervising side has released its link"), "ok")
    return _board()


@bp.post("/calls/<uuid:call_id>/release")
@requires("replacement.release", step_up=True)
def release(call_id: UUID) -> ResponseReturnValue:
    """Release the second link and draw the batch."""
    made = service.release(call_id, current_actor(), load_value("seen"))
    if isinstance(made, service.Held):
        flash(_("Meanwhile it was narrowed who can come. Look at the reason, then decide"), "warn")
    elif made is None:
        flash(_("This has been settled meanwhile. Reload the page"), "warn")
    else:
        flash(_drawn_words(made), "warn" if made.vacant else "ok")
    return _board()


def _drawn_words(made: service.Drawn) -> str:
    words = ngettext("%(num)s seat drawn again", "%(num)s seats drawn again", made.filled)
    if not made.vacant:
        return words
    vacant = ngettext(
        "%(num)s seat stays vacant: nobody was eligible",
        "%(num)s seats stay vacant: nobody was eligible",
        made.vacant,
    )
    return f"{words} · {vacant}"


@bp.post("/calls/<uuid:call_id>/take-back")
@requires("draw.run")
def take_back(call_id: UUID) -> ResponseReturnValue:
    """Withdraw a call; its seats wait for the cut-off."""
    service.take_back(call_id, current_actor())
    flash(_("Taken back. The seats are drawn again at the cut-off"), "ok")
    return _board()


@bp.post("/seats/<uuid:vacancy_id>/withdraw")
@requires("replacement.edit")
def withdraw(vacancy_id: UUID) -> ResponseReturnValue:
    """Withdraw a request: the officer keeps the seat."""
    words = load(schemas.WordsForm())["words"]
    service.withdraw(vacancy_id, words, current_actor())
    flash(_("Withdrawn. The officer stays on the visit"), "ok")
    return _board()


@bp.post("/seats/<uuid:vacancy_id>/agree")
@requires("replacement.release", step_up=True)
def agree(vacancy_id: UUID) -> ResponseReturnValue:
    """Agree, as the second person, that a newcomer leaves."""
    service.agree(vacancy_id, current_actor())
    flash(_("Agreed. The seat is drawn again with the next batch"), "ok")
    return _board()


@bp.post("/seats/<uuid:vacancy_id>/decline")
@requires("replacement.release")
def decline(vacancy_id: UUID) -> ResponseReturnValue:
    """Decline, as the second person, that a newcomer leaves."""
    words = load(schemas.WordsForm())["words"]
    service.decline(vacancy_id, words, current_actor())
    flash(_("Not agreed. The officer stays on the visit"), "ok")
    return _board()


@bp.get("/absence")
@requires("replacement.edit")
def absence_page() -> str:
    """Show the form of an absence."""
    with read_session() as session:
        return _absence_form(session, values={"officer_id": request.args.get("officer", "")})


@bp.post("/absence")
@requires("replacement.edit")
def absence() -> ResponseReturnValue:
    """Show which seats an absence would take; enter it once that is confirmed."""
    try:
        values = load(schemas.AbsenceForm())
        if "enter" in typed():
            return _entered(service.enter_absence(**values, by=current_actor()))
    except ValidationError as error:
        return _absence_again(errors=schemas.messages_of(error)), 422
    except Problem as problem:
        return _absence_again(problem=problem), problem.status
    with read_session() as session:
        return _absence_form(session, values=typed(), **_preview(session, values))


def _preview(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    days = (values["starts_on"], values["ends_on"])
    service.kept_officer(session, values["officer_id"], current_actor())
    return {"preview": service.would_vacate(session, values["officer_id"], *days)}


def _entered(entered: service.Entered) -> ResponseReturnValue:
    words = ngettext(
        "%(num)s seat waits for a replacement",
        "%(num)s seats wait for a replacement",
        entered.vacated,
    )
    said = [_("The absence is entered"), words]
    if entered.asked:
        said.append(
            ngettext(
                "%(num)s seat waits for a second person",
                "%(num)s seats wait for a second person",
                entered.asked,
            )
        )
    flash(" · ".join(said), "ok")
    return _board()


def _absence_again(**wrong: Any) -> str:
    with read_session() as session:
        return _absence_form(session, values=typed(), **wrong)


def _absence_form(session: Session, *, values: Any, **more: Any) -> str:
    kept = accounts.permitted(session, current_actor(), "replacement.edit")
    officers = registry.active_officers(session, kept)
    return render_template(
        "replacements/absence.html",
        values=values,
        officers=[(str(one.id), f"{one.name} · {one.certificate}") for one in officers],
        reasons=[(code, labels.reason_label(code)) for code in rules.ABSENCES],
        least=rules.LEAST_FREE_DAYS,
        newcomer_days=rules.NEWCOMER_DAYS,
        today=clock.today(),
        **{"errors": {}, "problem": None, "preview": None, **more},
    )


@bp.get("/batches")
@requires("replacement.read")
def batches() -> str:
    """Show the batches that were drawn, with their seats."""
    with read_session() as session:
        page = service.drawn(session, current_actor(), request.args.get("page", 1, int))
        return render_template("replacements/batches.html", page=page)


@bp.get("/closed")
@requires("replacement.read")
def closed() -> str:
    """Show the requests that came to no draw, and why."""
    with read_session() as session:
        page = service.closed(session, current_actor(), request.args.get("page", 1, int))
        return render_template("replacements/closed.html", page=page)


@bp.get("/rates")
@requires("replacement.read")
def rates() -> str:
    """Show how often each officer leaves a seat, and why."""
    since, until = schemas.period_of(request.args, service.period(clock.today()))
    with read_session() as session:
        lines = service.officer_rates(session, current_actor(), since, until)
        return render_template(
            "replacements/rates.html",
            lines=lines,
            total=rules.together(line.rate for line in lines),
            since=since,
            until=until,
            reasons=[(one, labels.reason_label(one)) for one in rules.GROUNDS + rules.ABSENCES],
        )
