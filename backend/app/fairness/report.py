"""Puts the report together from what the draws say of themselves: pure.

Every draw whose result was computed counts, also one that was declared void afterwards: leaving
those out would let a void hide what came out. Officers' loads leave void draws out, since nobody
went.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from . import rules
from .rules import Comparison, Part

RISK = "risk"
DIMENSIONS = (RISK, "kind", "region", "before", "half")
CANCELLED, VOIDED = "cancelled", "voided"


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """One stratum of a draw; ``groups``: {dimension: {group: (rows, drawn)}}."""

    rows: int
    k: int
    groups: Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class DrawFacts:
    """A frozen draw. ``day`` is the day of the draw in China, None without a result."""

    number: str
    name: str
    state: str
    office: str
    joint: bool
    day: date | None
    pool_rows: int
    drawn: int
    seats: int
    vacant: int
    eligible: int
    replaced: int
    reason: str | None
    sealed: bool
    left_open: bool
    strata: Sequence[StratumFacts]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group held against chance."""

    code: str
    found: Comparison


@dataclass(frozen=True, slots=True)
class DimensionReport:
    """The groups of one way to divide the register; ``p`` is the least adjusted one."""

    code: str
    lines: Sequence[GroupLine]
    p: float | None


@dataclass(frozen=True, slots=True)
class Period:
    """A half-year: its counts, and each risk class against chance."""

    year: int
    half: int
    draws: int
    drawn: int
    vacant: int
    replaced: int
    ended: int
    groups: Mapping[str, Comparison]


@dataclass(frozen=True, slots=True)
class Totals:
    """Plain counts over draws. ``waiting``: frozen, no result yet. ``eligible`` is the size of
    the officers' list from the smallest to the largest draw. ``sealed`` ones are compared when
    all their names are open, ``uncounted`` ones never: their groups were not fixed.
    ``left_open``: not finished in time after the first reveal, then or now."""

    draws: int
    with_result: int
    joint: int
    waiting: int
    cancelled: int
    voided: int
    pool_rows: int
    drawn: int
    seats: int
    vacant: int
    replaced: int
    eligible: tuple[int, int]
    sealed: int
    uncounted: int
    left_open: int


@dataclass(frozen=True, slots=True)
class Loads:
    """The number of seats of each officer, ascending, with the least, the median and the most."""

    seats: Sequence[int]
    least: int
    middle: float
    most: int


@dataclass(frozen=True, slots=True)
class Report:
    """Of one office, or of all together. ``p``: the least p-value after adjusting for every
    comparison of the report; ``compared``: how many there were."""

    totals: Totals
    dimensions: Sequence[DimensionReport]
    periods: Sequence[Period]
    p: float | None
    compared: int

    @property
    def odd(self) -> bool:
        """Return True if a comparison deviates by more than chance explains."""
        return self.p is not None and self.p < rules.SIGNIFICANT


def build(draws: Sequence[DrawFacts]) -> Report:
    """Return the report of these draws."""
    compared = [_dimension(code, draws) for code in DIMENSIONS]
    return Report(
        totals=totals(draws),
        dimensions=[one for one in compared if one.lines],
        periods=_periods(draws),
        p=_least(rules.holm([line.found.p for one in compared for line in one.lines])),
        compared=sum(line.found.p is not None for one in compared for line in one.lines),
    )


def totals(draws: Sequence[DrawFacts]) -> Totals:
    """Return the plain counts over these draws."""
    done = [draw for draw in draws if draw.day is not None]
    sizes = [draw.eligible for draw in done]
    ended = (CANCELLED, VOIDED)
    return Totals(
        draws=len(draws),
        with_result=len(done),
        joint=sum(draw.joint for draw in done),
        waiting=sum(draw.day is None and draw.state not in ended for draw in draws),
        cancelled=sum(draw.state == CANCELLED for draw in draws),
        voided=sum(draw.state == VOIDED for draw in draws),
        pool_rows=sum(draw.pool_rows for draw in done),
        drawn=sum(draw.drawn for draw in done),
        seats=sum(draw.seats for draw in done),
        vacant=sum(draw.vacant for draw in done),
        replaced=sum(draw.replaced for draw in done),
        eligible=(min(sizes, default=0), max(sizes, default=0)),
        sealed=sum(draw.sealed for draw in done),
        uncounted=sum(
            not draw.sealed and not any(stratum.groups for stratum in draw.strata) for draw in done
        ),
        left_open=sum(draw.left_open for draw in draws),
    )


def loads(seats: Sequence[int]) -> Loads:
    """Return how evenly seats fell on officers; ``seats`` is ascending and not empty."""
    return Loads(seats, seats[0], median(seats), seats[-1])


def by_office(draws: Iterable[DrawFacts]) -> dict[str, list[DrawFacts]]:
    """Return the draws of each leading office by its code."""
    found: defaultdict[str, list[DrawFacts]] = defaultdict(list)
    for draw in draws:
        found[draw.office].append(draw)
    return dict(found)


def _dimension(code: str, draws: Sequence[DrawFacts]) -> DimensionReport:
    parts: defaultdict[str, list[list[Part]]] = defaultdict(list)
    for draw in draws:
        for group, those in _parts(code, draw).items():
            parts[group].append(those)
    found = [(group, rules.compare(parts[group])) for group in sorted(parts)]
    adjusted = rules.holm([one.p for _group, one in found])
    lines = [
        GroupLine(group, replace(one, adjusted=p))
        for (group, one), p in zip(found, adjusted, strict=True)
    ]
    return DimensionReport(code, lines, _least(adjusted))


def _parts(code: str, draw: DrawFacts) -> dict[str, list[Part]]:
    """Return for each group the strata of a draw in which it has rows."""
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for stratum in draw.strata:
        for group, (rows, drawn) in stratum.groups.get(code, {}).items():
            if rows:
                found[group].append(Part(stratum.rows, rows, stratum.k, drawn))
    return found


def _least(found: Sequence[float | None]) -> float | None:
    return min((p for p in found if p is not None), default=None)


def _periods(draws: Sequence[DrawFacts]) -> list[Period]:
    sorted_in: defaultdict[tuple[int, int], list[DrawFacts]] = defaultdict(list)
    for draw in draws:
        if draw.day is not None:
            sorted_in[draw.day.year, 1 if draw.day.month <= 6 else 2].append(draw)
    return [_period(*key, sorted_in[key]) for key in sorted(sorted_in)]


def _period(year: int, half: int, draws: Sequence[DrawFacts]) -> Period:
    return Period(
        year=year,
        half=half,
        draws=len(draws),
        drawn=sum(draw.drawn for draw in draws),
        vacant=sum(draw.vacant for draw in draws),
        replaced=sum(draw.replaced for draw in draws),
        ended=sum(draw.state == VOIDED for draw in draws),
        groups={line.code: line.found for line in _dimension(RISK, draws).lines},
    )
