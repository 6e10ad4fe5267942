"""The rules of replacements: causes, grounds, absences that vacate a seat, cut-offs, rates. Pure.

No database, clock or randomness. drawkit alone decides who takes a vacated seat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ..platform import code_lists

RECUSAL, ABSENCE = code_lists.RECUSAL, code_lists.ABSENCE
UNFIT, VACANT = code_lists.UNFIT, code_lists.VACANT

GROUNDS = code_lists.GROUNDS.chosen
ABSENCES = code_lists.ABSENCES.chosen

ASKED, WAITING, FILLED, UNFILLED = "asked", "waiting", "filled", "unfilled"
LAPSED, WITHDRAWN = "lapsed", "withdrawn"
STANDING = frozenset({ASKED, WAITING})
"""The seat is to be drawn again, or a second person is asked whether it is."""
CLOSED = frozenset({LAPSED, WITHDRAWN})
"""The request came to no draw: the seat kept its officer, or waits because of another request."""

OVERTAKEN, ASKED_TWICE = "overtaken_by_recusal", "asked_twice"
WORDS_OF_PROGRAM = frozenset({OVERTAKEN, ASKED_TWICE})
"""Why the program itself withdrew a request; ``settled_words`` holds this, or a person's words."""

LEAST_FREE_DAYS = 3
"""Days that must be left for a visit around an absence, or its seat is drawn again."""


NEWCOMER_DAYS = 7
"""Days after a batch in which its newcomer's seat is left only with a second person's word."""


HOLDING_DAYS = 7
"""How long before its first seat was asked for a batch counts whom the office has taken away."""
LEAST_TO_COME = 3
"""Officers who should be left for the lot to choose from, or it hardly chooses."""


def is_steered(could: int, can: int) -> bool:
    """Return True if the office has lately narrowed who could take a seat.

    ``could``: eligible officers without what the office entered lately; ``can``: with it. The
    limit: more than a third gone, or fewer than three left.
    """
    return could > can and (3 * (could - can) > could or can < LEAST_TO_COME)


def ground_of(text: str) -> tuple[str, str]:
    """Return (ground, words) of what a phone sent: a known code without words, or its words under
    ``other_relation``."""
    return (text, "") if text in GROUNDS else ("other_relation", text)


def vacates(today: date, due: date, starts: date, ends: date) -> bool:
    """Return True if an absence from ``starts`` to ``ends`` leaves too few days for a visit.

    Counted are the days from today to the last day (an overdue visit is due today); an absence that
    touches none of them vacates nothing.
    """
    last = max(today, due)
    days = (last - today).days + 1
    first_away, last_away = max(today, starts), min(last, ends)
    away = max(0, (last_away - first_away).days + 1)
    return away > 0 and days - away < LEAST_FREE_DAYS


def next_cut_off(now: datetime, at: str) -> datetime:
    """Return the next moment strictly after ``now`` at which the clock of its zone shows ``at``
    (HH:MM)."""
    hours, minutes = at.split(":")
    today = datetime.combine(now.date(), time(int(hours), int(minutes)), now.tzinfo)
    return today if today > now else today + timedelta(days=1)


@dataclass(slots=True)
class Rate:
    """The figures of one officer over a period: seats drawn for them, and seats they left by cause
    and reason."""

    seats: int = 0
    causes: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def seats_left(self) -> int:
        """Return how many seats the officer left by an own recusal or absence."""
        return self.causes.get(RECUSAL, 0) + self.causes.get(ABSENCE, 0)

    @property
    def percent(self) -> int:
        """Return how many of a hundred drawn seats the officer left, rounded down, 0 to 100."""
        return 0 if self.seats == 0 else self.seats_left * 100 // self.seats


def together(parts: Iterable[Rate]) -> Rate:
    """Return the sum of several officers' rates."""
    total = Rate()
    for part in parts:
        total.seats += part.seats
        for mine, theirs in ((total.causes, part.causes), (total.reasons, part.reasons)):
            for code, count in theirs.items():
                mine[code] = mine.get(code, 0) + count
    return total


def rates(seated: Mapping[str, int], left: Iterable[tuple[str, str, str]]) -> dict[str, Rate]:
    """Return the rates by officer.

    ``seated``: seats that each officer holds now; ``left``: (officer, cause, reason) of every seat
    that was left. A seat that an officer left had been drawn for them, so both kinds count as
    drawn.
    """
    found = {officer: Rate(seats=count) for officer, count in seated.items()}
    for officer, cause, reason in left:
        rate = found.setdefault(officer, Rate())
        rate.seats += 1
        rate.causes[cause] = rate.causes.get(cause, 0) + 1
        rate.reasons[reason] = rate.reasons.get(reason, 0) + 1
    return found
