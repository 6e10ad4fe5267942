"""The disclosure clock 公示期限: working days in China, when a result is due, and how much time is
left.

Pure: today's date comes in as an argument. Holidays and make-up days 调休 are those the State
Council announced, as the ``holidays`` package lists them; days of the override table win over them.
A year whose list is not out yet counts plain weekdays and statutory holidays, and the due date then
says that it is not certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

import holidays

WORKING_DAYS = 20
"""Results are public within this many working days of the visit's end."""
SOON = 5
"""From this many working days left the clock is amber."""

ClockState = Literal["ok", "soon", "late"]
EndSource = Literal["phone", "receipt"]
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day; ``certain`` is false while a year it runs through has no announced list."""

    day: date
    certain: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date seen from a day: ``left`` working days after it, negative when overdue."""

    due_on: date
    certain: bool
    left: int
    state: ClockState


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked; ``overrides`` maps a day to True if it is worked, False if it is
    free."""

    overrides: Mapping[date, bool]

    def works(self, day: date) -> bool:
        """Return True if ``day`` is a working day."""
        known = self.overrides.get(day)
        if known is not None:
            return known
        free, made_up = _announced(day.year)
        if day in made_up:
            return True
        return day.weekday() < _SATURDAY and day not in free

    def announced(self, year: int) -> bool:
        """Return True if the State Council's list for ``year`` is out: every list so far moved at
        least one weekend."""
        by_hand = any(
            works and day.year == year and day.weekday() >= _SATURDAY
            for day, works in self.overrides.items()
        )
        return by_hand or bool(_announced(year)[1])

    def due(self, ended_on: date, working_days: int = WORKING_DAYS) -> DueDate:
        """Return the last of ``working_days`` working days after ``ended_on`` (that day not
        counted)."""
        day, counted = ended_on, 0
        while counted < working_days:
            day += _DAY
            counted += self.works(day)
        years = range(ended_on.year, day.year + 1)
        return DueDate(day, all(self.announced(year) for year in years))

    def left(self, today: date, due_on: date) -> int:
        """Return the number of working days after ``today`` up to ``due_on``; negative after it."""
        first, last = sorted((today, due_on))
        count = sum(
            self.works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1)
        )
        return count if today <= due_on else -max(count, 1)

    def deadline(self, ended_on: date, today: date) -> Deadline:
        """Return the clock of a visit that ended on ``ended_on`` as it stands ``today``."""
        due = self.due(ended_on)
        left = self.left(today, due.day)
        state: ClockState = "late" if left < 0 else "soon" if left <= SOON else "ok"
        return Deadline(due.day, due.certain, left, state)


@cache
def _announced(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the weekends worked in ``year``. The next year's list may move its
    last days, so it is read too."""
    listed = holidays.country_holidays("CN", years=(year, year + 1), expand=False)
    free = frozenset(day for day in listed if day.year == year)
    made_up = frozenset(day for day in listed.weekend_workdays if day.year == year)
    return free, made_up


@dataclass(frozen=True, slots=True)
class VisitEnd:
    """The day from which the clock of a visit runs.

    ``source`` says who named it: the phone, whose claim is possible, or the server's receipt,
    because the phone's claim cannot be true.
    """

    day: date
    source: EndSource


def visit_end(believed_on: date | None, received_on: date) -> VisitEnd:
    """Return the end of a visit from the day of its hand-in that may be believed (None: what the
    phone claims cannot be true) and the day on which the hand-in was received."""
    if believed_on is None:
        return VisitEnd(received_on, "receipt")
    return VisitEnd(min(believed_on, received_on), "phone")


def is_late(published_on: date, due_on: date) -> bool:
    """Return True if a result published on this day stays marked late for good."""
    return published_on > due_on


def minutes_between(ended_on: date, published_at: datetime) -> int:
    """Return the whole minutes from the beginning of the day on which the visit ended to its
    publication, at least 0.

    The day is taken in the zone of ``published_at``, and from its first minute on, so that the
    published figure is never shorter than the truth.
    """
    start = datetime.combine(ended_on, datetime.min.time(), tzinfo=published_at.tzinfo)
    return max(0, int((published_at - start).total_seconds()) // 60)
