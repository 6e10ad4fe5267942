"""The JSON interface's description: OpenAPI 3.1 at /api/v1/openapi.json.

flask-smorest writes the document; replies for errors stay with ``platform.errors``, so its own
error handlers are left out and its endpoint for the document is marked public.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api

from .platform.access import public


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest's Api whose errors are ours."""

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

    def _register_error_handlers(self) -> None:
        """Leave errors to the application's one mapping."""


def _plain(view: Any) -> Any:
    def openapi_document(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return openapi_document
