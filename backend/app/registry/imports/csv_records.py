"""Cutting the lines of a delimited text into records, so that no record swallows another.

Python's own reader joins rows without a word when a quotation mark is missing, and its strict mode
does so too as long as some later mark closes the cell. Here a quoted cell must end before a
delimiter or a line end, and a line inside it must not look like a record of its own. Where that
fails, the line in which the cell opens becomes a record with a fault, and reading goes on with
the line after it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from backend.app.registry.imports.codes import read_code
from backend.app.registry.imports.model import UnreadableFile

QUOTE = '"'
LONGEST_CELL = 1 << 20
_MOST_LINES = 2000  # of one record
_MOST_FAULTS = 1000  # of one file; with more, reading it line by line makes no sense
_GUARD = re.compile(r'\s*="[^"]*"\s*')
_TOKEN = re.compile(r"(?=.*\d)[0-9A-Za-z.\-/]{2,40}")


class Record(NamedTuple):
    """The cells of one record, the physical line it begins in (from 1), and what is wrong.

    fault: "" | quote_open (the cell never ends, or a record stands inside it) |
    quote_early (the mark that closes it is followed by text) | quote_stray (an odd number of
    marks inside a cell that none opens).
    """

    cells: list[str]
    line: int
    fault: str = ""


class _Broken(Exception):
    """A quoted cell of the record cannot be what its writer meant; `args[0]` is the fault."""


class _Lines:
    """Physical lines, counted, that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        """The next line with its line end, or None after the last."""
        text = self._returned.popleft() if self._returned else next(self._lines, None)
        if text is not None:
            self.number += 1
        return text

    def give_back(self, lines: Sequence[str]) -> None:
        """Put lines back in front, in their order."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Every record of the text, blank ones included, in order.

    Raises UnreadableFile("broken_csv") when more than a thousand records are faulty.
    """
    source = _Lines(lines)
    before: list[str] = []
    faults = 0
    while (text := source.take()) is not None:
        line = source.number
        if QUOTE not in text:
            before = text.rstrip("\r\n").split(delimiter)
            yield Record(before, line)
            continue
        record = _quoted(text, line, source, delimiter, before)
        if record.fault:
            faults += 1
            if faults > _MOST_FAULTS:
                raise UnreadableFile("broken_csv", line=str(line))
        else:
            before = record.cells
        yield record


def _quoted(first: str, line: int, source: _Lines, delimiter: str, before: Sequence[str]) -> Record:
    """The record that begins in `first`, which holds a quotation mark."""
    reading = _Reading(first, source, delimiter, before)
    try:
        cells, stray = reading.cells()
    except _Broken as broken:
        source.give_back(reading.more)
        return Record(first.rstrip("\r\n").split(delimiter), line, broken.args[0])
    return Record(cells, line, "quote_stray" if stray else "")


class _Reading:
    """One record being read; `more` holds the lines it went on over."""

    def __init__(self, first: str, source: _Lines, delimiter: str, before: Sequence[str]) -> None:
        self.text = first
        self.at = 0
        self.more: list[str] = []
        self._source, self._delimiter, self._before = source, delimiter, before

    def cells(self) -> tuple[list[str], bool]:
        """(cells, whether one holds an odd number of marks that open nothing)."""
        found: list[str] = []
        stray = False
        while True:
            opening = self._opening()
            if opening >= 0:
                found.append(self._quoted_cell(opening + 1, len(found)))
            else:
                cell = self._plain_cell()
                stray = stray or (cell.count(QUOTE) % 2 == 1 and not _GUARD.fullmatch(cell))
                found.append(cell)
            if self.at < 0:
                return found, stray

    def _opening(self) -> int:
        """Where the mark stands that opens the coming cell, or -1; blanks before it count not."""
        at = self.at
        while self.text.startswith((" ", "\t"), at) and self.text[at] != self._delimiter:
            at += 1
        return at if self.text.startswith(QUOTE, at) else -1

    def _plain_cell(self) -> str:
        end = self.text.find(self._delimiter, self.at)
        if end >= 0:
            cell, self.at = self.text[self.at : end], end + 1
            return cell
        cell, self.at = self.text[self.at :].rstrip("\r\n"), -1
        return cell

    def _quoted_cell(self, at: int, column: int) -> str:
        """The text up to the closing mark, over as many lines as it needs. Raises _Broken."""
        parts: list[str] = []
        length = 0
        while True:
            end = self.text.find(QUOTE, at)
            if end < 0:
                parts.append(self.text[at:])
                length += len(parts[-1])
                rest = self._before[column:]
                if not self.more and completes_record(parts[-1], self._delimiter, rest):
                    raise _Broken("quote_open")
                self._go_on(length)
                at = 0
            elif self.text.startswith(QUOTE, end + 1):
                parts.append(self.text[at : end + 1])
                at = end + 2
            else:
                parts.append(self.text[at:end])
                self._close(end + 1)
                return "".join(parts)

    def _go_on(self, length: int) -> None:
        """Take the next line into the open cell. Raises _Broken when that cannot be meant."""
        following = self._source.take()
        if following is None:
            raise _Broken("quote_open")
        self.text = following
        self.more.append(following)
        inside = following.partition(QUOTE)[0]
        too_long = length > LONGEST_CELL or len(self.more) > _MOST_LINES
        if too_long or looks_like_record(inside, self._delimiter, self._before):
            raise _Broken("quote_open")

    def _close(self, at: int) -> None:
        """Go past the delimiter after a closing mark. Raises _Broken when text follows it."""
        rest = self.text[at:]
        bare = rest.lstrip(" \t") if self._delimiter != "\t" else rest.lstrip(" ")
        if not bare.rstrip("\r\n"):
            self.at = -1
        elif bare.startswith(self._delimiter):
            self.at = at + len(rest) - len(bare) + 1
        else:
            raise _Broken("quote_early")


def looks_like_record(fragment: str, delimiter: str, before: Sequence[str]) -> bool:
    """Return True if what a quoted cell holds of a later line reads like a record of the table.

    `before` is the last sound record. The fragment must hold a sound enterprise code beside a
    delimiter; or something like a code, number or day wherever that record does, in as many
    cells, or in the first ones.
    """
    if delimiter not in fragment:
        return False
    cells = _cells_of(fragment, delimiter)
    if any(len(cell) in (15, 18) and read_code(cell).value for cell in cells):
        return True
    tokens, alike = _alike(cells, before)
    if len(cells) >= len(before) > 1:
        return 2 * alike >= tokens
    return 0 < tokens == alike


def completes_record(fragment: str, delimiter: str, rest: Sequence[str]) -> bool:
    """Return True if what a quoted cell holds of its first line is the whole rest of a record.

    `rest` is what the last sound record has from the same column on.
    """
    cells = _cells_of(fragment, delimiter)
    if not len(cells) >= len(rest) > 1:
        return False
    tokens, alike = _alike(cells, rest)
    if not tokens:
        return len(cells) == len(rest)
    return tokens == alike


def _cells_of(fragment: str, delimiter: str) -> list[str]:
    return [cell.strip(' "\r\n') for cell in fragment.split(delimiter)]


def _alike(cells: Sequence[str], model: Sequence[str]) -> tuple[int, int]:
    """(cells of the model that are a code, number or day, among as many as there are cells; how
    many of these are one here too)."""
    tokens = [at for at, cell in enumerate(model[: len(cells)]) if _TOKEN.fullmatch(cell.strip())]
    return len(tokens), sum(1 for at in tokens if _TOKEN.fullmatch(cells[at]))
