"""Which row holds the column names, below titles and above the data.

Merged header cells arrive already spread by the sheet reader, so a two-storey header reads as
two rows of which the lower one names the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from backend.app.registry.imports.mapping import Field, guess_mapping
from backend.app.registry.imports.model import DEFAULT_HEADER_DEPTH, Row

_LONGEST_LABEL = 120


def find_header(rows: Sequence[Row], fields: Sequence[Field]) -> int:
    """The row number of the header among the first rows of a file.

    The row in which most fields are recognised wins; on a tie the lower one when it repeats
    the labels above (a merged header), else the upper. Without any recognised label: the first
    row with the most filled cells.
    """
    best_number, best_score = 0, 0
    for number, cells, *_more in rows[:DEFAULT_HEADER_DEPTH]:
        score = len(guess_mapping(cells, fields))
        if score and score >= best_score and (score > best_score or number == best_number + 1):
            best_number, best_score = number, score
    if best_score >= 2:
        return best_number
    widest = max((_filled(row.cells) for row in rows[:DEFAULT_HEADER_DEPTH]), default=0)
    for number, cells, *_more in rows[:DEFAULT_HEADER_DEPTH]:
        if _filled(cells) == widest:
            return number
    return 1


def header_labels(rows: Sequence[Row], number: int) -> list[str]:
    """The labels of the header row, each on one line; a blank one takes the label above it."""
    above: list[str] = []
    for row in rows:
        if row.number == number:
            labels = [_label(cell) for cell in row.cells]
            both = zip_longest(labels, above, fillvalue="")
            return [label or upper for label, upper in both]
        if row.number == number - 1 and _filled(row.cells) > 1:
            above = [_label(cell) for cell in row.cells]
    return []


def _label(cell: str) -> str:
    """A column's name on one line, cut where it is no name any more."""
    return " ".join(cell[: 4 * _LONGEST_LABEL].split())[:_LONGEST_LABEL]


def _filled(cells: Sequence[str]) -> int:
    """Different non-blank texts: a title merged over ten columns counts once."""
    return len({cell.strip() for cell in cells if cell.strip()})
