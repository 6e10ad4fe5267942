"""CSV files of unknown origin: encoding by strict decoding, delimiter by counting.

Streams: a file is decoded piece by piece and never held whole. It must not replace a byte it
cannot decode; a file that fits no encoding is refused.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from backend.app.registry.imports.model import UnreadableFile

ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "utf-16")
"""Encodings a person may choose; detection tries them by mark, then strictly in order."""

DELIMITERS = (",", "\t", ";", "|")
_PIECE = 1 << 18
_CELL_LIMIT = 1 << 20

csv.field_size_limit(_CELL_LIMIT)


def detect_encoding(path: Path) -> str:
    """The encoding of the whole file: by byte-order mark, else the first that decodes strictly.

    Raises UnreadableFile("empty_file" | "unknown_encoding").
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableFile("empty_file")
    if start.startswith(codecs.BOM_UTF8):
        candidates: tuple[str, ...] = ("utf-8-sig",)
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        if decodes(path, encoding):
            return encoding
    raise UnreadableFile("unknown_encoding")


def decodes(path: Path, encoding: str) -> bool:
    """Whether every byte of the file is valid in the encoding and none decodes to NUL."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if "\x00" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts the first rows into the most equal number of cells."""
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        with path.open(encoding=encoding, newline="", errors="replace") as file:
            widths = [len(row) for row, _ in zip(_reader(file, delimiter), range(20), strict=False)]
        common = max(set(widths), key=widths.count) if widths else 0
        score = (common - 1) * widths.count(common)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _reader(file: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(file, delimiter=delimiter, skipinitialspace=False)


class CsvSource:
    """A CSV file opened for reading rows, any number of times."""

    sheets: tuple[str, ...] = ("",)
    sheet = ""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        if path.stat().st_size == 0:
            raise UnreadableFile("empty_file")
        self.path = path
        self.encoding = encoding or detect_encoding(path)
        if encoding and not decodes(path, encoding):
            raise UnreadableFile("unknown_encoding")
        self.delimiter = detect_delimiter(path, self.encoding)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(number, cells) of each row that is not wholly blank, counted from 1.

        The number counts rows as a spreadsheet shows them, not lines of text.
        """
        with self.path.open(encoding=self.encoding, newline="") as file:
            try:
                for number, row in enumerate(_reader(file, self.delimiter), start=1):
                    if any(cell and not cell.isspace() for cell in row):
                        yield number, row
            except csv.Error as error:
                raise UnreadableFile("broken_csv") from error

    def estimated_rows(self) -> int:
        """Line feeds in the file: an upper guide for progress, not a count of records."""
        with self.path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(_PIECE), b""))
