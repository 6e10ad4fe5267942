"""Where the marks of the report's pictures lie, in units of each picture's own box: pure.

The templates only place what is computed here, since a page may carry no style of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .report import Period
from .rules import Comparison

STRIP_WIDTH = 240.0
_MARGIN = 12.0
CHART_HEIGHT = 132.0
BAR = 12.0
_PAIR = 2 * BAR + 6
_GAP = 26.0
LOAD_HEIGHT = 72.0


@dataclass(frozen=True, slots=True)
class Strip:
    """A group's number beside what chance gives: a band, a tick at the expectation, a dot."""

    band: float
    band_width: float
    tick: float
    dot: float
    outside: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, from the ground line upwards."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One group of one half-year: expected and drawn side by side."""

    code: str
    middle: float
    expected: Bar
    drawn: Bar


@dataclass(frozen=True, slots=True)
class Block:
    """One half-year of the chart."""

    period: Period
    middle: float
    pairs: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Chart:
    """Half-years side by side; ``width`` of the box, ``most`` the highest bar stands for."""

    width: float
    most: float
    blocks: Sequence[Block]


def strip(found: Comparison) -> Strip:
    """Return the marks of one comparison, scaled so that band and dot fill the strip."""
    least, most = min(found.low, found.drawn), max(found.high, found.drawn)
    unit = (STRIP_WIDTH - 2 * _MARGIN) / max(1, most - least)

    def place(value: float) -> float:
        return round(_MARGIN + (value - least) * unit, 2)

    return Strip(
        band=place(found.low),
        band_width=round(max(2.0, (found.high - found.low) * unit), 2),
        tick=place(found.expected),
        dot=place(found.drawn),
        outside=not found.low <= found.drawn <= found.high,
    )


def chart(periods: Sequence[Period]) -> Chart:
    """Return the chart of drawn against expected numbers, by half-year and risk class."""
    found = [one for period in periods for one in period.groups.values()]
    most = max((max(one.drawn, one.expected) for one in found), default=0.0)
    blocks, x = [], _GAP
    for period in periods:
        pairs = _pairs(period.groups, x, most)
        width = _PAIR * max(1, len(pairs))
        blocks.append(Block(period, round(x + width / 2, 2), pairs))
        x += width + _GAP
    return Chart(max(x, 320.0), most, blocks)


def _pairs(groups: Mapping[str, Comparison], x: float, most: float) -> list[Pair]:
    return [
        Pair(
            code,
            round(x + place * _PAIR + BAR, 2),
            _bar(x + place * _PAIR, found.expected, most, CHART_HEIGHT),
            _bar(x + place * _PAIR + BAR, found.drawn, most, CHART_HEIGHT),
        )
        for place, (code, found) in enumerate(groups.items())
    ]


def loads(seats: Sequence[int]) -> list[Bar]:
    """Return a bar for each officer, the least loaded first; the box is a unit wide for each."""
    return [_bar(float(x), count, seats[-1], LOAD_HEIGHT) for x, count in enumerate(seats)]


def _bar(x: float, value: float, most: float, full: float) -> Bar:
    height = round(full * value / most, 2) if most else 0.0
    return Bar(round(x, 2), round(full - height, 2), height)
