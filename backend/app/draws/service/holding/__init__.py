"""A draw as it is held: frozen, witnessed, revealed, thrown for, rehearsed, ended.

Nothing here computes a lot.
"""

from __future__ import annotations

from .ending import cancel, may_void, void
from .freezing import ENTERPRISE_INDEX, freeze
from .grouping import GROUPS_SALT, groups_digest, groups_of_result
from .recusing import RECUSALS, RECUSALS_ROOT, all_recusals, frozen_tables, public_recusals
from .rehearsing import rehearse
from .revealing import (
    open_operator,
    reveal_by_phone,
    reveal_witness,
    type_slip,
    unrevealed_witnesses,
)
from .sealing import opened_rows, salt_of
from .throwing import (
    Seen,
    confirm_by_phone,
    confirm_throw,
    confirmed_throws,
    refuse_by_phone,
    refuse_throw,
    throws,
    type_throw,
    waiting_throw,
)
from .witnessing import (
    begin,
    close_list,
    commit_by_phone,
    commit_witness,
    free_place,
    join,
    opens_at,
    own_place,
    place_of,
    witnesses,
)

__all__ = [
    "ENTERPRISE_INDEX",
    "GROUPS_SALT",
    "RECUSALS",
    "RECUSALS_ROOT",
    "Seen",
    "all_recusals",
    "begin",
    "cancel",
    "close_list",
    "commit_by_phone",
    "commit_witness",
    "confirm_by_phone",
    "confirm_throw",
    "confirmed_throws",
    "free_place",
    "freeze",
    "frozen_tables",
    "groups_digest",
    "groups_of_result",
    "join",
    "may_void",
    "open_operator",
    "opened_rows",
    "opens_at",
    "own_place",
    "place_of",
    "public_recusals",
    "refuse_by_phone",
    "refuse_throw",
    "rehearse",
    "reveal_by_phone",
    "reveal_witness",
    "salt_of",
    "throws",
    "type_slip",
    "type_throw",
    "unrevealed_witnesses",
    "void",
    "waiting_throw",
    "witnesses",
]
