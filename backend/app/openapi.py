"""The JSON interface's description: OpenAPI 3.1 at /api/v1/openapi.json.

flask-smorest writes what the endpoints declare. What holds for all of them is added here once,
from where it is decided: problem replies from the ``Problem`` classes, 401 and 403 from the access
marks, 429 from the limits. Errors themselves are answered by ``platform.errors``.
"""

from __future__ import annotations

import http
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, json
from flask_limiter.util import get_qualified_name
from flask_smorest import Api
from werkzeug.routing import Rule

from .platform.access import public
from .platform.errors import MEDIA_TYPE, Problem
from .platform.security import limiter

PROBLEM = "Problem"
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest's Api whose errors, and their description, are ours."""

    def __init__(self, app: Flask) -> None:
        app.config.update(
            API_TITLE="Evenhand",
            API_VERSION="v1",
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX="/api/v1",
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(app)
        for endpoint, view in app.view_functions.items():
            if endpoint.startswith("api-docs."):
                app.view_functions[endpoint] = public(_plain(view))

    def document(self) -> dict[str, Any]:
        """Return the whole description as JSON values."""
        document: dict[str, Any] = self.spec.to_dict()
        document["components"].setdefault("schemas", {}).update(_problem_schemas())
        for rule, method, operation in self._operations(document):
            operation["operationId"] = rule.endpoint.replace(".", "_")
            replies = operation.setdefault("responses", {})
            for status in _statuses(self._app, rule, method):
                replies.setdefault(str(status), {"$ref": f"#/components/responses/{status.name}"})
        return document

    def _operations(self, document: dict[str, Any]) -> Iterator[tuple[Rule, str, dict[str, Any]]]:
        """The routes of the description with their operations."""
        for rule in self._app.url_map.iter_rules():
            path = document["paths"].get(self.flask_plugin.flaskpath2openapi(rule.rule), {})
            methods = set(rule.methods or ())
            for method in methods if len(methods) == 1 else methods - {"OPTIONS"}:
                if method.lower() in path:
                    yield rule, method, path[method.lower()]

    def _openapi_json(self) -> Response:
        return Response(
            json.dumps(self.document(), indent=2, sort_keys=False), mimetype="application/json"
        )

    def _register_error_handlers(self) -> None:
        """Leave errors to the application's one mapping."""

    def _register_responses(self) -> None:
        """Describe the reply of every status that is an error, and of any other, as a problem."""
        content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}}
        for status in http.HTTPStatus:
            if status >= 400:
                self.spec.components.response(
                    status.name, {"description": status.phrase, "content": content}
                )
        self.spec.components.response(
            self.DEFAULT_ERROR_RESPONSE_NAME,
            {"description": "Any other problem", "content": content},
        )


def describe(app: Flask) -> dict[str, Any]:
    """Return the description of ``app``'s interface; needs no database."""
    api: ProblemApi = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    with app.test_request_context():
        return api.document()


def problem_codes() -> list[str]:
    """Return the code of every named problem of the program, sorted."""
    return sorted(
        {kind.code for kind in _problems(Problem) if kind.__module__.startswith("backend.")}
    )


def _problems(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _problems(narrower)


def _problem_schemas() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "ProblemCode": {
            "type": "string",
            "enum": problem_codes(),
            "description": "The names of the program's problems; the title says each in words.",
        },
        PROBLEM: {
            "type": "object",
            "description": "RFC 9457. Members beyond these belong to the code.",
            "required": ["type", "code", "status", "title", "request_id"],
            "properties": {
                "type": text,
                "code": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ProblemCode"},
                        {"type": "string", "pattern": r"^http\.[45][0-9][0-9]$"},
                    ]
                },
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "title": text,
                "detail": text,
                "request_id": text,
                "errors": {"type": "object", "description": "Messages by the name of the field."},
            },
        },
    }


def _statuses(app: Flask, rule: Rule, method: str) -> Iterator[http.HTTPStatus]:
    """The errors that follow from a route's marks, whatever its feature does."""
    mark = app.view_functions[rule.endpoint].__dict__.get("access")
    yield http.HTTPStatus.BAD_REQUEST
    if mark != "public":
        yield http.HTTPStatus.UNAUTHORIZED
    if mark != "public" or method in CHANGING:
        yield http.HTTPStatus.FORBIDDEN
    if rule.arguments:
        yield http.HTTPStatus.NOT_FOUND
    if method in CHANGING:
        yield http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if _is_limited(app, rule):
        yield http.HTTPStatus.TOO_MANY_REQUESTS


def _is_limited(app: Flask, rule: Rule) -> bool:
    name = get_qualified_name(app.view_functions[rule.endpoint])
    return bool(limiter.limit_manager.decorated_limits(name))


def _plain(view: Any) -> Any:
    def openapi_document(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return openapi_document
