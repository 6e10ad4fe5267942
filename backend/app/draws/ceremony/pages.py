"""Pages of the ceremony: the operator's steps, the projector, the public live page, and the page
that witnesses open on their own phones without an account.

A screen asks for its live picture every second; one that has the newest picture gets a reply
without a body.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from ...platform.access import current_actor, public, requires
from ...platform.errors import NotFound
from ...platform.forms import load, load_value, submission
from ...platform.security import limiter
from ...platform.transactions import read_session
from ..models import Draw
from ..service import holding
from ..service.ground import finding
from . import public_pictures, schemas, views

bp = Blueprint("ceremony", __name__, template_folder="templates")

LOOKS = "12000 per minute"
"""A room full of phones comes from one address and asks twice a second each."""
ACTS = "240 per minute"
KEY = "Witness-Key"


def _room(draw_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("draws.room", draw_id=draw_id), code=303)


def _picture(stamp: str, make: Callable[[], str]) -> Response:
    """Return the picture, or an empty reply with its stamp for a screen that has it already."""
    if request.if_none_match.contains_weak(stamp):
        response = Response(status=304)
    else:
        response = Response(make(), mimetype="text/html")
    response.set_etag(stamp, weak=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/office/draws/<uuid:draw_id>/rehearse")
@requires("draw.prepare")
def rehearse(draw_id: UUID) -> ResponseReturnValue:
    """Make a copy of the plan to rehearse with."""
    return _room(holding.rehearse(draw_id, current_actor(), submission()))


@bp.post("/office/draws/<uuid:draw_id>/begin")
@requires("draw.run", step_up=True)
def begin(draw_id: UUID) -> ResponseReturnValue:
    """Open the ceremony: the code appears."""
    holding.begin(draw_id, current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/close")
@requires("draw.run")
def close(draw_id: UUID) -> ResponseReturnValue:
    """Close the list of witnesses."""
    holding.close_list(draw_id, current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/release")
@requires("draw.run")
def release(draw_id: UUID) -> ResponseReturnValue:
    """Free a place whose witness has not committed."""
    holding.free_place(draw_id, load_value("token"), current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/throw")
@requires("draw.run")
def throw(draw_id: UUID) -> ResponseReturnValue:
    """Take what fell at a throw, typed by the operator."""
    typed = load(schemas.ThrowForm())
    holding.type_throw(draw_id, typed["number"], typed["digits"], current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/verdict")
@requires("draw.read")
def verdict(draw_id: UUID) -> ResponseReturnValue:
    """Take the word of a second person of the office, whether the typed digits are what fell."""
    seen, right = _seen()
    act = holding.confirm_throw if right else holding.refuse_throw
    act(draw_id, seen, current_actor())
    return _room(draw_id)


def _seen() -> tuple[holding.Seen, bool]:
    values = load(schemas.SeenForm())
    right = values.pop("verdict") == "yes"
    return holding.Seen(**values), right


@bp.get("/office/draws/<uuid:draw_id>/live")
@requires("draw.read")
def room_picture(draw_id: UUID) -> Response:
    """Return the room's picture with what this person may do now."""
    actor = current_actor()
    with read_session() as session:
        draw = _frozen(session, draw_id)
        return _picture(
            views.stamp(draw),
            lambda: render_template(
                "draws/ceremony/room_live.html", **views.room(session, draw, actor)
            ),
        )


@bp.get("/office/draws/<uuid:draw_id>/projector")
@requires("draw.read")
def projector(draw_id: UUID) -> str:
    """Show the picture for the wall."""
    with read_session() as session:
        draw = _frozen(session, draw_id)
        view = views.board(session, draw, views.PROJECTOR)
        return render_template("draws/ceremony/projector.html", stamp=views.stamp(draw), **view)


@bp.get("/office/draws/<uuid:draw_id>/projector/board")
@requires("draw.read")
def projector_picture(draw_id: UUID) -> Response:
    """Return the newest picture for the wall."""
    with read_session() as session:
        draw = _frozen(session, draw_id)
        return _picture(views.stamp(draw), lambda: _board(session, draw, views.PROJECTOR))


def _frozen(session: Session, draw_id: UUID) -> Draw:
    """Return a frozen draw of the departments this person sees; raises NotFound."""
    draw = finding.get(session, draw_id, current_actor())
    if draw.number is None:
        raise NotFound
    return draw


def _board(session: Session, draw: Draw, audience: views.Audience) -> str:
    return render_template("draws/ceremony/board.html", **views.board(session, draw, audience))


@bp.get("/live/<number>")
@public
@limiter.limit(LOOKS)
def live(number: str) -> str:
    """Show a draw as it is held, to anyone."""
    with read_session() as session:
        draw = finding.followed(session, number)
        stamp, board = views.stamp(draw), public_pictures.public_board(session, draw)
        return render_template("draws/ceremony/live.html", stamp=stamp, draw=draw, board=board)


@bp.get("/live/<number>/board")
@public
@limiter.limit(LOOKS)
def live_picture(number: str) -> Response:
    """Return the newest public picture."""
    with read_session() as session:
        draw = finding.followed(session, number)
        return _picture(views.stamp(draw), lambda: public_pictures.public_board(session, draw))


@bp.get("/w/<code>")
@public
@limiter.limit(LOOKS)
def phone(code: str) -> str:
    """Show the frame of the witness's phone; what fills it depends on the key that the phone
    keeps."""
    with read_session() as session:
        draw = finding.by_code(session, code)
        board = public_pictures.public_board(session, draw)
        return render_template("draws/ceremony/phone.html", code=code, draw=draw, board=board)


@bp.get("/w/<code>/panel")
@public
@limiter.limit(LOOKS)
def phone_panel(code: str) -> Response:
    """Return the panel of what this phone can do now."""
    key = request.headers.get(KEY, "")
    with read_session() as session:
        draw = finding.by_code(session, code)
        place = holding.place_of(session, draw, key) if key else None
        token = place.token if place is not None else "none"
        return _picture(
            f"{views.stamp(draw)}-{token}",
            lambda: render_template(
                "draws/ceremony/panel.html", **views.phone(session, draw, place)
            ),
        )


@bp.post("/w/<code>/join")
@public
@limiter.limit(ACTS)
def phone_join(code: str) -> ResponseReturnValue:
    """Give the phone a place."""
    values = load(schemas.JoinForm())
    who = (values["name"], values["office"])
    return {"place": holding.join(code, _key(), *who, signed_in=_signed_in())}


@bp.post("/w/<code>/commit")
@public
@limiter.limit(ACTS)
def phone_commit(code: str) -> ResponseReturnValue:
    """Take the witness's commitment; text and random bytes stay on the phone."""
    values = load(schemas.CommitForm())
    holding.commit_by_phone(code, _key(), values["commitment"])
    return "", 204


@bp.post("/w/<code>/reveal")
@public
@limiter.limit(ACTS)
def phone_reveal(code: str) -> ResponseReturnValue:
    """Take the text and random bytes that the witness committed to."""
    values = load(schemas.SecretForm())
    holding.reveal_by_phone(code, _key(), values["text"], values["rand"])
    return "", 204


@bp.post("/w/<code>/verdict")
@public
@limiter.limit(ACTS)
def phone_verdict(code: str) -> ResponseReturnValue:
    """Take the word of a witness, whether the typed digits are what fell."""
    seen, right = _seen()
    if right:
        holding.confirm_by_phone(code, _key(), seen, signed_in=_signed_in())
    else:
        holding.refuse_by_phone(code, _key(), seen)
    return "", 204


def _signed_in() -> UUID | None:
    """Return the account that is signed in to the office in the phone's own browser, or None."""
    return current_actor().account_id if current_user.is_authenticated else None


def _key() -> str:
    return request.headers.get(KEY, "")
