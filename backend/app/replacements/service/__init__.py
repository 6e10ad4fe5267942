"""The replacements' services: what pages, jobs and other features call.

A function behind a button owns its transaction and takes the actor; a function that only reads
takes the session.
"""

from __future__ import annotations

from .asking import (
    Entered,
    enter_absence,
    kept_officer,
    recuse,
    withdraw,
    would_vacate,
)
from .batches import (
    Drawn,
    ask,
    cut_off,
    may_release,
    open_call,
    release,
    take_back,
    waiting_of,
)
from .holding import Held
from .leaving import CUT_OFF
from .newcomers import agree, decline
from .reading import (
    BatchView,
    DrawView,
    OfficerRate,
    SeatView,
    board,
    closed,
    drawn,
    next_cut_off,
    officer_rates,
    period,
    to_release_count,
    to_second_count,
    waiting_count,
)
from .unkeepable_seats import recheck

__all__ = [
    "CUT_OFF",
    "BatchView",
    "DrawView",
    "Drawn",
    "Entered",
    "Held",
    "OfficerRate",
    "SeatView",
    "agree",
    "ask",
    "board",
    "closed",
    "cut_off",
    "decline",
    "drawn",
    "enter_absence",
    "kept_officer",
    "may_release",
    "next_cut_off",
    "officer_rates",
    "open_call",
    "period",
    "recheck",
    "recuse",
    "release",
    "take_back",
    "to_release_count",
    "to_second_count",
    "waiting_count",
    "waiting_of",
    "withdraw",
    "would_vacate",
]
