"""The minutes to download: the office's copy and the public one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from backend.drawkit import digest

from ...platform.access import current_actor, public, requires
from ...platform.errors import NotFound
from ...platform.security import limiter
from ...platform.transactions import read_session
from ..models import Draw
from ..service.ground import finding
from . import content, setting

bp = Blueprint("minutes", __name__)
LIMIT = "30 per minute"


@bp.get("/office/draws/<uuid:draw_id>/minutes.pdf")
@requires("draw.read")
def office_copy(draw_id: UUID) -> Response:
    """Return the office's copy, with the names of those who took part."""
    with read_session() as session:
        draw = finding.get(session, draw_id, current_actor())
        response = _document(session, draw, with_names=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


@bp.get("/draws/<number>/minutes.pdf")
@public
@limiter.limit(LIMIT)
def public_copy(number: str) -> Response:
    """Return the public copy, which holds no name."""
    with read_session() as session:
        draw = finding.by_number(session, number)
        if draw is None:
            raise NotFound
        response = _document(session, draw, with_names=False)
    response.cache_control.public = True
    response.cache_control.max_age = 60
    return response


def _document(session: Session, draw: Draw, *, with_names: bool) -> Response:
    if draw.state not in content.RECORDED:
        raise NotFound
    checkpoint = content.checkpoint_of(session, draw)
    qr = setting.qr(checkpoint) if checkpoint else ""
    sheet = content.sheet(session, draw, qr, checkpoint, with_names=with_names)
    data = setting.pdf(sheet) if with_names else setting.kept_pdf(sheet)
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{draw.number}.pdf"'
    response.vary.update(("Cookie", "X-Lang"))
    response.set_etag(digest(data))
    response.make_conditional(request)
    return response
