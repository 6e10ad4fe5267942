"""What other features may ask of the ledger.

``append`` belongs into the caller's transaction: the entry exists exactly when the business fact
does. It gets its index afterwards, from the sequencer.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from ..platform import clock
from . import rules
from .models import QueuedEntry


def append(
    session: Session, entry_type: str, *, actor: str, subject: str, body: dict[str, Any]
) -> None:
    """Record a step in the caller's transaction (a row of ``ledger_queue``).

    ``actor`` is an opaque role token (``supervisor:370399-03``), never a name; ``subject`` the
    id or number of the thing. ``body`` (JSON without floats) is committed to by a salted hash
    and kept beside the entry, where it can be erased. For types in ``rules.PUBLIC_BODIES`` the
    body is handed out with the proof, so it must hold nothing personal.
    Raises ValueError for an actor, subject or type of another form.
    """
    at = clock.now()
    salt = secrets.token_bytes(rules.SALT_BYTES)
    text = rules.canonical(body)
    entry = rules.entry_bytes(
        entry_type=entry_type,
        at=at,
        actor=actor,
        subject=subject,
        commitment=rules.commitment(salt, text),
    )
    session.add(
        QueuedEntry(
            leaf_hash=sha256(b"\x00" + entry).digest(),
            type=entry_type,
            subject=subject,
            actor=actor,
            at=at,
            entry=entry,
            salt=salt,
            body=text,
        )
    )
