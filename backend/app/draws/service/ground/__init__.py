"""The ground under every room: finding a draw, keeping who took which step, and what stays hidden.

The rooms and screens of draws use its modules; other features use the names exported here.
"""

from __future__ import annotations

from .finding import by_number, departments_of, get, get_to_run, locked, may_run, visible_among
from .recording import note_step
from .records import BatchRecord, DrawRecord, SeatRecord

__all__ = [
    "BatchRecord",
    "DrawRecord",
    "SeatRecord",
    "by_number",
    "departments_of",
    "get",
    "get_to_run",
    "locked",
    "may_run",
    "note_step",
    "visible_among",
]
