"""Opening a file as a table, whatever it is called.

The first bytes decide, not the file name: a renamed file still reads as what it is. Only what is
text without markup reads as CSV; anything else that no reader knows is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from backend.app.registry.imports.csv_source import CsvSource
from backend.app.registry.imports.dialects import excel_2003, ods
from backend.app.registry.imports.markup_source import MarkupSource
from backend.app.registry.imports.model import Row, Survey, UnreadableFile
from backend.app.registry.imports.package import open_package
from backend.app.registry.imports.web_tables import web_archive, web_page
from backend.app.registry.imports.xls_source import XlsSource
from backend.app.registry.imports.xlsx_source import XlsxSource

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_WORKBOOKS = (OLE, b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""What the files of Excel begin with, in and without a compound document."""

_ZIP = b"PK\x03\x04"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"GIF8",
    b"\x1f\x8b",
    b"{\\rtf",
    b"SQLite format 3",
    b"BM",
)
_START = 1 << 16
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a]")
_ARCHIVE = re.compile(rb"\A(?:MIME-Version:|From:|Content-Type:\s*multipart)", re.IGNORECASE)
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|tr|td|meta|div|center|form|frameset)\b",
    re.IGNORECASE,
)
_JSON = re.compile(rb"\A(?:\{\s*[\"}]|\[\s*[\[{\"])")


class Source(Protocol):
    """A file read as rows of text.

    epoch_1904: plain day numbers count from 1904. ragged: a row with other than the header's
    number of cells is damaged, because the file writes every cell.
    """

    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    epoch_1904: bool
    ragged: bool

    def rows(self) -> Iterator[Row]:
        """Every row with content, in order."""

    def estimated_rows(self) -> int:
        """About how many rows there are, for progress."""

    def survey(self) -> Survey:
        """What the file holds beside the rows a person sees."""


def open_source(
    path: Path,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """Open `path` as a table. Raises UnreadableFile with a code naming the reason."""
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        raise UnreadableFile("empty_file")
    if start.startswith(_ZIP):
        return _open_zip(path, sheet)
    if start.startswith(OLD_WORKBOOKS):
        return XlsSource(path, sheet)
    if start.startswith(_OTHERS):
        raise UnreadableFile("unknown_kind_of_file")
    return _open_text(path, start, encoding, sheet, delimiter)


def _open_zip(path: Path, sheet: str | None) -> Source:
    """A zipped workbook: .xlsx by its parts, .ods by its content."""
    with open_package(path) as archive:
        is_ods = "content.xml" in archive.NameToInfo
        is_xlsx = "[Content_Types].xml" in archive.NameToInfo
    if is_ods:
        return MarkupSource(path, ods, sheet)
    if is_xlsx:
        return XlsxSource(path, sheet)
    raise UnreadableFile("archive")


def _open_text(
    path: Path, start: bytes, encoding: str | None, sheet: str | None, delimiter: str | None
) -> Source:
    """A text: a web page, a web archive, XML, or delimited."""
    bare = _as_ascii(start).lstrip(b"\xef\xbb\xbf \t\r\n")
    if _ARCHIVE.match(bare) and b"multipart" in bare.lower():
        return MarkupSource(path, web_archive, sheet)
    if bare.startswith(b"<"):
        return _open_markup(path, bare, sheet)
    if _JSON.match(bare):
        raise UnreadableFile("json")
    if not start.startswith((b"\xff\xfe", b"\xfe\xff")) and _is_binary(start):
        raise UnreadableFile("unknown_kind_of_file")
    return CsvSource(path, encoding, delimiter)


def _open_markup(path: Path, bare: bytes, sheet: str | None) -> Source:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in bare and b"<html" not in bare.lower():
        return MarkupSource(path, excel_2003, sheet)
    if b"urn:oasis:names:tc:opendocument" in bare:
        return MarkupSource(path, ods, sheet)
    if _PAGE.search(bare):
        return MarkupSource(path, web_page, sheet)
    raise UnreadableFile("xml")


def _is_binary(start: bytes) -> bool:
    """Return True if control characters are frequent, as no text has them: one in fifty bytes."""
    return 50 * len(_BINARY.findall(start)) > len(start)


def _as_ascii(start: bytes) -> bytes:
    """The beginning with the zero bytes of UTF-16 taken out, so that marks can be looked for."""
    return start.replace(b"\x00", b"") if start.startswith((b"\xff\xfe", b"\xfe\xff")) else start
