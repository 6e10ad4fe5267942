"""The demo county's time: what is to happen, in the order of its moments.

Many draws, visits and decisions of the past overlap. Each act is noted with its moment, and the
agenda runs them in that order, so that no trace of the county is older than the one before it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from ...platform import clock

Act = Callable[[], None]


class Agenda:
    """The acts to come, and ``at``, the moment to which the county's clock is set."""

    def __init__(self, present: datetime) -> None:
        self.present = self.at = present
        self._acts: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def begin(self, days: int) -> None:
        """Set the clock to the morning so many days before the present, once, before any act."""
        self.at = self.morning(days)

    def morning(self, days: int) -> datetime:
        """Return 9:20 of the working day so many days before the present, or the one before it."""
        day = clock.local(self.present) - timedelta(days=days)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
        return min(day.replace(hour=9, minute=20, second=0, microsecond=0), self.present)

    def note(self, moment: datetime, act: Act) -> None:
        """Note an act. One that would lie after the present happens at the present."""
        heappush(self._acts, (min(moment, self.present), next(self._numbers), act))

    def run(self) -> None:
        """Run all acts, those noted meanwhile too, and leave the clock at the present."""
        while self._acts:
            moment, _number, act = heappop(self._acts)
            self.at = max(self.at, moment)
            act()
        self.at = self.present
