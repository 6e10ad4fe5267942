"""Merged blocks of a sheet, met while its rows go by."""

from __future__ import annotations

from collections.abc import Iterable

Block = tuple[int, int, int, int]
"""First row, first column, last row, last column, all from 0."""


class Merged:
    """Gives every cell under a merged block the text of the block's first cell."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._coming = sorted(blocks, reverse=True)
        self._open: list[tuple[int, int, int, str]] = []

    def spread(self, row: int, cells: list[str], width: int) -> None:
        """Fill the empty cells of row `row` (from 0) that lie under a block, widening the row up
        to `width` columns where a block covers more than it has."""
        while self._coming and self._coming[-1][0] <= row:
            top, left, bottom, right = self._coming.pop()
            if top == row and left < len(cells) and cells[left] and not self._covered(row, left):
                self._open.append((bottom, left, right, cells[left]))
        if not self._open:
            return
        self._open = [block for block in self._open if block[0] >= row]
        for _bottom, left, right, text in self._open:
            last = min(right, width - 1)
            if last >= len(cells):
                cells.extend([""] * (last + 1 - len(cells)))
            for column in range(left, last + 1):
                cells[column] = cells[column] or text

    def _covered(self, row: int, column: int) -> bool:
        """Whether an open block lies there. No program makes blocks that overlap, and without
        this half a million of them over the whole sheet would take hours to go through."""
        return any(
            left <= column <= right and row <= bottom for bottom, left, right, _text in self._open
        )
