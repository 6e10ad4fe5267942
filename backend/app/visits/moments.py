"""Moments that a phone claims, and what of them may be taken as true.

Pure. A phone's clock may be wrong by years, either way, and nobody can prove it right. The server
knows two moments by its own clock: when it made the visit's package, before which nothing in the
visit can have happened, and when it received the event, after which nothing in it can have. A
claim between the two is believed; any other stays a claim and is shown beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=2)
"""Clocks that differ by no more than this count as equal."""

_LEAP_SECOND = re.compile(r"(T\d{2}:\d{2}):60", re.ASCII)
_MILLISECOND = timedelta(milliseconds=1)


def is_moment(value: object) -> bool:
    """Return True for a text that is a time with its zone, as RFC 3339 writes it, in the years 2 to
    9998: in those of the edge some zones have no calendar."""
    return isinstance(value, str) and len(value) <= 40 and _parsed(value) is not None


def read_moment(text: str) -> datetime:
    """Return the moment that a text names, in UTC; raises ValueError unless `is_moment` holds.

    A leap second counts as the second before it.
    """
    moment = _parsed(text)
    if moment is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    for plain in (text, _LEAP_SECOND.sub(r"\1:59", text)):
        try:
            moment = datetime.fromisoformat(plain)
        except ValueError:
            continue
        return moment if moment.tzinfo is not None and 1 < moment.year < 9999 else None
    return None


def milliseconds_ahead(phone_clock: str | None, now: datetime) -> int | None:
    """Return by how many milliseconds a phone's clock is ahead of ours (negative: behind it),
    None when the phone did not tell its time."""
    if phone_clock is None:
        return None
    return (read_moment(phone_clock) - now) // _MILLISECOND


@dataclass(frozen=True, slots=True)
class Claim:
    """A moment by a phone's clock, beside what the server knows about it.

    ``claimed_at`` is what the phone says. ``not_before`` is when the visit's package was made,
    ``received_at`` when the server received the event. ``ahead`` is how far the phone's clock was
    ahead of the server's in the call that brought the event, None when the call did not say.
    """

    claimed_at: datetime
    not_before: datetime
    received_at: datetime
    ahead: timedelta | None = None

    @property
    def clock_error(self) -> timedelta | None:
        """How far the phone's clock was ahead; None when it was right or nobody knows."""
        if self.ahead is None or abs(self.ahead) <= TOLERANCE:
            return None
        return self.ahead

    @property
    def believed_at(self) -> datetime | None:
        """The moment that may be taken as true, None when the phone's claim can not be.

        A clock that was seen to be wrong is put right first. When that leads outside the two
        bounds, the clock was changed between the act and the call, and the bare claim is asked.
        """
        for moment in (self._corrected(), self.claimed_at):
            if moment is not None and self._is_possible(moment):
                return min(max(moment, self.not_before), self.received_at)
        return None

    @property
    def taken_at(self) -> datetime:
        """The moment that the program reckons from: the believed one, else the receipt."""
        return self.believed_at or self.received_at

    @property
    def is_corrected(self) -> bool:
        """True when the believed moment is another than the claimed one."""
        believed = self.believed_at
        return believed is not None and abs(believed - self.claimed_at) > TOLERANCE

    def _corrected(self) -> datetime | None:
        error = self.clock_error
        if error is None:
            return None
        try:
            return self.claimed_at - error
        except OverflowError:
            return None

    def _is_possible(self, moment: datetime) -> bool:
        return self.not_before - TOLERANCE <= moment <= self.received_at + TOLERANCE


def claim(claimed: str, not_before: datetime, received_at: datetime, ahead_ms: int | None) -> Claim:
    """Return a claim from a phone's text and the stored milliseconds of its clock's error."""
    ahead = None if ahead_ms is None else ahead_ms * _MILLISECOND
    return Claim(read_moment(claimed), not_before, received_at, ahead)
