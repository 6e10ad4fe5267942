"""Workbooks of the .xlsx kind, read row by row as a person sees them.

A streaming reader of our own (ADR 47): it tells hidden rows and columns, error cells, number
formats and the workbook's epoch, and a stray cell in the last row costs nothing, because no grid
is laid out. It must not run formulas or follow links; it reads the values stored with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backend.app.registry.imports.merged import Merged
from backend.app.registry.imports.model import OtherSheet, Row, Survey, UnreadableFile
from backend.app.registry.imports.number_formats import Render, number_text
from backend.app.registry.imports.package import open_package
from backend.app.registry.imports.xlsx_parts import (
    SheetPart,
    column_index,
    merged_blocks,
    opened,
    read_workbook,
)
from backend.app.registry.imports.xml_stream import local, pieces

MOST_COLUMNS = 1024
"""Columns that are read; cells further to the right are counted and named."""

_COUNTED = 100_000  # rows of a sheet that is not read
_SHEETS_COUNTED = 30


class XlsxSource:
    """One sheet of a workbook opened for reading rows, any number of times."""

    encoding = ""
    delimiter = ""
    ragged = False

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._archive = open_package(path)
        self._book = read_workbook(self._archive)
        self.epoch_1904 = self._book.epoch_1904
        self._sheets = [found for found in self._book.sheets if self._is_grid(found)]
        self.sheets = tuple(found.name for found in self._sheets)
        if not self._sheets:
            raise UnreadableFile("empty_file")
        if sheet is not None and sheet not in self.sheets:
            raise UnreadableFile("no_such_sheet")
        self._part = self._chosen(sheet)
        self.sheet = self._part.name
        self._merged = merged_blocks(self._archive, self._part.part)

    def _is_grid(self, sheet: SheetPart) -> bool:
        return sheet.part in self._archive.NameToInfo and "chartsheet" not in sheet.part

    def _chosen(self, name: str | None) -> SheetPart:
        """The sheet of this name; else the one that is open when the workbook is, if it shows
        and has rows; else the first visible one with rows."""
        if name is not None:
            return next(found for found in self._sheets if found.name == name)
        active = self._book.sheets[self._book.active : self._book.active + 1]
        visible = [found for found in self._sheets if not found.hidden]
        first = [found for found in active if found in visible]
        for found in [*first, *visible][:_SHEETS_COUNTED]:
            if self._count(found, 2) > 1:
                return found
        return (first or visible or self._sheets)[0]

    def rows(self) -> Iterator[Row]:
        """Each row that is not wholly blank, numbered as the sheet shows it."""
        merged = Merged(self._merged)
        with opened(self._archive, self._part.part) as file:
            handler = _RowsHandler(self._book.texts, self._book.formats)
            for _ in pieces(file, handler):
                for row in handler.fetch():
                    merged.spread(row.number - 1, row.cells, MOST_COLUMNS)
                    if any(cell and not cell.isspace() for cell in row.cells):
                        yield row

    def estimated_rows(self) -> int:
        """Rows the sheet lists, blank ones included: a guide for progress."""
        with opened(self._archive, self._part.part) as file:
            return sum(piece.count(b"<row") for piece in iter(lambda: file.read(1 << 18), b""))

    def _count(self, sheet: SheetPart, most: int) -> int:
        with opened(self._archive, sheet.part) as file:
            handler = _SurveyHandler()
            for _ in pieces(file, handler):
                if handler.rows >= most:
                    return most
            return handler.rows

    def survey(self) -> Survey:
        """What the sheet hides and which other sheets have rows; reads the whole workbook."""
        with opened(self._archive, self._part.part) as file:
            handler = _SurveyHandler()
            for _ in pieces(file, handler):
                pass
        others = []
        for sheet in [found for found in self._sheets if found != self._part][:_SHEETS_COUNTED]:
            count = self._count(sheet, _COUNTED)
            if count:
                others.append(OtherSheet(sheet.name, count, sheet.hidden))
        return Survey(
            handler.hidden_rows, tuple(sorted(handler.hidden_columns)), handler.far, tuple(others)
        )


_COLUMNS: dict[str, int] = {}


def _column_of(reference: str) -> int:
    """The column index of a cell reference such as AB12."""
    letters = reference.rstrip("0123456789")
    found = _COLUMNS.get(letters)
    if found is None:
        found = column_index(letters.upper()) if letters.isalpha() and letters.isascii() else 0
        if len(_COLUMNS) < 20_000:
            _COLUMNS[letters] = found
    return found


def _is_hidden(attributes: dict[str, str], hidden_by_default: bool) -> bool:
    """Whether the row of these attributes does not show."""
    if "hidden" in attributes:
        return attributes["hidden"] in {"1", "true"}
    if attributes.get("ht") in {"0", "0.0"}:
        return True
    return hidden_by_default and "ht" not in attributes


class _RowsHandler:
    """Builds rows out of the elements of a sheet."""

    def __init__(self, texts: list[str], formats: list[Render]) -> None:
        self._texts, self._formats = texts, formats
        self._done: list[Row] = []
        self._cells: list[str] = []
        self._stored: dict[int, str] = {}
        self._number = 0
        self._hidden = self._hidden_by_default = False
        self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._inline: list[str] = []
        self._target: list[str] | None = None
        self._guide = False

    def fetch(self) -> list[Row]:
        """The rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a cell, a value or a row."""
        if ":" in name:
            name = local(name)
        if name == "c":
            reference = attributes.get("r")
            self._column = self._column + 1 if reference is None else _column_of(reference)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._inline = [], []
        elif name == "v":
            self._target = self._value
        elif name == "t":
            self._target = None if self._guide else self._inline
        elif name == "row":
            self._start_row(attributes)
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._guide = True
        elif name == "sheetFormatPr":
            self._hidden_by_default = attributes.get("zeroHeight", "0") in {"1", "true"}

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._number = int(number) if number.isdecimal() and len(number) < 8 else self._number + 1
        self._hidden = _is_hidden(attributes, self._hidden_by_default)
        self._cells, self._stored, self._column = [], {}, -1

    def end(self, name: str) -> None:
        """Finish a cell or a row."""
        if ":" in name:
            name = local(name)
        if name == "c":
            if (self._value or self._inline) and self._column < MOST_COLUMNS:
                self._put(self._shown())
        elif name in {"v", "t"}:
            self._target = None
        elif name == "row" and self._cells:
            self._done.append(Row(self._number, self._cells, self._stored, hidden=self._hidden))
        elif name == "rPh":
            self._guide = False

    def text(self, data: str) -> None:
        """Keep the text of a value."""
        if self._target is not None:
            self._target.append(data)

    def _put(self, text: str) -> None:
        cells, missing = self._cells, self._column - len(self._cells)
        if missing >= 0:
            if missing:
                cells.extend([""] * missing)
            cells.append(text)
        else:
            cells[self._column] = text

    def _shown(self) -> str:
        """The text a person sees in the cell; a note of what is stored where that differs."""
        value, kind = "".join(self._value), self._kind
        if kind == "s":
            index = int(value) if value.isdecimal() and len(value) < 10 else -1
            return self._texts[index] if 0 <= index < len(self._texts) else ""
        if kind == "n":
            return self._number_shown(value)
        if kind == "inlineStr":
            return "".join(self._inline)
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return value

    def _number_shown(self, value: str) -> str:
        style = self._style
        if style and style.isdecimal() and int(style) < len(self._formats):
            shown, stored = self._formats[int(style)](value)
            if stored:
                self._stored[self._column] = stored
            return shown
        return number_text(value)


class _SurveyHandler:
    """Counts the rows of a sheet, those that do not show, and what else is out of sight."""

    def __init__(self) -> None:
        self.rows = self.hidden_rows = self.far = 0
        self.hidden_columns: set[int] = set()
        self._hidden = self._hidden_by_default = self._filled = False
        self._reference = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Look at a row, a cell's value or the columns' widths."""
        if ":" in name:
            name = local(name)
        if name == "c":
            self._reference = attributes.get("r", "")
        elif name in {"v", "t"}:
            self._filled = True
            if len(self._reference) > 3 and _column_of(self._reference) >= MOST_COLUMNS:
                self.far += 1
        elif name == "row":
            self._hidden = _is_hidden(attributes, self._hidden_by_default)
            self._filled = False
        elif name == "col":
            self._look_at_columns(attributes)
        elif name == "sheetFormatPr":
            self._hidden_by_default = attributes.get("zeroHeight", "0") in {"1", "true"}

    def _look_at_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        hidden = attributes.get("hidden", "0") in {"1", "true"}
        if hidden and first.isdecimal() and last.isdecimal() and len(first) < 6 and len(last) < 6:
            self.hidden_columns.update(range(int(first) - 1, min(int(last), MOST_COLUMNS)))

    def end(self, name: str) -> None:
        """Count a finished row."""
        if local(name) == "row" and self._filled:
            self.rows += 1
            self.hidden_rows += self._hidden

    def text(self, _data: str) -> None:
        """Texts are not looked at."""
