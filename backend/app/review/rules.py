"""Who may decide on which record, and how far from the door a photo was taken.

Pure: facts come in, the name of the obstacle comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal

EARTH_METRES = 6_371_000
FAR_METRES = 300
"""A photo taken farther than this from the registered address is pointed out."""

Obstacle = Literal[
    "other_department",
    "own_record",
    "already_decided",
    "not_handed_in",
    "stale_revision",
    "evidence_missing",
]
NOT_THEIRS: frozenset[Obstacle] = frozenset({"other_department", "own_record"})
"""Obstacles that nothing takes away: somebody else decides."""
DECIDED_STATES = frozenset({"confirmed", "disclosed"})
OPEN_STATES = frozenset({"sealed", "complete"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that say whether a supervisor may decide.

    ``asked`` is the (revision, digest) of the page they saw, ``present`` that of the record now.
    """

    state: str
    asked: tuple[int, str]
    present: tuple[int, str | None]
    same_department: bool
    took_part: bool
    evidence_missing: int


def obstacle_to_send_back(standing: Standing) -> Obstacle | None:
    """Return what keeps this supervisor from sending the record back, or None."""
    if not standing.same_department:
        return "other_department"
    if standing.took_part:
        return "own_record"
    if standing.state in DECIDED_STATES:
        return "already_decided"
    if standing.state not in OPEN_STATES:
        return "not_handed_in"
    return None if standing.asked == standing.present else "stale_revision"


def obstacle_to_confirm(standing: Standing) -> Obstacle | None:
    """Return what keeps this supervisor from confirming, or None; missing evidence is named
    last."""
    found = obstacle_to_send_back(standing)
    if found is None and standing.evidence_missing > 0:
        return "evidence_missing"
    return found


def metres_between(one: dict[str, str], other: dict[str, str]) -> int:
    """Return distance of two positions {lat, lon} (decimal degrees as text) on the ground, in
    metres."""
    lat1, lon1, lat2, lon2 = (
        radians(float(value)) for value in (one["lat"], one["lon"], other["lat"], other["lon"])
    )
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(min(1.0, half))))
