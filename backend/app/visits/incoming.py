"""An event on its way in: what the phone sent, its canonical bytes and hash.

Pure. Made by sync once the envelope and the body have their shape; never changed.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from .events import DOMAIN

WORK = frozenset(
    {
        "visit.started",
        "answer.set",
        "answer.settled",
        "evidence.added",
        "evidence.withdrawn",
        "party.signed",
        "party.refused",
        "result.set",
        "record.sealed",
    }
)
"""Kinds that change a record, and so are not taken after it was handed in."""


class Incoming(NamedTuple):
    """``event`` is the JSON object as sent, ``sent`` its canonical text, ``hash`` of sync/1 §1.

    ``clock_ahead_ms`` is how far the phone's clock was ahead in the call that brought the event.
    ``received_at`` is set for an event that waited in quarantine: when it came.
    """

    id: UUID
    device: UUID
    seq: int
    prev: str
    visit: UUID
    kind: str
    event: dict[str, Any]
    sent: str
    hash: str
    clock_ahead_ms: int | None = None
    received_at: datetime | None = None


def sent_hash(sent: bytes) -> str:
    """The hash of an event from its canonical bytes, lower-case hex."""
    return sha256(DOMAIN + sent).hexdigest()
