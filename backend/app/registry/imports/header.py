"""Which row holds the column names, below titles and above the data.

Merged header cells arrive already spread by the sheet reader, so a two-storey header reads as
two rows of which the lower one names the columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.registry.imports.mapping import Field, guess_mapping
from backend.app.registry.imports.model import DEFAULT_HEADER_DEPTH

Numbered = Sequence[tuple[int, list[str]]]


def find_header(rows: Numbered, fields: Sequence[Field]) -> int:
    """The row number of the header among the first rows of a file.

    The row in which most fields are recognised wins; on a tie the lower one when it repeats
    the labels above (a merged header), else the upper. Without any recognised label: the first
    row with the most filled cells.
    """
    best_number, best_score = 0, 0
    for number, cells in rows[:DEFAULT_HEADER_DEPTH]:
        score = len(guess_mapping(cells, fields))
        if score and score >= best_score and (score > best_score or number == best_number + 1):
            best_number, best_score = number, score
    if best_score >= 2:
        return best_number
    widest = max((_filled(cells) for _, cells in rows[:DEFAULT_HEADER_DEPTH]), default=0)
    for number, cells in rows[:DEFAULT_HEADER_DEPTH]:
        if _filled(cells) == widest:
            return number
    return 1


def header_labels(rows: Numbered, number: int) -> list[str]:
    """The labels of the header row, each on one line; a blank one takes the label above it."""
    above: list[str] = []
    for at, cells in rows:
        if at == number:
            labels = [" ".join(cell.split()) for cell in cells]
            return [
                label or (above[place] if place < len(above) else "")
                for place, label in enumerate(labels)
            ]
        if at == number - 1 and _filled(cells) > 1:
            above = [" ".join(cell.split()) for cell in cells]
    return []


def _filled(cells: Sequence[str]) -> int:
    """Different non-blank texts: a title merged over ten columns counts once."""
    return len({cell.strip() for cell in cells if cell.strip()})
