"""Problems: every error a person can meet is named, coded and mapped once (RFC 9457).

A client gets the code, the status and a sentence in its language. An error nobody named gets a
fixed sentence and the request id; its text stays in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from marshmallow import ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from .i18n import gettext as _
from .i18n import lazy_gettext as _l

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An error with a name. Subclasses set ``code``, ``status`` and ``title``.

    ``detail`` is a translated sentence about this occurrence; ``extra`` are further members of
    the problem document (JSON values without personal data). ``fields`` names the fields of a form
    beside which the title is shown.
    """

    code: str = "problem"
    status: int = 400
    title: LazyString = _l("Something is wrong with this request")
    fields: tuple[str, ...] = ()

    def __init__(self, detail: str | LazyString | None = None, **extra: Any) -> None:
        self.detail = detail
        self.extra = extra
        super().__init__(self.code)

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 JSON."""
        body: dict[str, Any] = {
            "type": f"urn:evenhand:problem:{self.code}",
            "code": self.code,
            "status": self.status,
            "title": str(self.title),
            **self.extra,
        }
        if self.detail is not None:
            body["detail"] = str(self.detail)
        return body


class NotFound(Problem):
    """The object does not exist, or belongs to a department this person may not see."""

    code = "not_found"
    status = 404
    title = _l("There is nothing here, or you may not see it")


class Invalid(Problem):
    """Input that does not fit its schema; ``errors`` names the fields."""

    code = "invalid"
    status = 422
    title = _l("Some fields need another value")


class CrossSite(Problem):
    """A state change without the token of this session."""

    code = "access.csrf"
    status = 403
    title = _l("This page is too old. Reload it and try again")


class Plain(Problem):
    """An HTTP error of the framework, put into our form."""

    def __init__(self, error: HTTPException) -> None:
        super().__init__()
        self.status = error.code or 500
        self.code = f"http.{self.status}"
        self.title = _HTTP.get(self.status, Problem.title)


_HTTP = {
    404: NotFound.title,
    405: _l("This address does not take that kind of request"),
    413: _l("This is larger than allowed"),
    415: _l("This address does not take that kind of content"),
    429: _l("Too many tries. Wait a little and try again"),
    500: _l("Something went wrong here. Nothing you saved is lost"),
}


class Unexpected(Problem):
    """An error without a name of its own; the reply carries a fixed sentence and the request id."""

    code = "unexpected"
    status = 500
    title = _HTTP[500]


def wants_json() -> bool:
    """Return True if a program asks: at an address of an API, or with JSON as its first choice."""
    if request.path.startswith(("/api/", "/open/")):
        return True
    return request.accept_mimetypes.best == "application/json"


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """Return the reply that tells a problem: JSON for a program, a page for a person."""
    document = problem.document()
    document["request_id"] = g.get("request_id", "")
    if wants_json():
        response: Response = jsonify(document)
        response.content_type = MEDIA_TYPE
    else:
        response = Response(
            render_template("problem.html", problem=document, back=_page_before()),
            mimetype="text/html",
        )
    response.status_code = problem.status
    response.headers.update(headers or {})
    return response


def _page_before() -> str | None:
    """Return the address of the page whose form was refused, or None if it is not of this site."""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if request.method != "POST" or came.netloc != request.host:
        return None
    return "/" + came.path.lstrip("/") + (f"?{came.query}" if came.query else "")


def install(app: Flask) -> None:
    """Register the one mapping from errors to replies."""

    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("unexpected", exc_info=error)
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        return respond(Unexpected())

    def beyond_range(error: Exception) -> ResponseReturnValue:
        """Answer for a value that no column or calendar holds. PostgreSQL's driver reports it as
        DataError, SQLite's and the calendar as OverflowError. A schema should have refused it,
        so the log keeps where it came from."""
        log.error("beyond range", exc_info=error)
        return respond(Invalid())

    app.register_error_handler(Problem, respond)
    app.register_error_handler(DataError, beyond_range)
    app.register_error_handler(OverflowError, beyond_range)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, unexpected)


def _invalid(error: ValidationError) -> ResponseReturnValue:
    return respond(Invalid(_("Look at the marked fields"), errors=error.messages))


def _http(error: HTTPException) -> ResponseReturnValue:
    """Keep an error of the framework that is a whole reply; put every other into our form."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        return respond(Invalid(_("Look at the marked fields"), errors=messages))
    wanted = {"Allow", "Retry-After"} if error.code in {405, 429} else set()
    return respond(Plain(error), {k: v for k, v in error.get_headers() if k in wanted})
