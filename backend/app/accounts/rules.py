"""What a login, a password and a grant of roles must be like. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID


def plain_login(login: str) -> str:
    """A login as it is stored and compared: trimmed, lower case."""
    return login.strip().lower()


def with_those_below(parents: Mapping[UUID, UUID | None], own: Collection[UUID]) -> frozenset[UUID]:
    """``own`` departments and all below them; ``parents`` maps each department to the one above."""
    seen = set(own)
    below = seen
    while below:
        below = {child for child, above in parents.items() if above in seen} - seen
        seen |= below
    return frozenset(seen)
