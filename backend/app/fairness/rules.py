"""The statistics of the fairness report: pure, exact, and small enough to be read.

In a stratum of ``rows`` enterprises of which ``group`` belong to a group, a fair draw of ``k``
takes a hypergeometric number of that group, whatever else happens in the draw. Strata and draws
are independent, so the number over many draws has the convolution of those distributions, which
is computed here and not approximated. No clock, no database, no randomness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIGNIFICANT = 0.01
"""An adjusted p-value below this is called out."""
BAND = 0.95
"""The part of fair histories that the drawn band of a picture holds."""
_NEGLIGIBLE = 1e-18
_EQUAL = 1e-9

Masses = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum of one draw: its rows, those in the group, how many were drawn, and of the
    group."""

    rows: int
    group: int
    k: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Probabilities of ``first``, ``first + 1``, … in order."""

    first: int
    masses: Masses


@dataclass(frozen=True, slots=True)
class Comparison:
    """Drawn against expected. ``low`` to ``high`` hold BAND of all fair histories. ``p`` is None
    when the plan alone fixes the number; ``adjusted`` is Holm's among the groups beside it."""

    rows: int
    drawn: int
    expected: float
    low: int
    high: int
    p: float | None
    adjusted: float | None = None


def hypergeometric(rows: int, group: int, k: int) -> Distribution:
    """How many of ``group`` are among ``k`` drawn out of ``rows``, by the ratio of neighbours."""
    first, last = max(0, k - (rows - group)), min(group, k)
    below = np.arange(first, last, dtype=np.float64)
    ratios = (group - below) * (k - below) / ((below + 1) * (rows - group - k + below + 1))
    peak = int(np.searchsorted(-ratios, -1.0))  # ratios fall, and are 1 where the mode is
    up = np.cumprod(ratios[peak:])
    down = np.cumprod(1 / ratios[:peak][::-1])[::-1]
    masses = np.concatenate([down, [1.0], up])
    return Distribution(first, masses / masses.sum())


def together(parts: Iterable[Distribution]) -> Distribution:
    """The distribution of the sum of independent counts; masses below 1e-18 are left out."""
    waiting = sorted(parts, key=lambda part: len(part.masses))
    if not waiting:
        return Distribution(0, np.ones(1))
    while len(waiting) > 1:
        paired = [_sum(one, two) for one, two in zip(waiting[::2], waiting[1::2], strict=False)]
        waiting = paired + waiting[len(waiting) - len(waiting) % 2 :]
    return waiting[0]


def _sum(one: Distribution, two: Distribution) -> Distribution:
    masses = np.convolve(one.masses, two.masses)
    kept = np.flatnonzero(masses > _NEGLIGIBLE)
    start, end = int(kept[0]), int(kept[-1]) + 1
    return Distribution(one.first + two.first + start, masses[start:end])


@lru_cache(maxsize=1 << 16)
def of_draw(strata: tuple[tuple[int, int, int], ...]) -> Distribution:
    """The distribution in one draw, whose strata are (rows, group, k). It is kept: a draw never
    changes, so a report over hundreds of draws only has to add up."""
    return together(hypergeometric(*stratum) for stratum in strata)


def two_sided(fair: Distribution, seen: int) -> float:
    """The probability, under fairness, of a number at most as likely as ``seen`` (Fisher)."""
    place = seen - fair.first
    if not 0 <= place < len(fair.masses):
        return 0.0
    limit = fair.masses[place] * (1 + _EQUAL)
    return min(1.0, float(fair.masses[fair.masses <= limit].sum()))


def band(fair: Distribution) -> tuple[int, int]:
    """Return the first and last number of the middle that holds at least BAND of fair histories."""
    heaped = np.cumsum(fair.masses)
    tail = (1 - BAND) / 2
    low = int(np.searchsorted(heaped, tail, side="right"))
    high = int(np.searchsorted(heaped, 1 - tail, side="left"))
    return fair.first + low, fair.first + min(high, len(fair.masses) - 1)


def compare(draws: Sequence[Sequence[Part]]) -> Comparison:
    """Compare one group over many draws; each draw is given by the strata in which it has rows."""
    fair = together(
        of_draw(tuple((part.rows, part.group, part.k) for part in parts)) for parts in draws
    )
    parts = [part for draw in draws for part in draw]
    drawn = sum(part.drawn for part in parts)
    free = len(fair.masses) > 1
    low, high = band(fair)
    return Comparison(
        rows=sum(part.group for part in parts),
        drawn=drawn,
        expected=sum(part.k * part.group / part.rows for part in parts),
        low=low,
        high=high,
        p=two_sided(fair, drawn) if free else None,
    )


def holm(found: Sequence[float | None]) -> list[float | None]:
    """Return each p-value adjusted for the number of them (Holm); None stays None."""
    ordered = sorted((p, place) for place, p in enumerate(found) if p is not None)
    adjusted: list[float | None] = [None] * len(found)
    least = 0.0
    for rank, (p, place) in enumerate(ordered):
        least = max(least, min(1.0, p * (len(ordered) - rank)))
        adjusted[place] = least
    return adjusted


def missing_numbers(given: Iterable[int], last: int) -> list[int]:
    """Return the numbers from 1 to ``last`` that are not in ``given``."""
    return sorted(set(range(1, last + 1)) - set(given))
