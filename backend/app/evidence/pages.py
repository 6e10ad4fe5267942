"""Files of evidence for the office: thumbnails to look at, originals to take away."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response

from ..platform.access import current_actor, requires
from . import service

bp = Blueprint("evidence", __name__, url_prefix="/office/evidence")
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'none'"


@bp.get("/<uuid:evidence_id>/<any(thumb320, thumb1280, original):variant>")
@requires("evidence.read")
def file(evidence_id: UUID, variant: str) -> Response:
    """A thumbnail shown in place, or the original as a download."""
    shown = service.for_office(evidence_id, variant, current_actor())
    response = Response(shown.chunks, mimetype=shown.media_type)
    response.content_length = shown.size
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if variant == "original":
        response.headers["Content-Disposition"] = attachment(shown.filename)
    return response


def attachment(filename: str) -> str:
    """A header that makes browsers save the file, safe for any name (RFC 6266)."""
    plain = "".join(char if char.isascii() and char.isprintable() else "_" for char in filename)
    for char in '"\\/;':
        plain = plain.replace(char, "_")
    kept = "".join(char for char in filename if char.isprintable() and char not in "/\\")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"
