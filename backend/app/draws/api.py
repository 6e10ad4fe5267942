"""Open data of draws: the list, one draw, its bundle. No key, no sign-in, nothing personal."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from backend.drawkit import digest

from ..platform.access import public
from ..platform.errors import NotFound
from ..platform.json_api import Blueprint, View
from ..platform.pagination import LARGEST_PAGE
from ..platform.security import limiter
from ..platform.transactions import read_session
from .service import telling

bp = Blueprint("open_draws", __name__, url_prefix="/open/v1/draws")
LIMIT = "240 per minute"
BRIEF = 60
YEAR = 31536000
ZIP = {"type": "string", "contentMediaType": "application/zip"}


class PageAsked(Schema):
    """Which page of the list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, LARGEST_PAGE))


class StratumView(View):
    """A stratum of the frozen roster."""

    code = fields.String()
    name = fields.String()
    rows = fields.Integer()
    k = fields.Integer()
    largest_lot = fields.String(allow_none=True)


class RowView(View):
    """A drawn enterprise, in draw order."""

    lot_number = fields.Integer()
    row = fields.Integer()
    stratum = fields.String()
    code = fields.String()
    name = fields.String()
    lot = fields.String()
    salt = fields.String(allow_none=True)


class BatchView(View):
    """A batch of re-drawn seats, in numbers."""

    batch = fields.Integer()
    drawn_on = fields.Date()
    seats = fields.Integer()
    filled = fields.Integer()
    vacant = fields.Integer()
    causes = fields.Dict(keys=fields.String(), values=fields.Integer())
    held = fields.Dict(keys=fields.String(), values=fields.Integer())


class ExtensionView(View):
    """Rows added after the draw: the next of its order."""

    number = fields.Integer()
    on = fields.Date()
    rows = fields.Integer()
    reason = fields.String()


class RostersView(View):
    """Rosters of a joint draw: sizes in the order of the departments, [place, place, in both]."""

    departments = fields.List(fields.String())
    sizes = fields.List(fields.Integer())
    pairs = fields.List(fields.List(fields.Integer()))
    everywhere = fields.Integer()


class DrawView(View):
    """A draw without its rows."""

    number = fields.String()
    name = fields.String()
    state = fields.String()
    department = fields.String()
    departments = fields.List(fields.String())
    items = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    frozen_at = fields.AwareDateTime()
    left_open_since = fields.AwareDateTime(allow_none=True)
    drawn_on = fields.Date(allow_none=True)
    last_day = fields.Date(allow_none=True)
    pool_rows = fields.Integer()
    strata = fields.List(fields.Nested(StratumView))
    exclusions = fields.Dict(keys=fields.String(), values=fields.Raw())
    seats = fields.Integer()
    vacant = fields.Integer()
    officers = fields.Integer()
    witness_offices = fields.List(fields.String())
    digests = fields.Dict(keys=fields.String(), values=fields.String())
    seed = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    replacements = fields.List(fields.Nested(BatchView))
    extensions = fields.List(fields.Nested(ExtensionView))
    rosters = fields.Nested(RostersView, allow_none=True)


class WholeDrawView(DrawView):
    """A draw with its rows."""

    drawn = fields.List(fields.Nested(RowView))


class DrawListView(View):
    """A page of draws."""

    draws = fields.List(fields.Nested(DrawView))
    page = fields.Integer()
    pages = fields.Integer()
    total = fields.Integer()


@bp.get("")
@public
@limiter.limit(LIMIT)
@bp.arguments(PageAsked, location="query")
@bp.response(200, DrawListView)
def draws(asked: dict[str, Any]) -> dict[str, Any]:
    """Every draw that was ever frozen, newest first, cancelled ones too."""
    with read_session() as session:
        found = telling.public_draws(session, asked["page"])
    return {
        "draws": found.items,
        "page": found.number,
        "pages": found.pages,
        "total": found.total,
    }


@bp.get("/<number>.zip")
@bp.get("/<number>/bundle")
@public
@limiter.limit(LIMIT)
@bp.response(200, ZIP, content_type="application/zip")
def bundle(number: str) -> Response:
    """The bundle from which anyone re-computes the draw. With ``?v=`` its SHA-256 it may be kept
    for ever, otherwise it is asked for again by its ETag: ledger proofs and replacements come
    later than the draw."""
    with read_session() as session:
        data = telling.bundle(session, number)
    response = _for_any_site(data, digest(data))
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.zip"'
    response.make_conditional(request)
    return response


def _for_any_site(data: bytes, sha256: str) -> Response:
    """Return a bundle that pages of other sites may read, kept as long as its address allows."""
    named = request.args.get("v") == sha256
    response = Response(data, mimetype="application/zip")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(sha256)
    response.cache_control.public = True
    response.cache_control.max_age = YEAR if named else BRIEF
    response.cache_control.immutable = named
    return response


@bp.get("/<number>")
@public
@limiter.limit(LIMIT)
@bp.response(200, WholeDrawView)
def draw(number: str) -> telling.PublicDraw:
    """One draw with what was drawn."""
    with read_session() as session:
        found = telling.public_draw(session, number)
    if found is None:
        raise NotFound
    return found
