"""The phone's side of tus 1.0.0 over any client with Flask's or httpx's interface."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID, uuid4

BYTES = "application/offset+octet-stream"


def headers_for(
    visit: UUID | str, data: bytes, *, evidence: str | None = None, **changes: str
) -> dict[str, str]:
    """Headers that announce ``data``; ``changes`` replace parts of the metadata."""
    told = {
        "evidence": evidence or str(uuid4()),
        "visit": str(visit),
        "sha256": hashlib.sha256(data).hexdigest(),
        "filename": "照片 1.jpg",
        "mime": "image/jpeg",
    } | changes
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata(told),
    }


def metadata(told: dict[str, str]) -> str:
    """Upload-Metadata of these pairs."""
    return ",".join(
        f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in told.items()
    )


def patch_headers(offset: int) -> dict[str, str]:
    """Headers of an append at ``offset``."""
    return {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": BYTES}


def send_all(client: Any, headers: dict[str, str], data: bytes, piece: int = 1 << 20) -> Any:
    """Create and append until the end or the first refusal; the last reply."""
    reply = client.post("/api/v1/evidence", headers=headers)
    assert reply.status_code == 201, reply.get_data(as_text=True)
    place, offset = reply.headers["Location"], int(reply.headers["Upload-Offset"])
    while offset < len(data):
        reply = client.patch(
            place, data=data[offset : offset + piece], headers=patch_headers(offset)
        )
        if reply.status_code != 204:
            return reply
        offset = int(reply.headers["Upload-Offset"])
    return reply
