"""Receipts: what the server says about an event, once and for ever, and its signature.

A receipt names the event's hash and the moment of arrival, so that it proves content and time.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..platform import canonical, clock, keys

KEY_LABEL = "sync-receipts"


def applied(event: UUID, event_hash: str, revision: int, at: datetime) -> dict[str, Any]:
    """The receipt of an event that is part of its visit."""
    return {
        "event": str(event),
        "state": "applied",
        "revision": revision,
        "hash": event_hash,
        "at": clock.rfc3339(at),
    }


def quarantined(event: UUID, event_hash: str, reason: str, at: datetime) -> dict[str, Any]:
    """The receipt of an event that is kept and waits for a decision."""
    return {
        "event": str(event),
        "state": "quarantined",
        "reason": reason,
        "hash": event_hash,
        "at": clock.rfc3339(at),
    }


def sign(receipts: list[dict[str, Any]]) -> str:
    """Ed25519 over the canonical JSON of the list, base64."""
    signature = keys.signing_key(KEY_LABEL).sign(canonical.dumps(receipts))
    return base64.b64encode(signature).decode()


def public_key() -> str:
    """The raw Ed25519 public key that verifies receipts, base64."""
    raw = keys.signing_key(KEY_LABEL).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()
