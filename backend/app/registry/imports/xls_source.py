"""Workbooks of the old .xls kind (also .et of WPS), read as a person sees them.

xlrd tells what values alone do not: hidden rows, error cells, number formats, the epoch. A file
is tried in a process of its own first (`unpacking`), because it is laid out in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import xlrd
import xlrd.biffh

from backend.app.registry.imports.lost_characters import LOST
from backend.app.registry.imports.merged import Merged
from backend.app.registry.imports.model import OtherSheet, Row, Survey, UnreadableFile
from backend.app.registry.imports.number_formats import Render, renderer

_MOST_COLUMNS = 1024
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path) -> xlrd.Book:
    """The workbook with its formats. Raises UnreadableFile."""
    try:
        return xlrd.open_workbook(
            str(path), formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
    except xlrd.biffh.XLRDError as error:
        with path.open("rb") as file:
            locked = "encrypted" in str(error) or _ENCRYPTED in file.read(1 << 20)
        raise UnreadableFile("password_protected" if locked else "not_a_workbook") from error
    except MemoryError:
        raise
    except Exception as error:
        # xlrd lets struct, index, assertion and key errors of damaged files through.
        raise UnreadableFile("not_a_workbook") from error


class XlsSource:
    """One sheet of an old workbook opened for reading rows, any number of times."""

    encoding = ""
    delimiter = ""
    ragged = False

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._book = open_workbook(path)
        self.epoch_1904 = self._book.datemode == 1
        self.sheets = tuple(self._book.sheet_names())
        if not self.sheets:
            raise UnreadableFile("empty_file")
        if sheet is not None and sheet not in self.sheets:
            raise UnreadableFile("no_such_sheet")
        self.sheet = sheet if sheet is not None else self._chosen()
        self._grid = self._sheet(self.sheet)
        self._formats: dict[int, Render] = {}

    def _sheet(self, name: str) -> xlrd.sheet.Sheet:
        try:
            return self._book.sheet_by_name(name)
        except MemoryError:
            raise
        except Exception as error:
            raise UnreadableFile("not_a_workbook") from error

    def _chosen(self) -> str:
        """The sheet that is open when the workbook is, if it shows and has rows; else the first
        visible one with rows."""
        grids = [self._sheet(name) for name in self.sheets]
        visible = [grid for grid in grids if not grid.visibility]
        first = [grid for grid in visible if getattr(grid, "sheet_visible", 0)]
        for grid in [*first, *visible]:
            if grid.nrows > 1:
                return str(grid.name)
        return str((first or visible or grids)[0].name)

    def rows(self) -> Iterator[Row]:
        """Each row that is not wholly blank, numbered as the sheet shows it."""
        grid = self._grid
        merged = Merged(
            (top, left, bottom - 1, right - 1) for top, bottom, left, right in grid.merged_cells
        )
        for index in range(grid.nrows):
            stored: dict[int, str] = {}
            length = min(grid.row_len(index), _MOST_COLUMNS)
            cells = [self._shown(index, column, stored) for column in range(length)]
            merged.spread(index, cells, _MOST_COLUMNS)
            if any(cell and not cell.isspace() for cell in cells):
                yield Row(index + 1, cells, stored, hidden=self._hidden(index))

    def _hidden(self, index: int) -> bool:
        found = self._grid.rowinfo_map.get(index)
        return bool(found is not None and found.hidden)

    def _shown(self, row: int, column: int, stored: dict[int, str]) -> str:
        kind, value = self._grid.cell_type(row, column), self._grid.cell_value(row, column)
        if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
            shown, inside = self._renderer(row, column)(repr(value))
            if inside:
                stored[column] = inside
            return shown
        if kind == xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(int(value), "#UNKNOWN!"))
        return str(value).replace("\x00", LOST)

    def _renderer(self, row: int, column: int) -> Render:
        style = self._grid.cell_xf_index(row, column)
        found = self._formats.get(style)
        if found is None:
            key = self._book.xf_list[style].format_key
            known = self._book.format_map.get(key)
            code = known.format_str if known is not None else "General"
            found = self._formats[style] = renderer(code, epoch_1904=self.epoch_1904)
        return found

    def estimated_rows(self) -> int:
        """Rows of the sheet, titles and header included."""
        return int(self._grid.nrows)

    def survey(self) -> Survey:
        """What the sheet hides and which other sheets have rows."""
        grid = self._grid
        hidden = sum(
            1
            for index, found in grid.rowinfo_map.items()
            if found.hidden and index < grid.nrows and any(map(str, grid.row_values(index)))
        )
        columns = tuple(
            sorted(
                column
                for column, found in grid.colinfo_map.items()
                if found.hidden and column < _MOST_COLUMNS
            )
        )
        others = []
        for name in self.sheets:
            other = self._sheet(name)
            if name != self.sheet and other.nrows:
                others.append(OtherSheet(name, other.nrows, bool(other.visibility)))
        return Survey(hidden, columns, 0, tuple(others))
