"""Pages of the ceremony: the operator's steps, the projector, the public live page, and the page
that witnesses open on their own phones without an account.

Live pictures are asked for every second; who has the newest one gets a reply without a body.
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
    """The picture, or only its stamp for who has it already."""
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
    """A copy of the plan to rehearse with."""
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
    """Free a place that nobody committed from."""
    holding.free_place(draw_id, load_value("token"), current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/throw")
@requires("draw.run")
def throw(draw_id: UUID) -> ResponseReturnValue:
    """What fell, typed by the operator."""
    typed = load(schemas.ThrowForm())
    holding.type_throw(draw_id, typed["number"], typed["digits"], current_actor())
    return _room(draw_id)


@bp.post("/office/draws/<uuid:draw_id>/verdict")
@requires("draw.read")
def verdict(draw_id: UUID) -> ResponseReturnValue:
    """A second person of the office says whether this is what fell."""
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
    """The room's picture with what this person may do now."""
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
    """The picture for the wall."""
    with read_session() as session:
        draw = _frozen(session, draw_id)
        view = views.board(session, draw, views.PROJECTOR)
        return render_template("draws/ceremony/projector.html", stamp=views.stamp(draw), **view)


@bp.get("/office/draws/<uuid:draw_id>/projector/board")
@requires("draw.read")
def projector_picture(draw_id: UUID) -> Response:
    """The same, newer."""
    with read_session() as session:
        draw = _frozen(session, draw_id)
        return _picture(views.stamp(draw), lambda: _board(session, draw, views.PROJECTOR))


def _frozen(session: Session, draw_id: UUID) -> Draw:
    """A draw of one's departments of which there is something to see; raises NotFound."""
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
    """Anyone follows a draw as it is held."""
    with read_session() as session:
        draw = finding.followed(session, number)
        stamp, board = views.stamp(draw), public_pictures.public_board(session, draw)
        return render_template("draws/ceremony/live.html", stamp=stamp, draw=draw, board=board)


@bp.get("/live/<number>/board")
@public
@limiter.limit(LOOKS)
def live_picture(number: str) -> Response:
    """The same, newer."""
    with read_session() as session:
        draw = finding.followed(session, number)
        return _picture(views.stamp(draw), lambda: public_pictures.public_board(session, draw))


@bp.get("/w/<code>")
@public
@limiter.limit(LOOKS)
def phone(code: str) -> str:
    """The witness's phone: the frame; what is in it depends on the key that the phone keeps."""
    with read_session() as session:
        draw = finding.by_code(session, code)
        board = public_pictures.public_board(session, draw)
        return render_template("draws/ceremony/phone.html", code=code, draw=draw, board=board)


@bp.get("/w/<code>/panel")
@public
@limiter.limit(LOOKS)
def phone_panel(code: str) -> Response:
    """What this phone can do now."""
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
    """Take a place."""
    values = load(schemas.JoinForm())
    who = (values["name"], values["office"])
    return {"place": holding.join(code, _key(), *who, signed_in=_signed_in())}


@bp.post("/w/<code>/commit")
@public
@limiter.limit(ACTS)
def phone_commit(code: str) -> ResponseReturnValue:
    """The commitment; text and random bytes stay on the phone."""
    values = load(schemas.CommitForm())
    holding.commit_by_phone(code, _key(), values["commitment"])
    return "", 204


@bp.post("/w/<code>/reveal")
@public
@limiter.limit(ACTS)
def phone_reveal(code: str) -> ResponseReturnValue:
    """What was committed to."""
    values = load(schemas.SecretForm())
    holding.reveal_by_phone(code, _key(), values["text"], values["rand"])
    return "", 204


@bp.post("/w/<code>/verdict")
@public
@limiter.limit(ACTS)
def phone_verdict(code: str) -> ResponseReturnValue:
    """A witness says whether this is what fell."""
    seen, right = _seen()
    if right:
        holding.confirm_by_phone(code, _key(), seen, signed_in=_signed_in())
    else:
        holding.refuse_by_phone(code, _key(), seen)
    return "", 204


def _signed_in() -> UUID | None:
    """The account that is signed in to the office in the phone's own browser, if there is one."""
    return current_actor().account_id if current_user.is_authenticated else None


def _key() -> str:
    return request.headers.get(KEY, "")
