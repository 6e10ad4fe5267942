"""What is told of a draw, and to whom: its public page and bundle, the auditors' copy, unfinished
draws, and all draws at once for the fairness report."""

from __future__ import annotations

from ...labels import cause_label
from .audit_copies import copies_taken, take_copy
from .bundles import bundle
from .history import (
    DrawHistory,
    department_tokens,
    groups_of,
    histories,
    history_stamp,
    officer_loads,
    series_given,
    vacant_by_department,
)
from .proofs import proofs_of_files
from .public_list import ListedDraw, listed_draws
from .publishing import (
    PublicDraw,
    PublicRow,
    count_this_year,
    document,
    public_draw,
    public_draws,
    stratum_name,
)
from .unfinished_draws import LeftOpen, count_left_open, left_open, left_open_since

__all__ = [
    "DrawHistory",
    "LeftOpen",
    "ListedDraw",
    "PublicDraw",
    "PublicRow",
    "bundle",
    "cause_label",
    "copies_taken",
    "count_left_open",
    "count_this_year",
    "department_tokens",
    "document",
    "groups_of",
    "histories",
    "history_stamp",
    "left_open",
    "left_open_since",
    "listed_draws",
    "officer_loads",
    "proofs_of_files",
    "public_draw",
    "public_draws",
    "series_given",
    "stratum_name",
    "take_copy",
    "vacant_by_department",
]
