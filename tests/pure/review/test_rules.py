"""Who may decide on what, one obstacle at a time, and distances on the ground."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.review.rules import (
    Standing,
    metres_between,
    obstacle_to_confirm,
    obstacle_to_send_back,
)

DIGEST = "a" * 64
CLEAR = Standing(
    state="complete",
    asked=(1, DIGEST),
    present=(1, DIGEST),
    same_department=True,
    took_part=False,
    evidence_missing=0,
)


def test_a_complete_record_of_ones_own_department_can_be_confirmed_or_sent_back() -> None:
    assert obstacle_to_confirm(CLEAR) is None
    assert obstacle_to_send_back(CLEAR) is None


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"same_department": False}, "other_department"),
        ({"took_part": True}, "own_record"),
        ({"state": "confirmed"}, "already_decided"),
        ({"state": "disclosed"}, "already_decided"),
        ({"state": "sent_back"}, "not_handed_in"),
        ({"state": "under_way"}, "not_handed_in"),
        ({"state": "assigned"}, "not_handed_in"),
        ({"asked": (1, "b" * 64)}, "stale_revision"),
        ({"asked": (2, DIGEST)}, "stale_revision"),
        ({"present": (2, None)}, "stale_revision"),
    ],
)
def test_each_obstacle_bars_both_decisions_by_name(
    change: dict[str, object], obstacle: str
) -> None:
    standing = replace(CLEAR, **change)  # type: ignore[arg-type]
    assert obstacle_to_confirm(standing) == obstacle
    assert obstacle_to_send_back(standing) == obstacle


def test_a_record_with_missing_evidence_cannot_be_confirmed_but_can_be_sent_back() -> None:
    standing = replace(CLEAR, state="sealed", evidence_missing=2)
    assert obstacle_to_confirm(standing) == "evidence_missing"
    assert obstacle_to_send_back(standing) is None


def test_who_may_not_decide_is_told_that_before_anything_about_the_record() -> None:
    standing = replace(CLEAR, same_department=False, took_part=True, evidence_missing=3)
    assert obstacle_to_confirm(standing) == "other_department"


def test_distances_are_in_metres_on_the_ground() -> None:
    door = {"lat": "36.950000", "lon": "118.090000"}
    assert metres_between(door, door) == 0
    assert metres_between(door, {"lat": "36.951000", "lon": "118.090000"}) == 111
    assert metres_between(door, {"lat": "36.950000", "lon": "118.091000"}) == 89
    assert metres_between({"lat": "0", "lon": "0"}, {"lat": "0", "lon": "180"}) == 20015087
