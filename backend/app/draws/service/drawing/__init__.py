"""What is done once the seed is known: lots are drawn, visits sent, seats drawn again, rows
added."""

from __future__ import annotations

from .dispatching import dispatch, held_back, send_ready
from .extending import extend, may_extend, remaining_rows
from .lots import draw_lots
from .redrawing import BatchRequest, SeatChange, redraw
from .routine import run_routine

__all__ = [
    "BatchRequest",
    "SeatChange",
    "dispatch",
    "draw_lots",
    "extend",
    "held_back",
    "may_extend",
    "redraw",
    "remaining_rows",
    "run_routine",
    "send_ready",
]
