"""WebAuthn challenges: kept on the server, each answered at most once.

The browser's signed cookie carries only the id of its challenge.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from ...platform import clock, ids
from ...platform.transactions import unit_of_work
from ..errors import PasskeyRefused
from ..models import Challenge

LIFETIME = timedelta(minutes=5)
SIGN_IN, REGISTER, STEP_UP = "sign_in", "register", "step_up"


def issue(purpose: str, account_id: UUID | None) -> tuple[UUID, bytes]:
    """A fresh challenge of 32 bytes with its id; what has run out is swept away."""
    value = secrets.token_bytes(32)
    now = clock.now()
    row = Challenge(
        id=ids.new_id(),
        purpose=purpose,
        account_id=account_id,
        value=value,
        expires_at=now + LIFETIME,
    )
    with unit_of_work() as session:
        session.execute(delete(Challenge).where(Challenge.expires_at <= now))
        session.add(row)
    return row.id, value


def take(challenge_id: UUID | None, purpose: str, account_id: UUID | None) -> bytes:
    """The challenge's bytes, deleted for good before anything is checked with them.

    Raises :class:`PasskeyRefused` when it is unknown, used, too old or made for something else.
    """
    with unit_of_work() as session:
        taken = session.execute(
            delete(Challenge)
            .where(Challenge.id == challenge_id)
            .returning(
                Challenge.purpose, Challenge.account_id, Challenge.value, Challenge.expires_at
            )
        ).one_or_none()
    if taken is None or taken.expires_at <= clock.now():
        raise PasskeyRefused
    if (taken.purpose, taken.account_id) != (purpose, account_id):
        raise PasskeyRefused
    value: bytes = taken.value
    return value
