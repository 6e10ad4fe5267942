"""Opening a file as a table, whatever it is called.

The first bytes decide, not the file name: a renamed file still reads as what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from backend.app.registry.imports.csv_source import CsvSource
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.sheet_source import SheetSource

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8", b"\x1f\x8b")


class Source(Protocol):
    """A file read as rows of text."""

    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number as a spreadsheet shows it, cells) of every row with content."""

    def estimated_rows(self) -> int:
        """About how many rows there are, for progress."""


def open_source(path: Path, encoding: str | None = None, sheet: str | None = None) -> Source:
    """Open `path` as CSV or workbook. Raises UnreadableFile with a code naming the reason."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith((_ZIP, _OLE)):
        return SheetSource(path, sheet)
    if start.startswith(_OTHERS):
        raise UnreadableFile("unknown_kind_of_file")
    return CsvSource(path, encoding)
