"""How the elements of each markup dialect become tables, rows and cells.

ods: OpenDocument, zipped or flat, where the shown text stands beside the value.
excel_2003: the XML that Excel 2003 and many reporting systems write, often called .xls.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

from backend.app.registry.imports.markup_tables import MOST_COLUMNS, TableBuilder
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.number_formats import number_text, renderer
from backend.app.registry.imports.package import open_package
from backend.app.registry.imports.xml_stream import local, locals_of, pieces, pieces_of_path

_ASIDE = frozenset({"annotation", "tracked-changes"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_MOST_REPEATED = 2000  # equal rows with content, one below the other


def _number(text: str | None, default: int = 1) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else default


def ods(path: Path, builder: TableBuilder) -> Iterator[None]:
    """Read an OpenDocument spreadsheet."""
    handler = _OdsHandler(builder)
    if not is_zipfile(path):
        yield from pieces_of_path(path, handler)
        return
    with open_package(path) as archive:
        try:
            with archive.open("content.xml") as file:
                yield from pieces(file, handler)
        except (KeyError, BadZipFile, EOFError, NotImplementedError, OSError) as error:
            raise UnreadableFile("not_a_workbook") from error


class _OdsHandler:
    def __init__(self, builder: TableBuilder) -> None:
        self._builder = builder
        self._cell: dict[str, str] | None = None
        self._texts: list[str] = []
        self._open = False
        self._ignored = 0
        self._repeated = 1
        self._row: list[tuple[str, str, int, int, int]] = []
        self._row_hidden = False
        self._column = 0
        self._hidden_styles: set[str] = set()
        self._style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name, given = local(name), locals_of(attributes)
        if name in _ASIDE:
            self._ignored += 1
        if self._ignored:
            return
        if name in {"style", "table-properties"}:
            self._look_at_style(name, given)
        elif name == "table":
            hidden = given.get("style-name", "") in self._hidden_styles
            self._builder.start_table(given.get("name", ""), hidden=hidden)
            self._column = 0
        elif name == "table-column":
            self._columns(given)
        elif name == "table-row":
            self._repeated = _number(given.get("number-rows-repeated"))
            self._row, self._row_hidden = [], given.get("visibility", "visible") != "visible"
        elif name in _CELLS:
            self._cell, self._texts = given, []
        else:
            self._inside(name, given)

    def _look_at_style(self, name: str, given: dict[str, str]) -> None:
        if name == "style":
            self._style = given.get("name", "")
        elif given.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _columns(self, given: dict[str, str]) -> None:
        count = _number(given.get("number-columns-repeated"))
        if given.get("visibility", "visible") != "visible" and self._builder.tables:
            last = min(self._column + count, MOST_COLUMNS)
            self._builder.tables[-1].hidden_columns.update(range(self._column, last))
        self._column += count

    def _inside(self, name: str, given: dict[str, str]) -> None:
        if self._cell is None:
            return
        if name == "p":
            self._open = True
            if self._texts:
                self._texts.append("\n")
        elif name == "s":
            self._texts.append(" " * min(_number(given.get("c")), 100))
        elif name in {"tab", "line-break"}:
            self._texts.append("\t" if name == "tab" else "\n")

    def end(self, name: str) -> None:
        name = local(name)
        if name in _ASIDE:
            self._ignored -= 1
        elif self._ignored:
            return
        elif name == "p":
            self._open = False
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table-row":
            self._end_row()

    def text(self, data: str) -> None:
        if self._open and not self._ignored:
            self._texts.append(data)

    def _end_cell(self, cell: dict[str, str]) -> None:
        text, stored = _ods_text(cell, "".join(self._texts))
        count = _number(cell.get("number-columns-repeated"))
        across, down = (
            _number(cell.get("number-columns-spanned")),
            _number(cell.get("number-rows-spanned")),
        )
        if across > 1 and text:
            self._row.append((text, stored, 1, across, down))
            self._row.append(("", "", -(across - 1), 1, 1))
        else:
            self._row.append((text, stored, count, 1, down))

    def _end_row(self) -> None:
        filled = any(text for text, *_rest in self._row)
        if not filled and not self._builder.has_open_block:
            self._builder.skip_rows(self._repeated)
            return
        for _ in range(min(self._repeated, _MOST_REPEATED)):
            self._builder.start_row(hidden=self._row_hidden)
            self._put_cells()
            self._builder.end_row()
        self._builder.skip_rows(max(0, self._repeated - _MOST_REPEATED))

    def _put_cells(self) -> None:
        swallowed = 0
        for text, stored, count, across, down in self._row:
            if count < 0:
                swallowed = -count
            elif not text:
                skipped = min(swallowed, count)
                swallowed -= skipped
                self._builder.skip_cells(count - skipped)
            elif across > 1:
                self._builder.cell(text, across=across, down=down, stored=stored)
            else:
                for _ in range(min(count, MOST_COLUMNS)):
                    self._builder.cell(text, down=down, stored=stored)


def _ods_text(cell: dict[str, str], shown: str) -> tuple[str, str]:
    """(the text of a cell, what is stored where the sheet shows a padded code)."""
    kind, value = cell.get("value-type", ""), cell.get("value", "")
    if kind == "date":
        return cell.get("date-value", shown).replace("T00:00:00", "").replace("T", " "), ""
    if kind == "boolean":
        return ("TRUE" if cell.get("boolean-value") == "true" else "FALSE"), ""
    if kind == "percentage" and value:
        return renderer("0%")(value)[0], ""
    if kind in {"float", "currency"} and value:
        plain = number_text(value)
        padded = len(shown) > len(plain) and shown.lstrip("0") == plain.lstrip("0")
        return (shown, plain) if padded and plain.isdecimal() else (plain, "")
    return shown, ""


def excel_2003(path: Path, builder: TableBuilder) -> Iterator[None]:
    """Read the XML of Excel 2003."""
    yield from pieces_of_path(path, _Excel2003Handler(builder))


class _Excel2003Handler:
    def __init__(self, builder: TableBuilder) -> None:
        self._builder = builder
        self._styles: dict[str, str] = {}
        self._style = ""
        self._cell: dict[str, str] = {}
        self._kind = ""
        self._data: list[str] = []
        self._open = False
        self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name, given = local(name), locals_of(attributes)
        if name == "Cell":
            self._cell, self._kind, self._data = given, "", []
        elif name == "Data":
            self._kind, self._open = given.get("Type", ""), True
        elif name == "Visible":
            self._data, self._open = [], True
        elif name == "Row":
            hidden = given.get("Hidden") == "1" or given.get("Height") == "0"
            index = given.get("Index")
            self._builder.start_row(_number(index) if index else None, hidden=hidden)
        elif name == "Worksheet":
            self._builder.start_table(given.get("Name", ""))
            self._column = 0
        else:
            self._start_other(name, given)

    def _start_other(self, name: str, given: dict[str, str]) -> None:
        if name == "Style":
            self._style = given.get("ID", "")
        elif name == "NumberFormat":
            self._styles[self._style] = given.get("Format", "")[:255]
        elif name == "Column":
            self._columns(given)

    def _columns(self, given: dict[str, str]) -> None:
        first = _number(given.get("Index"), self._column + 1) - 1
        count = 1 + _number(given.get("Span"), 0)
        if given.get("Hidden") == "1" and self._builder.tables:
            last = min(first + count, MOST_COLUMNS)
            self._builder.tables[-1].hidden_columns.update(range(first, last))
        self._column = first + count

    def end(self, name: str) -> None:
        name = local(name)
        if name == "Data":
            self._open = False
        elif name == "Cell":
            self._end_cell()
        elif name == "Row":
            self._builder.end_row()
        elif name == "Visible":
            self._open = False
            if self._builder.tables and "Hidden" in "".join(self._data):
                self._builder.tables[-1].hidden = True

    def text(self, data: str) -> None:
        if self._open:
            self._data.append(data)

    def _end_cell(self) -> None:
        index = self._cell.get("Index")
        if index:
            self._builder.go_to(_number(index) - 1)
        shown, stored = self._shown("".join(self._data))
        across = 1 + _number(self._cell.get("MergeAcross"), 0)
        down = 1 + _number(self._cell.get("MergeDown"), 0)
        self._builder.cell(shown, across=across, down=down, stored=stored)
        self._data = []

    def _shown(self, value: str) -> tuple[str, str]:
        if self._kind == "DateTime":
            return value.replace("T00:00:00.000", "").replace("T", " "), ""
        if self._kind == "Boolean":
            return ("TRUE" if value == "1" else "FALSE"), ""
        if self._kind == "Number":
            code = self._styles.get(self._cell.get("StyleID", ""), "")
            return renderer(code)(value) if code else (number_text(value), "")
        return value, ""
