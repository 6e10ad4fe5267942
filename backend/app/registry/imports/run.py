"""Reading a whole file: rows in, entries and problems out, one piece at a time.

Every row of the file meets exactly one fate here (`Fates`), so that what was read, left out and
joined adds up to what the file holds. It holds nothing but what the kind's checker remembers; it
must not write or decide what happens with the entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from backend.app.registry.imports.examples import is_example
from backend.app.registry.imports.header import find_header, header_labels
from backend.app.registry.imports.kinds import Checker, Kind
from backend.app.registry.imports.mapping import Question, guess_mapping, questions
from backend.app.registry.imports.model import (
    DEFAULT_HEADER_DEPTH,
    Context,
    Entry,
    Pair,
    Problem,
    Row,
    RowCheck,
)
from backend.app.registry.imports.source import Source

_SAMPLE = 8
_UNIT_SIZE = 500
_FAULTS = {"quote_open", "quote_early", "quote_stray"}

HEADER, HIDDEN, EXAMPLE, EMPTY = "header", "hidden", "example", "empty"
"""Fates of rows that are not judged: title or header; hidden and not asked for; a template's own;
nothing in a column that is read."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read: shown to the person, who may correct it.

    mapping: field -> column index. sample: the first rows of data. top: the first rows of the
    file, to choose the header from. questions: columns somebody must decide about.
    """

    header_row: int
    labels: list[str]
    mapping: dict[str, int]
    top: list[Row]
    sample: list[Row]
    questions: list[Question]

    @property
    def shown(self) -> list[int]:
        """The columns with a name or content in the sample, at most 200: what a page can show."""
        width = max([len(self.labels), *(len(row.cells) for row in self.sample)], default=0)
        filled = filled_columns(self.sample)
        named = (
            column
            for column in range(width)
            if column in filled or (column < len(self.labels) and self.labels[column])
        )
        return list(islice(named, _MOST_SHOWN))

    def label(self, column: int) -> str:
        """The name of a column, "" when it has none."""
        return self.labels[column] if column < len(self.labels) else ""


_MOST_SHOWN = 200


@dataclass(slots=True)
class Unit:
    """A piece of the reading: some rows done, what they gave and what was found.

    rows: judged. fates: rows that were not judged, or gave no entry of their own, by why.
    words: (field, word) -> rows, for words the program does not know. pairs: rows that seem to
    be one firm.
    """

    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: list[Pair] = field(default_factory=list)


def preview(
    source: Source,
    kind: Kind,
    header_row: int | None = None,
    mapping: Mapping[str, int] | None = None,
) -> Preview:
    """Look at the top of a file; a given header row and mapping overrule the guesses."""
    head = list(islice(source.rows(), DEFAULT_HEADER_DEPTH + _SAMPLE))
    number = header_row or find_header(head, kind.fields)
    labels = header_labels(head, number)
    sample = [row for row in head if row.number > number][:_SAMPLE]
    chosen = guess_mapping(labels, kind.fields) if mapping is None else dict(mapping)
    asked = questions(labels, filled_columns(head_below(head, number)), chosen, kind.fields)
    return Preview(number, labels, chosen, head[:DEFAULT_HEADER_DEPTH], sample, asked)


def head_below(head: Sequence[Row], number: int) -> list[Row]:
    """The rows below the header."""
    return [row for row in head if row.number > number]


def filled_columns(rows: Sequence[Row]) -> frozenset[int]:
    """The columns that hold something in one of the rows."""
    return frozenset(
        column
        for row in rows
        for column, cell in enumerate(row.cells)
        if cell and not cell.isspace()
    )


def check(
    source: Source, kind: Kind, header_row: int, mapping: Mapping[str, int], context: Context
) -> Iterator[Unit]:
    """Judge every row below the header, giving a unit for each 500 rows and one at the end."""
    reading = _Reading(source, kind, header_row, mapping, context)
    unit = Unit()
    for row in source.rows():
        reading.take(row, unit)
        if unit.rows + unit.fates.total() >= _UNIT_SIZE:
            yield unit
            unit = Unit()
    reading.finish(unit)
    yield unit


class _Reading:
    """One file being judged: sorts rows out, hands the others to the kind's checker."""

    def __init__(
        self,
        source: Source,
        kind: Kind,
        header_row: int,
        mapping: Mapping[str, int],
        context: Context,
    ) -> None:
        head = list(islice(source.rows(), DEFAULT_HEADER_DEPTH + _SAMPLE))
        labels = header_labels(head, header_row)
        self._headers = {
            name: labels[at] if at < len(labels) else "" for name, at in mapping.items()
        }
        self._width = len(labels) if source.ragged else 0
        self._columns = tuple(mapping.items())
        self._header_row, self._context = header_row, context
        self._epoch_1904 = source.epoch_1904
        self._gap = False
        self._checker: Checker = kind.checker(context)

    def take(self, row: Row, unit: Unit) -> None:
        """Give the row its fate, or judge it."""
        if row.number <= self._header_row:
            unit.fates[HEADER] += 1
            return
        checked = self._row(row)
        if row.hidden and not self._context.take_hidden:
            unit.fates[HIDDEN] += 1
            self._gap = True
            checked.note("", "hidden_row")
        elif not row.fault and is_example(row.cells):
            unit.fates[EXAMPLE] += 1
            self._gap = True
            checked.note("", "example_row", text=" ".join(filter(None, row.cells))[:80])
        elif not row.fault and not any(
            text and not text.isspace() for text in checked.cells.values()
        ):
            unit.fates[EMPTY] += 1
            checked.note("", "empty_row")
        else:
            self._judge(row, checked, unit)
        unit.problems.extend(checked.problems)

    def _row(self, row: Row) -> RowCheck:
        cells, width = row.cells, len(row.cells)
        named = {name: cells[at] if at < width else "" for name, at in self._columns}
        stored = {name: row.stored[at] for name, at in self._columns if at in row.stored}
        return RowCheck(
            row.number,
            named,
            self._headers,
            stored,
            epoch_1904=self._epoch_1904,
            after_gap=self._gap,
        )

    def _judge(self, row: Row, checked: RowCheck, unit: Unit) -> None:
        unit.rows += 1
        if row.fault in _FAULTS:
            checked.error("", row.fault, line=str(row.line))
        elif self._width:
            self._compare_width(row, checked)
        entries = list(self._checker.feed(checked))
        unit.entries.extend(entries)
        self._gap = bool(checked.dropped)
        if checked.dropped:
            unit.fates[checked.dropped] += 1
        unit.words.update(set(checked.unknown_words))
        if checked.pair is not None:
            unit.pairs.append(checked.pair)

    def _compare_width(self, row: Row, checked: RowCheck) -> None:
        """In a delimited text every row has the header's cells: one more or less shifted them."""
        beyond = row.cells[self._width :]
        if any(cell and not cell.isspace() for cell in beyond):
            checked.error("", "more_cells", count=str(len(row.cells)), columns=str(self._width))
        elif len(row.cells) < self._width:
            checked.warn("", "fewer_cells", count=str(len(row.cells)), columns=str(self._width))

    def finish(self, unit: Unit) -> None:
        """Late findings and the entries held back until the end."""
        for late in self._checker.late_problems():
            unit.problems.extend(late.problems)
        unit.entries.extend(self._checker.finish())
