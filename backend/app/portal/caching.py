"""Public pages may be kept by anyone for a minute, and are asked for again by their ETag.

The ETag is a digest of the bytes, so it says nothing that the page does not say. A reply that
sets a cookie is never kept: ``platform.security`` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

SECONDS = 60


def cacheable(view: Callable[..., Any]) -> Callable[..., Response]:
    """Let caches keep the answer of ``view``; a client that still has it gets 304."""

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        if response.status_code == 200:
            response.cache_control.public = True
            response.cache_control.max_age = SECONDS
            response.vary.update(("Accept-Encoding", "Cookie", "X-Lang"))
            response.add_etag()
            response.make_conditional(request)
        return response

    return kept
