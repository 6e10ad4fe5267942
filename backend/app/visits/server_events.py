"""Events the server itself makes: sent back, officers changed. Written like a phone's.

Makes rows only; called in the transaction of the decision that causes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ..platform import canonical, clock, ids
from .events import FIRST_PREV
from .incoming import sent_hash

SERVER = "server"


def server_row(
    visit_id: UUID,
    revision: int,
    kind: str,
    body: dict[str, Any],
    now: datetime,
    account_id: UUID | None,
) -> dict[str, Any]:
    """The row of an event of ``kind`` that raises the visit to ``revision``."""
    event_id = ids.new_id()
    event = {
        "v": 1,
        "id": str(event_id),
        "device": SERVER,
        "seq": revision,
        "prev": FIRST_PREV,
        "visit": str(visit_id),
        "kind": kind,
        "at": clock.rfc3339(now),
        "mono": 0,
        "body": body,
    }
    sent = canonical.dumps(event)
    return {
        "id": event_id,
        "visit_id": visit_id,
        "device_id": None,
        "account_id": account_id,
        "officer": SERVER,
        "seq": revision,
        "revision": revision,
        "kind": kind,
        "sent": sent.decode(),
        "hash": sent_hash(sent),
        "received_at": now,
        "clock_ahead_ms": None,
        "adopted": False,
    }
