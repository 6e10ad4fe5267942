"""The plan of a draw until it is frozen: its enterprises, its officers, its departments, and its
counts on today's registers."""

from __future__ import annotations

from .answering import (
    accept,
    decline,
    department_and_below,
    joint_part,
    may_answer,
    own_departments,
    part_to_show,
    parts_to_answer,
)
from .counting import PoolCount, count_pool, effective_cap
from .joint_parts import asked_parts, heads, items_of, parts_of, taking_part
from .officers import count_team, unfit_officers
from .preparing import (
    Overview,
    change_what,
    change_who,
    discard,
    item_ids,
    listed,
    overview,
    prepare,
    usual_team,
)
from .rosters import RostersInCommon, narrowing_rosters, rosters_in_common

__all__ = [
    "Overview",
    "PoolCount",
    "RostersInCommon",
    "accept",
    "asked_parts",
    "change_what",
    "change_who",
    "count_pool",
    "count_team",
    "decline",
    "department_and_below",
    "discard",
    "effective_cap",
    "heads",
    "item_ids",
    "items_of",
    "joint_part",
    "listed",
    "may_answer",
    "narrowing_rosters",
    "overview",
    "own_departments",
    "part_to_show",
    "parts_of",
    "parts_to_answer",
    "prepare",
    "rosters_in_common",
    "taking_part",
    "unfit_officers",
    "usual_team",
]
