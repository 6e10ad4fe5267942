"""The replacements' services: what pages, jobs and other features call.

Steps that people press own their transaction and take the actor; what reads takes the session.
"""

from __future__ import annotations

from .asking import CUT_OFF, Entered, enter_absence, recuse, withdraw
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

__all__ = [
    "CUT_OFF",
    "Drawn",
    "Entered",
    "ask",
    "cut_off",
    "enter_absence",
    "may_release",
    "open_call",
    "recuse",
    "release",
    "take_back",
    "waiting_of",
    "withdraw",
]
