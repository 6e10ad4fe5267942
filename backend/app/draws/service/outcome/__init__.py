"""The outcome of a draw as it stands now: rows, seats, batches of replacements, extensions.

Reads and computes; nothing here writes.
"""

from __future__ import annotations

from .batches import (
    REPLACEMENTS,
    PublicBatch,
    batch_body,
    batch_entry,
    batches_of,
    officers_ever_seated,
    published_batches,
    replacement_batches,
)
from .computing import Computed, compute
from .extensions import (
    EXTENSIONS,
    PublicExtension,
    extension_body,
    extension_entry,
    extensions_of,
    published_extensions,
)
from .rows import largest_lots, row_proof, rows_among, rows_of
from .seats import draws_with_vacant_seats, seats_held, seats_in, seats_of, teams
from .standing import could_come, is_current, officers_of, order_and_roster, roster, roster_ahead

__all__ = [
    "EXTENSIONS",
    "REPLACEMENTS",
    "Computed",
    "PublicBatch",
    "PublicExtension",
    "batch_body",
    "batch_entry",
    "batches_of",
    "compute",
    "could_come",
    "draws_with_vacant_seats",
    "extension_body",
    "extension_entry",
    "extensions_of",
    "is_current",
    "largest_lots",
    "officers_ever_seated",
    "officers_of",
    "order_and_roster",
    "published_batches",
    "published_extensions",
    "replacement_batches",
    "roster",
    "roster_ahead",
    "row_proof",
    "rows_among",
    "rows_of",
    "seats_held",
    "seats_in",
    "seats_of",
    "teams",
]
