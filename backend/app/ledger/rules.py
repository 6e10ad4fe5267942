"""What a ledger entry is, byte for byte (ledger/1). Pure: no database, clock or randomness.

An entry names a type, a moment, an opaque actor and a subject, and commits to a body through a
salted hash. It carries nothing personal: names, numbers and texts belong into the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

BODY_DOMAIN = b"evenhand-ledger/1/body\n"
SALT_BYTES = 32
MAX_ENTRY = 0xFFFF

TYPE = re.compile(r"[a-z][a-z_]{0,23}\.[a-z][a-z_]{0,22}")
ACTOR = re.compile(r"[a-z][a-z_]{0,23}(:[0-9A-Za-z._-]{1,50})?")
SUBJECT = re.compile(r"[\x21-\x7e]{1,120}")

PUBLIC_BODIES = frozenset(
    {
        "item_list.published",
        "plan.filed",
        "plan.accepted",
        "draw.frozen",
        "draw.begun",
        "draw.committed",
        "draw.commits",
        "draw.revealed",
        "draw.refused",
        "draw.thrown",
        "draw.transcript",
        "draw.result",
        "draw.aborted",
        "draw.voided",
        "draw.vacated",
        "draw.kept",
        "draw.held",
        "draw.replacement",
        "draw.extended",
        "rehearsal.step",
        "disclosure.published",
        "disclosure.withheld",
        "disclosure.corrected",
    }
)
"""Types whose body and salt are handed out with a proof: what they commit to is public anyway."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return ``value`` as JCS bytes (RFC 8785)."""
    return rfc8785.dumps(dict(value))


def commitment(salt: bytes, body: bytes) -> str:
    """Hex SHA-256 that binds an entry to ``body`` (JCS bytes) without showing it."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return sha256(BODY_DOMAIN + salt + body).hexdigest()


def entry_bytes(
    *, entry_type: str, at: datetime, actor: str, subject: str, commitment: str
) -> bytes:
    """The public bytes of an entry; raises ValueError when a part could carry a person's data.

    ``at`` is an aware moment. ``actor`` is a role with an optional office code
    (``supervisor:370399-03``), ``subject`` a printable ASCII id or number without blanks.
    """
    for name, pattern, value in (
        ("type", TYPE, entry_type),
        ("actor", ACTOR, actor),
        ("subject", SUBJECT, subject),
    ):
        if not pattern.fullmatch(value):
            raise ValueError(f"a ledger entry's {name} does not have the form it must have")
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry = canonical(
        {
            "type": entry_type,
            "at": moment,
            "actor": actor,
            "subject": subject,
            "sha256": commitment,
        }
    )
    if len(entry) > MAX_ENTRY:
        raise ValueError("a ledger entry has at most 65535 bytes")
    return entry
