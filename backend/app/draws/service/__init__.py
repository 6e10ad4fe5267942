"""The draws' services: what pages, other features and the demonstration's generator call.

Steps that people press own their transaction and take the actor; what reads takes the session.
"""

from __future__ import annotations

from ..ceremony.rules import Shape
from ..labels import cause_label
from .counting import PoolCount, count_pool
from .dispatching import dispatch, held_back, send_ready, teams
from .drawing import draw_lots
from .ending import cancel, void
from .extended import PublicExtension
from .extended import rows as extensions_of
from .extending import Left, extend, left, may_extend
from .freezing import freeze
from .history import (
    DrawHistory,
    SeriesHistory,
    StratumHistory,
    department_tokens,
    groups_of,
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
from .recording import anchor
from .rehearsing import rehearse
from .replaced import PublicBatch, published_batches
from .replacing import Filled, Request, locked, officers_of, redraw, roster
from .revealing import missing, open_operator, reveal_by_phone, reveal_witness
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
from .throwing import (
    Seen,
    confirm_by_phone,
    confirm_throw,
    confirmed,
    refuse_by_phone,
    refuse_throw,
    throws,
    type_throw,
    waiting,
)
from .witnessing import (
    begin,
    by_code,
    by_phone,
    close_list,
    closed_list,
    commit_by_phone,
    commit_witness,
    join,
    opens_at,
    own_place,
    place_of,
    release,
    with_number,
    witnesses,
)

__all__ = [
    "Common",
    "DrawHistory",
    "Filled",
    "Left",
    "Overview",
    "PoolCount",
    "PublicBatch",
    "PublicDraw",
    "PublicExtension",
    "PublicRow",
    "PublicStratum",
    "Request",
    "Seen",
    "SeriesHistory",
    "Shape",
    "StratumHistory",
    "TeamCount",
    "accept",
    "anchor",
    "asked",
    "begin",
    "below",
    "bundle",
    "by_code",
    "by_number",
    "by_phone",
    "cancel",
    "cause_label",
    "change_what",
    "change_who",
    "close_list",
    "closed_list",
    "commit_by_phone",
    "commit_witness",
    "common",
    "confirm_by_phone",
    "confirm_throw",
    "confirmed",
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
    "extend",
    "extensions_of",
    "freeze",
    "get",
    "get_to_run",
    "groups_of",
    "held_back",
    "histories",
    "history_stamp",
    "item_ids",
    "join",
    "left",
    "listed",
    "locked",
    "may_answer",
    "may_extend",
    "missing",
    "officer_loads",
    "officers_of",
    "open_operator",
    "opens_at",
    "overview",
    "own_parts",
    "own_place",
    "part",
    "place_of",
    "prepare",
    "proof_for_row",
    "public_draw",
    "public_draws",
    "published_batches",
    "redraw",
    "refuse_by_phone",
    "refuse_throw",
    "rehearse",
    "release",
    "replacement_batches",
    "reveal_by_phone",
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
    "throws",
    "type_throw",
    "unfit_now",
    "usual_team",
    "vacant_by_department",
    "void",
    "waiting",
    "with_number",
    "with_vacant_seats",
    "within",
    "witnesses",
]
