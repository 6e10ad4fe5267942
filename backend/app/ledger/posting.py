"""Asking outsiders over HTTP: one POST, a small answer, no redirect. What comes back is not
believed here."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

Post = Callable[[str, bytes], tuple[int, bytes]]

TIMEOUT_SECONDS = 10
MAX_ANSWER = 1 << 16


def http_post(url: str, body: bytes, content_type: str = "text/plain") -> tuple[int, bytes]:
    """POST ``body``; gives status and at most 64 KiB of the answer. Follows no redirect.

    Raises OSError or http.client.HTTPException when there is no answer.
    """
    address = urlsplit(url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    secure = address.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", target, body, {"Content-Type": content_type})
        reply = connection.getresponse()
        return reply.status, reply.read(MAX_ANSWER)
    finally:
        connection.close()
