"""Reading a whole file: rows in, entries and problems out, one piece at a time.

It holds nothing but what the kind's checker remembers; it must not write or decide what happens
with the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from backend.app.registry.imports.header import find_header, header_labels
from backend.app.registry.imports.kinds import Kind
from backend.app.registry.imports.mapping import guess_mapping
from backend.app.registry.imports.model import (
    DEFAULT_HEADER_DEPTH,
    Context,
    Entry,
    Problem,
    RowCheck,
)
from backend.app.registry.imports.source import Source

_SAMPLE = 8
_UNIT_SIZE = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read: shown to the person, who may correct it.

    mapping: field -> column index. sample: (row number, cells) of the first rows of data.
    top: (row number, cells) of the first rows of the file, to choose the header from.
    """

    header_row: int
    labels: list[str]
    mapping: dict[str, int]
    top: list[tuple[int, list[str]]]
    sample: list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of the reading: some rows done, what they gave and what was found."""

    rows: int
    entries: list[Entry]
    problems: list[Problem]


def preview(source: Source, kind: Kind, header_row: int | None = None) -> Preview:
    """Look at the top of a file; a given header row overrules the guess."""
    head = list(islice(source.rows(), DEFAULT_HEADER_DEPTH + _SAMPLE))
    number = header_row or find_header(head, kind.fields)
    labels = header_labels(head, number)
    sample = [(at, cells) for at, cells in head if at > number][:_SAMPLE]
    mapping = guess_mapping(labels, kind.fields)
    return Preview(number, labels, mapping, head[:DEFAULT_HEADER_DEPTH], sample)


def check(
    source: Source, kind: Kind, header_row: int, mapping: Mapping[str, int], context: Context
) -> Iterator[Unit]:
    """Judge every row below the header, giving a unit for each 500 rows and one at the end."""
    headers = _headers(source, header_row, mapping)
    checker = kind.checker(context)
    unit = Unit(0, [], [])
    for row in _rows(source, header_row, mapping, headers):
        entries = list(checker.feed(row))
        unit.entries.extend(entries)
        unit.problems.extend(row.problems)
        unit = Unit(unit.rows + 1, unit.entries, unit.problems)
        if unit.rows == _UNIT_SIZE:
            yield unit
            unit = Unit(0, [], [])
    for late in checker.late_problems():
        unit.problems.extend(late.problems)
    unit.entries.extend(checker.finish())
    yield unit


def _headers(source: Source, header_row: int, mapping: Mapping[str, int]) -> dict[str, str]:
    labels = header_labels(list(islice(source.rows(), DEFAULT_HEADER_DEPTH + _SAMPLE)), header_row)
    return {name: labels[at] if at < len(labels) else "" for name, at in mapping.items()}


def _rows(
    source: Source, header_row: int, mapping: Mapping[str, int], headers: Mapping[str, str]
) -> Iterator[RowCheck]:
    """Rows below the header that say something in a mapped column."""
    columns = tuple(mapping.items())
    for number, cells in source.rows():
        if number <= header_row:
            continue
        width = len(cells)
        named = {name: cells[at] if at < width else "" for name, at in columns}
        if any(text and not text.isspace() for text in named.values()):
            yield RowCheck(number, named, headers)
