"""The draws' services: what pages, other features and the demonstration's generator call.

Steps that people press own their transaction and take the actor; what reads takes the session.
"""

from __future__ import annotations

from ..labels import cause_label
from .counting import PoolCount, count_pool
from .dispatching import dispatch, held_back, send_ready, teams
from .drawing import draw_lots
from .ending import cancel, void
from .freezing import freeze
from .history import (
    DrawHistory,
    SeriesHistory,
    StratumHistory,
    department_tokens,
    histories,
    officer_loads,
    series_given,
    vacant_by_department,
)
from .history import stamp as history_stamp
from .joining import accept, below, decline, may_answer, own_parts, part
from .officers import TeamCount, count_team, unfit_now
from .parts import asked, taking_part
from .preparing import (
    Overview,
    change_what,
    change_who,
    discard,
    get,
    get_to_run,
    item_ids,
    listed,
    overview,
    prepare,
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
from .replacing import Filled, Request, locked, officers_of, redraw, roster
from .revealing import (
    commit_witness,
    open_operator,
    own_place,
    reveal_witness,
    throw_dice,
    witnesses,
)
from .rosters import Common, common, within
from .routine import run_routine
from .seated import (
    departments_of,
    replacement_batches,
    rows_among,
    seats_held,
    seats_in,
    seen_by,
    with_vacant_seats,
)

__all__ = [
    "Common",
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
    "accept",
    "asked",
    "below",
    "bundle",
    "by_number",
    "cancel",
    "cause_label",
    "change_what",
    "change_who",
    "commit_witness",
    "common",
    "count_pool",
    "count_team",
    "count_this_year",
    "decline",
    "department_tokens",
    "departments_of",
    "discard",
    "dispatch",
    "document",
    "draw_lots",
    "freeze",
    "get",
    "get_to_run",
    "held_back",
    "histories",
    "history_stamp",
    "item_ids",
    "listed",
    "locked",
    "may_answer",
    "officer_loads",
    "officers_of",
    "open_operator",
    "overview",
    "own_parts",
    "own_place",
    "part",
    "prepare",
    "proof_for_row",
    "public_draw",
    "public_draws",
    "published_batches",
    "redraw",
    "replacement_batches",
    "reveal_witness",
    "roster",
    "rows_among",
    "rows_of",
    "run_routine",
    "seats_held",
    "seats_in",
    "seats_of",
    "seen_by",
    "send_ready",
    "series_given",
    "taking_part",
    "teams",
    "throw_dice",
    "unfit_now",
    "usual_team",
    "vacant_by_department",
    "void",
    "with_vacant_seats",
    "within",
    "witnesses",
]
