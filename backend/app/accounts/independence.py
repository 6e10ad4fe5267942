"""Whether two accounts are two persons who do not depend on each other. Pure: facts in, a named
refusal or None out. Who gathers the facts is ``service.independence``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Refusal = Literal["same_person", "young", "created", "roles", "credentials", "leave", "device"]
TIES: tuple[Refusal, ...] = ("created", "roles", "credentials", "leave", "device")
"""What one account can have done to another that binds the two for some time."""

ACTS: dict[str, str] = {
    "draw.witness": "draw.read",
    "draw.throw": "draw.read",
    "replacement.agree": "replacement.release",
    "replacement.release": "replacement.release",
    "record.decide": "review.decide",
    "role.agree": "role.agree",
    "credential.agree": "role.agree",
}
"""Every act in which a second person stands beside a first, with the permission that the second
needs. A test gives each a dependent person and looks that it refuses."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of two accounts: whether they are one, the age of the younger in days, and
    which ties either made to the other within the window."""

    same: bool
    younger_days: float
    ties: Collection[str]


def refusal(facts: Facts, *, days: int) -> Refusal | None:
    """Return what keeps the two from acting as two persons, or None.

    It holds in both directions: a person who was made by another is no second person to them,
    whichever of the two acts first.
    """
    if facts.same:
        return "same_person"
    for tie in TIES:
        if tie in facts.ties:
            return tie
    return "young" if facts.younger_days < days else None
