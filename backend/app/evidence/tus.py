"""tus 1.0.0 at its edge: headers in, headers out, and bytes read as they come.

Core, creation, creation-with-upload and expiration. Termination is refused: evidence is never
deleted. Decides nothing about files.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import http_date

from ..platform.settings import current_settings
from .begin import Progress
from .errors import BadUpload, CannotDelete, WrongProtocol
from .store import Read

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,expiration"


def require_version() -> None:
    """Raise WrongProtocol unless the caller speaks our version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongProtocol


def offset() -> int:
    """Upload-Offset of the request; raises BadUpload."""
    given = request.headers.get("Upload-Offset", "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 16):
        raise BadUpload(wrong=["Upload-Offset"])
    return int(given)


def carries_bytes() -> bool:
    """Whether the body is a part of the file."""
    return request.content_type == BYTES


def body() -> Read:
    """A reader of the request's body: at most n bytes, b"" at the end or when the line is cut."""
    request.max_content_length = None  # bounded by the upload's length, and read as it comes
    stream = request.stream

    def read(size: int) -> bytes:
        try:
            return stream.read(size)
        except (ClientDisconnected, RequestEntityTooLarge, OSError):
            return b""

    return read


def headers_of(upload: Progress) -> dict[str, str]:
    """Where the upload is, and until when it is kept."""
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.length),
        "Upload-Expires": http_date(upload.expires_at),
        "Cache-Control": "no-store",
    }


def abilities() -> dict[str, str]:
    """What this server can do, for OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(current_settings().max_evidence_bytes),
    }


def stamp(response: Any) -> Response:
    """Every reply says which version it speaks; a refusal what would have been taken."""
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == WrongProtocol.status:
        response.headers["Tus-Version"] = VERSION
    if response.status_code == CannotDelete.status:
        response.headers["Allow"] = "HEAD, PATCH"
    stamped: Response = response
    return stamped
