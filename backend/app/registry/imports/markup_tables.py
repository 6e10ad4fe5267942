"""Tables held as markup: gathering rows while elements go by, the same for every dialect.

Used by .ods, by the XML of Excel 2003 and by web pages saved as .xls. Rows are handed out as
they end, so that nothing is held whole; a row repeated a million times costs one row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.app.registry.imports.lost_characters import LOST
from backend.app.registry.imports.model import Row

MOST_COLUMNS = 1024


@dataclass(slots=True)
class Table:
    """What was seen of one table: rows with content, those that do not show, hidden columns."""

    name: str
    hidden: bool = False
    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    far_cells: int = 0


@dataclass(slots=True)
class _Block:
    """A merged block that reaches below its first row."""

    rows_left: int
    left: int
    right: int
    text: str


class TableBuilder:
    """Gathers tables and the rows of the one that is wanted (None: of none)."""

    def __init__(self, wanted: int | None = None) -> None:
        self.tables: list[Table] = []
        self.wanted = wanted
        self._done: list[Row] = []
        self._blocks: list[_Block] = []
        self._row = 0
        self._cells: dict[int, str] = {}
        self._stored: dict[int, str] = {}
        self._column = 0
        self._row_hidden = False

    def fetch(self) -> list[Row]:
        """The rows of the wanted table finished since the last call."""
        done, self._done = self._done, []
        return done

    def start_table(self, name: str, *, hidden: bool = False) -> None:
        """Begin the next table."""
        self.tables.append(Table(name, hidden))
        self._row, self._blocks = 0, []

    def start_row(self, number: int | None = None, *, hidden: bool = False) -> None:
        """Begin a row; `number` (from 1) where the document says it."""
        if number is not None and number > self._row:
            self.skip_rows(number - 1 - self._row)
        self._cells, self._stored, self._column = {}, {}, 0
        self._row_hidden = hidden

    def skip_rows(self, count: int) -> None:
        """Go past blank rows."""
        self._row += count
        for block in self._blocks:
            block.rows_left -= count
        self._blocks = [block for block in self._blocks if block.rows_left > 0]

    def skip_cells(self, count: int) -> None:
        """Go past blank cells."""
        self._column += count

    def go_to(self, column: int) -> None:
        """Set the column (from 0) of the coming cell."""
        self._column = column

    def cell(self, text: str, *, across: int = 1, down: int = 1, stored: str = "") -> None:
        """Put a cell; the texts of merged blocks stand in every cell they cover."""
        left = self._column
        right = min(left + max(across, 1), MOST_COLUMNS)
        self._column = left + max(across, 1)
        if not text:
            return
        if left >= MOST_COLUMNS and self.tables:
            self.tables[-1].far_cells += 1
        text = text.replace("\x00", LOST)
        for column in range(left, right):
            self._cells[column] = text
            if stored:
                self._stored[column] = stored
        if down > 1:
            self._blocks.append(_Block(down, left, right, text))

    @property
    def has_open_block(self) -> bool:
        """Whether a merged block from above reaches into the coming row."""
        return any(block.rows_left > 0 for block in self._blocks)

    def go_past_blocks(self) -> None:
        """Move to the next column that no block from above covers, as web pages count cells."""
        moved = True
        while moved:
            moved = False
            for block in self._blocks:
                if block.left <= self._column < block.right and block.rows_left > 0:
                    self._column, moved = block.right, True

    def end_row(self) -> None:
        """Finish the row."""
        self._row += 1
        for block in self._blocks:
            for column in range(block.left, block.right):
                self._cells.setdefault(column, block.text)
            block.rows_left -= 1
        self._blocks = [block for block in self._blocks if block.rows_left > 0]
        if not any(text and not text.isspace() for text in self._cells.values()):
            return
        if not self.tables:
            self.start_table("")
            self._row += 1
        table = self.tables[-1]
        table.rows += 1
        table.hidden_rows += self._row_hidden
        if self.wanted == len(self.tables) - 1:
            width = max(self._cells) + 1
            cells = [self._cells.get(column, "") for column in range(width)]
            self._done.append(Row(self._row, cells, self._stored, hidden=self._row_hidden))
