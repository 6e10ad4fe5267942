"""Rosters of a joint draw: which enterprises each department keeps, and what they have in common.
Reads only.

The leading department's roster is its strata; every other department states conditions of its own,
or none and keeps all. A joint draw draws from the strata within all other rosters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....registry import service as registry
from ... import plan_rules
from ...models import Draw
from . import joint_parts

CONDITIONS = ("regions", "risk_classes", "industries", "kinds", "tags")


@dataclass(frozen=True, slots=True)
class RostersInCommon:
    """How many enterprises in business are in each roster, in each two of them, and in all.

    ``names`` and ``sizes`` in the order of the departments, the leading one first; ``pairs``:
    (place, place) → how many are in both.
    """

    names: list[str]
    sizes: list[int]
    pairs: dict[tuple[int, int], int]
    everywhere: int


def as_filter(values: Mapping[str, Any], code: str = "") -> registry.StratumFilter:
    """Return a stratum's or roster's conditions as the registers understand them."""
    return registry.StratumFilter(
        code=code,
        regions=tuple(values.get("regions", ())),
        risk_classes=tuple(values.get("risk_classes", ())),
        industries=tuple(values.get("industries", ())),
        tag_ids=tuple(UUID(tag) for tag in values.get("tags", ())),
        kinds=tuple(values.get("kinds", ())),
    )


def narrowing_rosters(session: Session, draw: Draw) -> tuple[registry.StratumFilter, ...]:
    """Return the rosters, other than the leading department's, that narrow the draw."""
    given = [row.roster for row in joint_parts.asked_parts(session, draw)]
    return tuple(as_filter(roster) for roster in given if plan_rules.narrows(roster))


def rosters_in_common(
    session: Session, draw: Draw, typed: Mapping[UUID, Mapping[str, Any]] | None = None
) -> RostersInCommon | None:
    """Return how many enterprises the rosters share today; None for a draw of one department.

    ``typed``: rosters on somebody's page that are not saved yet, by department.
    """
    asked = joint_parts.asked_parts(session, draw)
    if not asked:
        return None
    names = {row.id: row.name for row in accounts.departments(session)}
    changed = typed or {}
    given = [[as_filter(stratum) for stratum in draw.strata]]
    given += [[as_filter(changed.get(row.department_id, row.roster))] for row in asked]
    return RostersInCommon(
        names=[names.get(draw.department_id, "")]
        + [names.get(row.department_id, "") for row in asked],
        sizes=[registry.count_common(session, [roster]) for roster in given],
        pairs=_pairs(session, given),
        everywhere=registry.count_common(session, given),
    )


def _pairs(
    session: Session, given: Sequence[Sequence[registry.StratumFilter]]
) -> dict[tuple[int, int], int]:
    return {
        (one, two): registry.count_common(session, [given[one], given[two]])
        for one, two in combinations(range(len(given)), 2)
    }
