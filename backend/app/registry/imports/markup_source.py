"""Opening tables held as markup: .ods and .fods, Excel 2003 XML, web pages and web archives.

One source for all of them: each dialect only says how its elements become tables, rows and cells
(`dialects`). Whatever is called .xls and is none of these is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from backend.app.registry.imports.markup_tables import Table, TableBuilder
from backend.app.registry.imports.model import OtherSheet, Row, Survey, UnreadableFile

Dialect = Callable[[Path, TableBuilder], Iterator[None]]
"""Reads a file into a builder, yielding now and then so that rows can be fetched."""


class MarkupSource:
    """One table of a document opened for reading rows, any number of times."""

    encoding = ""
    delimiter = ""
    epoch_1904 = False
    ragged = False

    def __init__(self, path: Path, dialect: Dialect, sheet: str | None = None) -> None:
        self._path, self._dialect = path, dialect
        builder = TableBuilder()
        for _ in dialect(path, builder):
            pass
        self._tables = builder.tables
        self._place = self._chosen(sheet)
        self.sheets = tuple(table.name for table in self._tables)
        self.sheet = self._tables[self._place].name

    def _chosen(self, name: str | None) -> int:
        """The place of the table of this name; else of the first visible one with rows; tables of
        a web page are mostly frames, so there the longest counts."""
        if name is not None:
            for place, table in enumerate(self._tables):
                if table.name == name:
                    return place
            raise UnreadableFile("no_such_sheet")
        filled = [place for place, table in enumerate(self._tables) if table.rows]
        if not filled:
            raise UnreadableFile("no_table")
        visible = [place for place in filled if not self._tables[place].hidden] or filled
        longest = getattr(self._dialect, "longest_first", False)
        return (
            max(visible, key=lambda place: (self._tables[place].rows, -place))
            if longest
            else (visible[0])
        )

    def rows(self) -> Iterator[Row]:
        """Each row that is not wholly blank, numbered within its table."""
        builder = TableBuilder(self._place)
        for _ in self._dialect(self._path, builder):
            yield from builder.fetch()
        yield from builder.fetch()

    def estimated_rows(self) -> int:
        """Rows with content, titles and header included."""
        return self._table.rows

    @property
    def _table(self) -> Table:
        return self._tables[self._place]

    def survey(self) -> Survey:
        """What the table hides and which other tables have rows."""
        others = tuple(
            OtherSheet(table.name, table.rows, table.hidden)
            for place, table in enumerate(self._tables)
            if place != self._place and table.rows
        )
        table = self._table
        return Survey(
            table.hidden_rows, tuple(sorted(table.hidden_columns)), table.far_cells, others
        )
