"""What a plan may be and what follows from it: pure, for the page, the freeze and the tests.

No database, clock or randomness. Everything about lots, seats and bytes is drawkit's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.drawkit import selection
from backend.drawkit.commitment import VERSION
from backend.drawkit.encoding import TOKEN

from .ceremony.rules import hides_something

PLANNED, FROZEN, COMMITTED, OPENED = "planned", "frozen", "committed", "opened"
REVEALED, DRAWN, DISPATCHED = "revealed", "drawn", "dispatched"
DISCARDED, CANCELLED, VOIDED = "discarded", "cancelled", "voided"
ORDER = (PLANNED, FROZEN, COMMITTED, OPENED, REVEALED, DRAWN, DISPATCHED)
STATES = (*ORDER, DISCARDED, CANCELLED, VOIDED)
CANCELLABLE = frozenset({FROZEN, COMMITTED})
VOIDABLE = frozenset({OPENED, REVEALED, DRAWN})
RESULT_KNOWN = frozenset({DRAWN, DISPATCHED})
PART_REVEALED = frozenset({OPENED, REVEALED})
"""Something is revealed and nothing drawn: whoever runs the draw could let it lie."""

INVITED, ACCEPTED, DECLINED = "invited", "accepted", "declined"
"""What a department of a joint draw has answered."""

MIN_SEATS = 2
LEAST_TOLD = 5
"""Smaller counts are not told exactly beside sealed names."""
MAX_WITNESS_TEXT = 200
REHEARSED = "-R"
"""The end of a series of rehearsals."""
CHAIN_LENGTH = 1000
"""Batches of replacements a draw can have before its chains are used up."""

CLOSED, RECENT, OTHER, YEARLY = "closed", "recent", "other-draw", "year-cap"
SEALED = "sealed"
"""Stands for the rule in the exclusions of a sealed draw, which are told in total alone."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a plan cannot be frozen, or what one should know. ``about`` names what it is about."""

    code: str
    about: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class StratumCount:
    """One stratum counted. ``fitting`` counts it alone, ``overlap`` what an earlier stratum
    took, ``excluded`` what a rule took, ``rows`` what is left, ``k`` how many are drawn."""

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
    """Most visits to one enterprise a year: the stricter of the county's limit and the plan's;
    0 stands for none."""
    given = [limit for limit in (county, plan) if limit > 0]
    return min(given, default=0)


def has_reached(state: str, target: str) -> bool:
    """Whether a draw in ``state`` is at ``target`` or past it (and was not ended)."""
    return state in ORDER and ORDER.index(state) >= ORDER.index(target)


def token(text: str) -> str:
    """``text`` when it can stand in a table, else a short stable stand-in for it."""
    if re.fullmatch(TOKEN, text):
        return text
    return "x" + sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:15]


def stratum_code(position: int) -> str:
    """The code of the stratum at ``position`` (from 0): their order is the order of bytes."""
    return f"S{position + 1:02d}"


def plan_rule(stratum: Values) -> dict[str, Any]:
    """A stratum as plan.json holds it. A fixed number is ratio 0 with that minimum."""
    if stratum["mode"] == "number":
        count = stratum["count"]
        limits = {"num": 0, "den": 1, "min": count, "max": count}
    else:
        limits = {name: stratum[name] for name in ("num", "den", "min", "max")}
    return {"code": stratum["code"], **limits}


def quota(rows: int, stratum: Values) -> int:
    """How many of ``rows`` a stratum draws."""
    return selection.quota(rows, plan_rule(stratum))


def asks_for_none(stratum: Values) -> bool:
    """Whether a stratum draws nothing however many rows it has."""
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
    """plan.json: what is asked for, before any name is known. ``team``: [{dept, spec, n}];
    ``stands_for``: see ``meaning``."""
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
    """What the codes of a plan stand for, committed to with it: who reads the bundle sees which
    enterprises a stratum holds and which rules excluded others.

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


def series(authority: str, day: date, *, rehearsal: bool = False) -> str:
    """Authority, year and half-year plan: draws are numbered within it. Rehearsals have a series
    of their own and take no draw's number."""
    name = f"{authority}-{day.year}-H{1 if day.month <= 6 else 2}"
    return name + REHEARSED if rehearsal else name


def number(series_name: str, seq: int) -> str:
    """The draw's number, from 1 without gaps."""
    return f"{series_name}-{seq}"


def homes(tree: Mapping[UUID, UUID | None], taking_part: Iterable[UUID]) -> dict[UUID, UUID]:
    """For each department of the tree, the nearest of those taking part: itself or above it.

    ``tree``: department → the one above it. Departments under none of them are absent.
    """
    wanted = set(taking_part)
    found: dict[UUID, UUID] = {}
    for start in tree:
        place: UUID | None = start
        seen: set[UUID] = set()
        while place is not None and place not in wanted and place not in seen:
            seen.add(place)
            place = tree.get(place)
        if place in wanted:
            found[start] = place
    return found


def heads(tree: Mapping[UUID, UUID | None], taking_part: Sequence[UUID]) -> list[UUID]:
    """Those taking part that have nobody above them among the others, in their order; the first,
    which leads, is always one."""
    wanted = set(taking_part)
    found = []
    for place, department in enumerate(taking_part):
        above = tree.get(department)
        home = None if above is None else homes(tree, wanted).get(above)
        if place == 0 or home is None:
            found.append(department)
    return found


def team_with(
    team: Sequence[Values], own: Collection[str], wanted: Sequence[Values]
) -> list[dict[str, Any]]:
    """``team`` with the lines of the departments ``own`` replaced by ``wanted``, where the first
    of them stood."""
    place = next((n for n, one in enumerate(team) if one["department_id"] in own), len(team))
    kept = [dict(one) for one in team if one["department_id"] not in own]
    before = sum(one["department_id"] not in own for one in team[:place])
    return kept[:before] + [dict(one) for one in wanted] + kept[before:]


def blurred(count: int) -> int | str:
    """A count that may be told beside names that are sealed: a small one only as small."""
    return count if count >= LEAST_TOLD else f"<{LEAST_TOLD}"


def narrows(roster: Values) -> bool:
    """Whether a roster leaves any enterprise out."""
    return any(roster.values())


def refuse_parts(parts: Sequence[PartCount]) -> list[Finding]:
    """What forbids a joint draw: a department that did not accept, or whose items nobody of its
    own would check. ``parts``: empty for a draw of one department, else the leading one first."""
    found = []
    for part in parts:
        if part.answer == INVITED:
            found.append(Finding("part_not_answered", part.name))
        elif part.answer == DECLINED:
            found.append(Finding("part_declined", part.name))
        elif part.items and not part.seats:
            found.append(Finding("items_without_seats", part.name, part.items))
    return found


def place_of(tree: Mapping[UUID, UUID | None], heads: Iterable[UUID], department: UUID) -> str:
    """The digest of a department's place: every department above it, and those below it that its
    part speaks for."""
    above: list[UUID] = []
    step = tree.get(department)
    while step is not None and step not in above:
        above.append(step)
        step = tree.get(step)
    found = homes(tree, [*heads, department])
    below = sorted(str(one) for one, home in found.items() if home == department)
    return sha256("\n".join([*(str(one) for one in above), "", *below]).encode()).hexdigest()


def seats_of_team(team: Sequence[Values]) -> int:
    """Seats of one visit."""
    return sum(part["n"] for part in team)


def refuse_strata(counts: Sequence[StratumCount], strata: Sequence[Values]) -> list[Finding]:
    """What is wrong with the strata as counted."""
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
    """What is wrong with the team as counted."""
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
    """What is allowed and worth knowing before it is frozen."""
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


def is_plain_text(text: str) -> bool:
    """Whether a witness's text has one form only: NFC, one line, not too long, all of it seen."""
    return (
        unicodedata.is_normalized("NFC", text)
        and len(text) <= MAX_WITNESS_TEXT
        and not hides_something(text)
    )


def recused_seats(
    team: Sequence[Values],
    eligible: Mapping[int, Collection[UUID]],
    pairs: Iterable[tuple[UUID, UUID]],
) -> int:
    """Enterprises for which recusals leave a line of the team fewer officers than its seats,
    where without them there would be enough.

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
    """Codes that cannot stand in a published table, counted."""
    fits = _TOKEN.fullmatch
    wrong = [code for code in objects if not fits(code)]
    return [Finding("code_unfit", wrong[0], len(wrong))] if wrong else []


_RATIO = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?%?|(\d{1,6})/(\d{1,6})")


def read_ratio(text: str) -> tuple[int, int] | None:
    """(num, den) of "10%", "0.5%", "10" (per cent) or "1/3"; None for anything else or over 1."""
    found = _RATIO.fullmatch(text.replace(" ", "").replace("％", "%"))
    if found is None:
        return None
    if found[4] is not None:
        num, den = int(found[3]), int(found[4])
    else:
        decimals = found[2] or ""
        num, den = int(found[1] + decimals), 100 * 10 ** len(decimals)
    return (num, den) if den > 0 and num <= den else None
