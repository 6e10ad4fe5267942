"""The draws' services: what pages, other features and the demonstration's generator call.

Steps that people press own their transaction and take the actor; what reads takes the session.
"""

from __future__ import annotations

from .counting import PoolCount, count_pool
from .dispatching import dispatch, held_back, teams
from .drawing import draw_lots
from .ending import cancel, void
from .freezing import freeze
from .history import (
    DrawHistory,
    SeriesHistory,
    StratumHistory,
    histories,
    officer_loads,
    series_given,
    vacant_by_department,
)
from .history import stamp as history_stamp
from .officers import TeamCount, count_team
from .preparing import (
    Overview,
    change_what,
    change_who,
    discard,
    get,
    item_ids,
    listed,
    overview,
    prepare,
    taking_part,
    usual_team,
)
from .publishing import (
    PublicDraw,
    PublicRow,
    PublicStratum,
    bundle,
    by_number,
    count_this_year,
    document,
    proof_for_row,
    public_draw,
    public_draws,
    rows_of,
    seats_of,
)
from .replaced import PublicBatch, published_batches
from .replacing import Filled, Request, officers_of, redraw, roster
from .revealing import (
    commit_witness,
    open_operator,
    own_place,
    reveal_witness,
    throw_dice,
    witnesses,
)
from .routine import run_routine

__all__ = [
    "DrawHistory",
    "Filled",
    "Overview",
    "PoolCount",
    "PublicBatch",
    "PublicDraw",
    "PublicRow",
    "PublicStratum",
    "Request",
    "SeriesHistory",
    "StratumHistory",
    "TeamCount",
    "bundle",
    "by_number",
    "cancel",
    "change_what",
    "change_who",
    "commit_witness",
    "count_pool",
    "count_team",
    "count_this_year",
    "discard",
    "dispatch",
    "document",
    "draw_lots",
    "freeze",
    "get",
    "held_back",
    "histories",
    "history_stamp",
    "item_ids",
    "listed",
    "officer_loads",
    "officers_of",
    "open_operator",
    "overview",
    "own_place",
    "prepare",
    "proof_for_row",
    "public_draw",
    "public_draws",
    "published_batches",
    "redraw",
    "reveal_witness",
    "roster",
    "rows_of",
    "run_routine",
    "seats_of",
    "series_given",
    "taking_part",
    "teams",
    "throw_dice",
    "usual_team",
    "vacant_by_department",
    "void",
    "witnesses",
]
