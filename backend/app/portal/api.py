"""Open data: published results as JSON for programs, no key needed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from ..disclosure import service as disclosure
from ..platform import clock
from ..platform.access import public
from ..platform.errors import NotFound
from ..platform.json_api import Blueprint
from ..platform.security import limiter
from ..platform.transactions import read_session
from .caching import cacheable
from .schemas import FeedAsked, ResultsView, ResultView

bp = Blueprint("open_data", __name__, url_prefix="/open/v1")
LIMIT = "120 per minute"


@bp.get("/results")
@public
@cacheable
@limiter.limit(LIMIT)
@bp.arguments(FeedAsked, location="query")
@bp.response(200, ResultsView)
def results(asked: dict[str, Any]) -> dict[str, Any]:
    """Published results, oldest first; come back with ``next`` for what is new."""
    with read_session() as session:
        found, following = disclosure.feed(session, **asked)
        return {"results": [_entry(result) for result in found], "next": following}


@bp.get("/results/<uuid:publication_id>")
@public
@cacheable
@limiter.limit(LIMIT)
@bp.response(200, ResultView)
def result(publication_id: UUID) -> dict[str, Any]:
    """One published result with its document and digest."""
    with read_session() as session:
        found = disclosure.result(session, publication_id)
        if found is None:
            raise NotFound
        return _entry(found)


@bp.get("/results/<uuid:publication_id>/document")
@public
@cacheable
@limiter.limit(LIMIT)
@bp.response(200, {"type": "object"})
def document(publication_id: UUID) -> Response:
    """The canonical bytes (RFC 8785) whose SHA-256 is the publication's digest."""
    with read_session() as session:
        found = disclosure.document(session, publication_id)
        if found is None:
            raise NotFound
        return Response(found.text, mimetype="application/json")


def _entry(result: disclosure.PublicResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "published_at": clock.rfc3339(result.published_at),
        "sha256": result.document.sha256,
        "document": result.document.body,
    }
