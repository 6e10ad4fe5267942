"""tus endpoints of evidence/1 §2, and how far files are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from ..platform.access import current_actor, public, requires
from ..platform.json_api import Blueprint
from ..platform.transactions import read_session
from . import service, tus, tus_docs
from .errors import BadUpload, CannotDelete
from .schemas import StatusQuery, StatusView, read_announcement

bp = Blueprint("evidence_api", __name__, url_prefix="/api/v1/evidence")
bp.after_request(tus.stamp)


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
@public
@bp.response(204, headers=tus_docs.ABILITIES)
def abilities() -> Response:
    """What the upload server can do."""
    return Response(status=204, headers=tus.abilities())


@bp.route("", methods=["POST"], provide_automatic_options=False)
@requires("visit.field")
@bp.doc(parameters=tus_docs.CREATION, requestBody=tus_docs.FIRST_PART)
@bp.response(201, headers=tus_docs.PROGRESS | tus_docs.LOCATION)
def create() -> Response:
    """Begin an upload, or find the one begun before; a body is its first part."""
    tus.require_version()
    announced = service.Announced(**read_announcement(request.headers))
    body = tus.body() if tus.carries_bytes() else None
    upload = service.create(announced, body, current_actor())
    location = {"Location": f"/api/v1/evidence/{upload.id}"}
    return Response(status=201, headers=tus.headers_of(upload) | location)


@bp.route("/<uuid:upload_id>", methods=["HEAD"])
@requires("visit.field")
@bp.doc(parameters=tus_docs.VERSION)
@bp.response(200, headers=tus_docs.PROGRESS)
def look(upload_id: UUID) -> Response:
    """Where the upload goes on."""
    tus.require_version()
    upload = service.progress(upload_id, current_actor())
    return Response(status=200, headers=tus.headers_of(upload))


@bp.route("/<uuid:upload_id>", methods=["PATCH"])
@requires("visit.field")
@bp.doc(parameters=tus_docs.APPENDING, requestBody=tus_docs.PART)
@bp.response(204, headers=tus_docs.PROGRESS)
def append(upload_id: UUID) -> Response:
    """Take the bytes that follow."""
    tus.require_version()
    if not tus.carries_bytes():
        raise BadUpload(wrong=["Content-Type"])
    upload = service.receive(upload_id, tus.offset(), tus.body(), current_actor())
    return Response(status=204, headers=tus.headers_of(upload))


@bp.route("/<uuid:upload_id>", methods=["DELETE"])
@requires("visit.field")
def terminate(upload_id: UUID) -> Response:
    """Refused: evidence is withdrawn by an event, never deleted."""
    del upload_id
    raise CannotDelete


@bp.get("/status")
@requires("visit.field")
@bp.arguments(StatusQuery, location="query")
@bp.response(200, StatusView(many=True))
def status(query: dict[str, Any]) -> Any:
    """How far the files of a visit are that this account sends."""
    with read_session() as session:
        return service.status(session, query["visit"], current_actor())
