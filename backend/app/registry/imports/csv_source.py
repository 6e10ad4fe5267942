"""CSV files of unknown origin: encoding by strict decoding, delimiter by counting.

Streams: a file is decoded piece by piece and never held whole. It must not replace a byte it
cannot decode; a file that fits no encoding is refused. Records are cut in `csv_records`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from backend.app.registry.imports.csv_records import records
from backend.app.registry.imports.lost_characters import LOST
from backend.app.registry.imports.model import Row, Survey, UnreadableFile

ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "utf-16")
"""Encodings a person may choose; detection tries them by mark, then strictly in order."""

DELIMITERS = (",", "\t", ";", "|", "，", "；")
"""Delimiters a person may choose; the full-width ones only win where no other cuts a row."""

_HALF_WIDTH = 4  # the first of DELIMITERS
_PIECE = 1 << 18
_RARE = 20  # one NUL among fewer characters than this is no accident of a cell
_LOOKED_AT = 20


def detect_encoding(path: Path) -> str:
    """The encoding of the whole file: by byte-order mark, else the first that decodes strictly.

    Raises UnreadableFile("empty_file" | "unknown_encoding" | "nul_characters").
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
    faults = [fault_of_decoding(path, encoding) for encoding in candidates]
    for encoding, fault in zip(candidates, faults, strict=True):
        if not fault:
            return encoding
    raise UnreadableFile("nul_characters" if "nul_characters" in faults else "unknown_encoding")


def fault_of_decoding(path: Path, encoding: str) -> str:
    """Return "" if every byte is valid in the encoding and next to none decodes to NUL, else the
    code of what is wrong: unknown_encoding or nul_characters."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    characters = nuls = 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                text = decoder.decode(piece)
                characters += len(text)
                nuls += text.count("\x00")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "unknown_encoding"
    return "nul_characters" if nuls * _RARE > characters else ""


def detect_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts the first rows into the most equal number of cells."""
    scores = {delimiter: _score(path, encoding, delimiter) for delimiter in DELIMITERS}
    for group in (DELIMITERS[:_HALF_WIDTH], DELIMITERS[_HALF_WIDTH:]):
        best = max(group, key=lambda delimiter: scores[delimiter])
        if scores[best] > 0:
            return best
    return DELIMITERS[0]


def _score(path: Path, encoding: str, delimiter: str) -> int:
    """Cells beyond the first in a row of the most common width, times how often it is met."""
    with path.open(encoding=encoding, newline="") as file:
        head = islice(records(_lines(file), delimiter), _LOOKED_AT)
        widths = [len(record.cells) for record in head if not record.fault]
    common = max(sorted(set(widths)), key=widths.count) if widths else 0
    return (common - 1) * widths.count(common)


def _lines(file: Iterable[str]) -> Iterator[str]:
    """The lines with a mark of loss in place of each NUL, which no database keeps."""
    return (line.replace("\x00", LOST) for line in file)


class CsvSource:
    """A CSV file opened for reading rows, any number of times."""

    sheets: tuple[str, ...] = ("",)
    sheet = ""
    epoch_1904 = False
    ragged = True

    def __init__(
        self, path: Path, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        if path.stat().st_size == 0:
            raise UnreadableFile("empty_file")
        self.path = path
        self.encoding = encoding or detect_encoding(path)
        if encoding and (fault := fault_of_decoding(path, encoding)):
            raise UnreadableFile(fault)
        self.delimiter = delimiter or detect_delimiter(path, self.encoding)

    def rows(self) -> Iterator[Row]:
        """Each row that is not wholly blank. Rows are counted from 1 as a spreadsheet shows
        them; a fault carries the line of the text where it begins."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            for number, record in enumerate(records(_lines(file), self.delimiter), start=1):
                if any(cell and not cell.isspace() for cell in record.cells):
                    yield Row(number, record.cells, fault=record.fault, line=record.line)

    def estimated_rows(self) -> int:
        """Line feeds in the file: an upper guide for progress, not a count of records."""
        with self.path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(_PIECE), b""))

    def survey(self) -> Survey:
        """A text has no sheets and hides nothing."""
        return Survey()
