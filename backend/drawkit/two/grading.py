"""How far a draw was witnessed from outside, and what of its strata a reader should know.

The program, the verifiers and the portal all take the grade from this one rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..selection import Stratum
from .shape import LOTTERY, OPEN, OTHER_BODY, OUTSIDE, OWN_BODY

ALL_ROWS, SMALL_LIST = "all_rows", "small_list"
SMALL = 10
"""A stratum with fewer rows is marked as a small list."""


def grade(
    freeze: Mapping[str, Any],
    plan: Mapping[str, Any],
    witnesses: Iterable[Mapping[str, Any]],
) -> str:
    """Return ``open``, ``other_body`` or ``own_body``.

    ``witnesses``: those of the closed list, each with its ``id`` and ``institution``.
    """
    own = set(freeze["own"])
    taking_part = own | {part["dept"] for team in plan["teams"].values() for part in team}
    seats = {seat["id"]: seat["body"] for seat in freeze["witnesses"]}
    bodies = {(seats[one["id"]], one["institution"]) for one in witnesses}
    public = freeze["public"]
    if public["type"] == LOTTERY and not public["fictional"]:
        return OPEN
    if len({body for body in bodies if _is_none_of(body[0], taking_part)}) >= 2:
        return OPEN
    return OTHER_BODY if any(_is_none_of(body, own) for body, _ in bodies) else OWN_BODY


def _is_none_of(body: str, departments: set[str]) -> bool:
    """Return True if the body is an institution outside, or a department other than these."""
    return body == OUTSIDE or body not in departments


def stratum_marks(strata: Sequence[Stratum]) -> dict[str, list[str]]:
    """Return the marks of each marked stratum by its code: ``all_rows`` where nothing was left to
    chance, ``small_list`` where there were fewer than ten rows."""
    marked = {part.code: _marks(part.end - part.start, part.k) for part in strata}
    return {code: marks for code, marks in marked.items() if marks}


def _marks(rows: int, drawn: int) -> list[str]:
    if not rows:
        return []
    marks = [(ALL_ROWS, drawn == rows), (SMALL_LIST, rows < SMALL)]
    return [mark for mark, holds in marks if holds]
