"""The rules of a draw's plan: what it may be and what follows from it. Pure: for the page, the
freeze and tests.

No database, clock or randomness.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.drawkit import selection
from backend.drawkit.commitment import VERSION
from backend.drawkit.encoding import TOKEN

from ..platform.text import compact
from .rules import DECLINED, INVITED, MIN_SEATS, Finding

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StratumCount:
    """One stratum counted.

    ``fitting``: rows that fit it; ``overlap``: of these, rows in an earlier stratum; ``excluded``:
    rows that a rule excludes; ``rows``: rows left; ``k``: rows to be drawn.
    """

    code: str
    label: str
    fitting: int
    overlap: int
    excluded: int
    rows: int
    k: int


@dataclass(frozen=True, slots=True)
class SeatCount:
    """A line of the team: department, speciality, seats, and how many officers could sit."""

    department: str
    speciality: str
    n: int
    eligible: int


@dataclass(frozen=True, slots=True)
class PartCount:
    """A department's part of a joint draw: its name and answer, items and seats a visit."""

    name: str
    answer: str
    items: int
    seats: int


def year_cap(county: int, plan: int) -> int:
    """Return the most visits to one enterprise a year: the stricter of the county's limit and the
    plan's; 0 stands for no limit."""
    given = [limit for limit in (county, plan) if limit > 0]
    return min(given, default=0)


def stratum_code(position: int) -> str:
    """Return the code of the stratum at ``position`` (from 0); codes sort by bytes in the order of
    positions."""
    return f"S{position + 1:02d}"


def plan_rule(stratum: Values) -> dict[str, Any]:
    """Return a stratum as plan.json holds it; a fixed number is ratio 0 with that minimum."""
    if stratum["mode"] == "number":
        count = stratum["count"]
        limits = {"num": 0, "den": 1, "min": count, "max": count}
    else:
        limits = {name: stratum[name] for name in ("num", "den", "min", "max")}
    return {"code": stratum["code"], **limits}


def quota(rows: int, stratum: Values) -> int:
    """Return how many of ``rows`` a stratum draws."""
    return selection.quota(rows, plan_rule(stratum))


def asks_for_none(stratum: Values) -> bool:
    """Return True if a stratum draws nothing however many rows it has."""
    return quota(10**6, stratum) == 0


def plan_document(
    *,
    authority: str,
    seq: int,
    name: str,
    strata: Sequence[Values],
    team: Sequence[Values],
    stands_for: Values,
    version: str = VERSION,
    sealed: bool = False,
) -> dict[str, Any]:
    """Return plan.json: what is asked for, before any name is known.

    ``team``: [{dept, spec, n}]; ``stands_for``: see ``meaning``.
    """
    return {
        "v": version,
        "authority": authority,
        "name": name,
        "seq": seq,
        "mode": "sealed" if sealed else "open",
        "strata": [plan_rule(stratum) for stratum in strata],
        "teams": {"*": [dict(part) for part in team]},
        "meaning": dict(stands_for),
    }


def meaning(
    *,
    strata: Sequence[Values],
    items: Sequence[Values],
    departments: Sequence[Values],
    exclusions: Values,
    specialities: Values,
    last_day: date,
) -> dict[str, Any]:
    """Return what the codes of a plan stand for, which is committed to with the plan: a reader of
    the bundle sees which enterprises a stratum holds and which rules excluded others.

    ``strata``: with the names of their tags; ``items``, ``departments``: [{code, name}];
    ``specialities``: token → name.
    """
    shown = ("code", "label", "risk_classes", "regions", "industries", "kinds", "tags")
    return {
        "strata": [{name: stratum[name] for name in shown} for stratum in strata],
        "items": [dict(item) for item in items],
        "departments": [dict(department) for department in departments],
        "exclusions": dict(exclusions),
        "specialities": dict(specialities),
        "last_day": last_day.isoformat(),
    }


def team_with(
    team: Sequence[Values], own: Collection[str], wanted: Sequence[Values]
) -> list[dict[str, Any]]:
    """Return ``team`` with the lines of the departments ``own`` replaced by ``wanted``, at the
    place of their first line."""
    place = next((n for n, one in enumerate(team) if one["department_id"] in own), len(team))
    kept = [dict(one) for one in team if one["department_id"] not in own]
    before = sum(one["department_id"] not in own for one in team[:place])
    return kept[:before] + [dict(one) for one in wanted] + kept[before:]


def narrows(roster: Values) -> bool:
    """Return True if a roster leaves any enterprise out."""
    return any(roster.values())


def refuse_parts(parts: Sequence[PartCount]) -> list[Finding]:
    """Return the findings that forbid a joint draw: a department that did not accept, or none of
    whose people would check its items.

    ``parts``: empty for a draw of one department, else the leading one first.
    """
    found = []
    for part in parts:
        if part.answer == INVITED:
            found.append(Finding("part_not_answered", part.name))
        elif part.answer == DECLINED:
            found.append(Finding("part_declined", part.name))
        elif part.items and not part.seats:
            found.append(Finding("items_without_seats", part.name, part.items))
    return found


def seats_of_team(team: Sequence[Values]) -> int:
    """Return how many seats one visit has."""
    return sum(part["n"] for part in team)


def refuse_strata(counts: Sequence[StratumCount], strata: Sequence[Values]) -> list[Finding]:
    """Return the findings that forbid the strata as counted."""
    if not counts:
        return [Finding("no_strata")]
    found = []
    for count, stratum in zip(counts, strata, strict=True):
        if asks_for_none(stratum):
            found.append(Finding("ratio_zero", count.label))
        elif count.rows == 0 and count.excluded:
            found.append(Finding("stratum_all_excluded", count.label, count.excluded))
        elif count.rows == 0:
            found.append(Finding("stratum_empty", count.label))
    if all(count.rows == 0 for count in counts) and any(count.excluded for count in counts):
        found.append(Finding("everything_excluded"))
    return found


def refuse_team(seats: Sequence[SeatCount]) -> list[Finding]:
    """Return the findings that forbid the team as counted."""
    found = []
    if sum(seat.n for seat in seats) < MIN_SEATS:
        found.append(Finding("team_too_small"))
    found += [
        Finding("no_officers", _seat_name(seat)) for seat in seats if seat.n and not seat.eligible
    ]
    return found


def warn(
    counts: Sequence[StratumCount], seats: Sequence[SeatCount], cap: int, visits: int
) -> list[Finding]:
    """Return the findings that forbid nothing but are worth knowing before the freeze."""
    found = [
        Finding("stratum_whole", count.label, count.rows)
        for count in counts
        if count.rows and count.k == count.rows
    ]
    for seat in seats:
        if 0 < seat.eligible < seat.n:
            found.append(Finding("seats_will_be_vacant", _seat_name(seat), seat.n - seat.eligible))
        elif seat.eligible and seat.n * visits > seat.eligible * cap:
            missing = seat.n * visits - seat.eligible * cap
            found.append(Finding("cap_too_low", _seat_name(seat), missing))
    return found


def _seat_name(seat: SeatCount) -> str:
    return f"{seat.department} · {seat.speciality}" if seat.speciality else seat.department


def recused_seats(
    team: Sequence[Values],
    eligible: Mapping[int, Collection[UUID]],
    pairs: Iterable[tuple[UUID, UUID]],
) -> int:
    """Return for how many enterprises recusals leave a line of the team fewer officers than its
    seats, where there would be enough without them.

    ``eligible``: officers who could sit, by the line's place; ``pairs``: (officer, enterprise).
    """
    away: dict[UUID, set[UUID]] = {}
    for officer, enterprise in pairs:
        away.setdefault(enterprise, set()).add(officer)
    enough = [place for place, part in enumerate(team) if len(eligible[place]) >= part["n"]]
    return sum(
        any(len(set(eligible[place]) - recused) < team[place]["n"] for place in enough)
        for recused in away.values()
    )


_TOKEN = re.compile(TOKEN)


def refuse_codes(objects: Iterable[str]) -> list[Finding]:
    """Return a finding that counts the codes that cannot stand in a published table, or none."""
    fits = _TOKEN.fullmatch
    wrong = [code for code in objects if not fits(code)]
    return [Finding("code_unfit", wrong[0], len(wrong))] if wrong else []


_RATIO = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?%?|(\d{1,6})/(\d{1,6})")


def read_ratio(text: str) -> tuple[int, int] | None:
    """Return (num, den) of "10%", "0.5%", "10" (per cent) or "1/3"; None for any other text and for
    more than 1."""
    found = _RATIO.fullmatch(compact(text))
    if found is None:
        return None
    if found[4] is not None:
        num, den = int(found[3]), int(found[4])
    else:
        decimals = found[2] or ""
        num, den = int(found[1] + decimals), 100 * 10 ** len(decimals)
    return (num, den) if den > 0 and num <= den else None
