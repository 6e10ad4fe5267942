"""Workbooks (.xlsx, .xls, .ods): values only, merged cells spread to every cell they cover.

It must not run formulas or follow links; calamine reads the stored values.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import python_calamine

from backend.app.registry.imports.model import UnreadableFile

_EXACT = 10**15  # digits a spreadsheet keeps; a larger number has lost its last ones
_UNPACKED_LIMIT = 400 << 20  # a workbook that unpacks to more is refused
_SCAN = 5  # sheets looked at when choosing the first one with a table

Cell = Any
"""What calamine hands out: text, float, int, bool, date, time, datetime, timedelta."""


def cell_text(value: Cell) -> str:
    """A stored value as the text a person would have typed.

    Numbers beyond 15 digits keep the scientific form, so that a damaged code shows as one.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return "" if value is None else str(value)


def _number_text(value: int | float) -> str:
    if abs(value) >= _EXACT:
        return f"{float(value):.14e}"
    if value == int(value):
        return str(int(value))
    return repr(float(value))


class SheetSource:
    """One sheet of a workbook opened for reading rows, any number of times."""

    encoding = ""
    delimiter = ""

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        _refuse_bombs(path)
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except python_calamine.PasswordError as error:
            raise UnreadableFile("password_protected") from error
        except (python_calamine.CalamineError, OSError) as error:
            raise UnreadableFile("not_a_workbook") from error
        self.sheets = tuple(self._book.sheet_names)
        if not self.sheets:
            raise UnreadableFile("empty_file")
        if sheet is not None and sheet not in self.sheets:
            raise UnreadableFile("no_such_sheet")
        self.sheet = sheet if sheet is not None else self._first_with_rows()
        self._grid = self._book.get_sheet_by_name(self.sheet)

    def _first_with_rows(self) -> str:
        for name in self.sheets[:_SCAN]:
            if self._book.get_sheet_by_name(name).height > 1:
                return name
        return self.sheets[0]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(number, cells) of each row that is not wholly blank, numbered as the sheet shows it."""
        merged = _Merged(self._grid.merged_cell_ranges or [], (self._grid.start or (0, 0))[1])
        for index, values in enumerate(self._grid.iter_rows()):
            cells = [cell_text(value) for value in values]
            merged.spread(index, cells)
            if any(cell and not cell.isspace() for cell in cells):
                yield index + 1, cells

    def estimated_rows(self) -> int:
        """Rows of the sheet, titles and header included."""
        return int(self._grid.total_height)


class _Merged:
    """Merged blocks met while rows go by: every covered cell shows the block's text."""

    def __init__(
        self, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], first_column: int
    ) -> None:
        """Ranges count from the sheet's corner, rows read from its first used column."""
        self._coming = sorted(ranges, reverse=True)
        self._shift = first_column
        self._open: list[tuple[int, int, int, str]] = []

    def spread(self, row: int, cells: list[str]) -> None:
        """Fill the empty cells of row `row` (from 0) that lie under a block."""
        while self._coming and self._coming[-1][0][0] <= row:
            (top, left), (bottom, right) = self._coming.pop()
            left, right = left - self._shift, right - self._shift
            if top == row and 0 <= left < len(cells) and not self._covered(row, left):
                self._open.append((bottom, left, right, cells[left]))
        if not self._open:
            return
        self._open = [block for block in self._open if block[0] >= row]
        for _bottom, left, right, text in self._open:
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = cells[column] or text

    def _covered(self, row: int, column: int) -> bool:
        """Whether an open block lies there. No program makes blocks that overlap, and without
        this half a million of them over the whole sheet would take hours to go through."""
        return any(
            left <= column <= right and row <= bottom for bottom, left, right, _text in self._open
        )


def _refuse_bombs(path: Path) -> None:
    """Refuse an empty file, and an archive that would unpack to more than memory allows."""
    if path.stat().st_size == 0:
        raise UnreadableFile("empty_file")
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > _UNPACKED_LIMIT:
            raise UnreadableFile("too_large")
