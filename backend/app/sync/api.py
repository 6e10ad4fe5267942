"""The endpoint phones call, and the key that verifies what they get."""

from __future__ import annotations

from flask import Response, request

from ..platform.access import current_actor, public, requires
from ..platform.json_api import Blueprint, json_body
from . import receipts, service
from .envelope import MOST_BYTES, read_call
from .schemas import CallShape, KeyView, ReplyShape

bp = Blueprint("sync_api", __name__, url_prefix="/api/v1")


@bp.post("/sync")
@requires("visit.field")
@bp.doc(requestBody=json_body(CallShape))
@bp.response(200, ReplyShape)
def sync() -> Response:
    """Push events, pull what is new (sync/1 §2)."""
    call = read_call(request.stream.read(MOST_BYTES + 1))
    reply = service.exchange(call, current_actor())
    return Response(reply, mimetype="application/json")


@bp.get("/sync/key")
@public
@bp.response(200, KeyView)
def receipt_key() -> dict[str, str]:
    """The public key of receipts."""
    return {"key": receipts.public_key()}
