"""The words of the import pipeline: rows, problems, entries.

Everything in `imports` is pure: no Flask, no database, no clock. It turns a file into checked
entries and named problems; it never repairs what it cannot prove and never writes anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
"""error: the row is not taken. warning: taken as it stands, somebody should look.
note: what reading the cell changed, nothing to do."""

DEFAULT_HEADER_DEPTH = 30
"""Rows at the top of a file that may hold titles and headers."""


class UnreadableFile(Exception):
    """The file cannot be read as a table at all.

    `code` names the reason, a key of `messages.UNREADABLE`; `params` are its values.
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Row(NamedTuple):
    """One row of a file that is not wholly blank.

    number: as a spreadsheet shows it, from 1. cells: the texts a person sees. stored: column ->
    what the file holds, where that differs from the text. fault, line: see
    `csv_records.Record`. hidden: the person who looks at the sheet does not see the row.
    """

    number: int
    cells: list[str]
    stored: Mapping[int, str] = {}
    fault: str = ""
    line: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet that is not read. rows: how many have content, counted up to a bound."""

    name: str
    rows: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds beside the rows a person sees.

    hidden_rows: with content, in the sheet read. hidden_columns: their indexes. far_cells: cells
    beyond the last column that is read. other_sheets: those with rows.
    """

    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    far_cells: int = 0
    other_sheets: tuple[OtherSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about one cell (or about the row when `field` is empty)."""

    row: int
    field: str
    header: str
    severity: Severity
    code: str
    value: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One object for the register: read from one row, or from several (a sheet of points).

    given: fields with a filled cell. A field not given keeps what the register has; on a new
    object it takes its usual value.
    """

    rows: tuple[int, ...]
    key: str
    values: dict[str, Any]
    good: bool
    given: frozenset[str] = frozenset()


class Firm(NamedTuple):
    """An enterprise as far as it is compared with another. row: in the file, 0 in the register."""

    row: int
    code: str
    name: str
    address: str
    number: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes that seem to be one firm.

    reason: number (one's registration number is the other's), organisation (the same
    organisation code inside both), name_address.
    """

    reason: str
    ours: Firm
    other: Firm

    @property
    def key(self) -> str:
        """What a decision about the pair is kept under, the same whichever row comes first."""
        return pair_key(self.ours.code, self.other.code)


def pair_key(one: str, other: str) -> str:
    """The two codes in one text, in a fixed order."""
    return "|".join(sorted((one, other)))


@dataclass(frozen=True, slots=True)
class Context:
    """What the register knows and what the person importing has decided.

    departments: name or code (folded) -> department id as text.
    kept_departments, kept_regions: what the person importing keeps; a region counts by its
    start, and "" is everywhere.
    accepted: codes of problems whose likely reading the person accepted for the whole file.
    number_items: items without a code are numbered by department instead of refused.
    words: field -> folded word of the file -> value the person chose; "" leaves the field empty.
    qualifications: folded, those the register's items ask for; empty when none is known.
    joined: code of a row -> code of the row of the same file that stands for the same firm.
    apart: keys of pairs that a person said are two firms (`pair_key`).
    take_hidden: rows hidden in the sheet are read like the others.
    """

    today: date
    departments: Mapping[str, str] = field(default_factory=dict)
    kept_departments: frozenset[str] = frozenset()
    kept_regions: tuple[str, ...] = ("",)
    default_department: str | None = None
    default_region: str | None = None
    item_codes: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    number_items: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    qualifications: frozenset[str] = frozenset()
    joined: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    take_hidden: bool = False


class RowCheck:
    """One row being read: cells by field, and the problems found so far.

    stored: field -> what the file holds, where the sheet shows something else. dropped: the code
    of why the row gives no entry of its own, "" when it does. after_gap: the row above was left
    out, so this one goes on with nothing.
    """

    __slots__ = (
        "after_gap",
        "cells",
        "dropped",
        "epoch_1904",
        "headers",
        "number",
        "pair",
        "problems",
        "set_aside",
        "stored",
        "unknown_words",
    )

    def __init__(
        self,
        number: int,
        cells: dict[str, str],
        headers: Mapping[str, str],
        stored: Mapping[str, str] | None = None,
        *,
        epoch_1904: bool = False,
        after_gap: bool = False,
    ) -> None:
        self.number = number
        self.cells = cells
        self.headers = headers
        self.stored = stored or {}
        self.epoch_1904 = epoch_1904
        self.after_gap = after_gap
        self.problems: list[Problem] = []
        self.set_aside: set[str] = set()
        self.unknown_words: list[tuple[str, str]] = []
        self.dropped = ""
        self.pair: Pair | None = None

    @property
    def given(self) -> frozenset[str]:
        """Names of the fields whose cell is filled and was not set aside."""
        return frozenset(
            name
            for name, text in self.cells.items()
            if text and not text.isspace() and name not in self.set_aside
        )

    @property
    def good(self) -> bool:
        """Whether nothing found so far keeps the row out of the register."""
        return all(problem.severity != "error" for problem in self.problems)

    def faulty(self, name: str) -> bool:
        """Whether the cell already has an error."""
        return any(found.field == name and found.severity == "error" for found in self.problems)

    def error(self, name: str, code: str, /, **params: str) -> None:
        """The row cannot be taken because of this cell."""
        self._add("error", name, code, params)

    def warn(self, name: str, code: str, /, **params: str) -> None:
        """The row is taken, but somebody should look at this cell."""
        self._add("warning", name, code, params)

    def note(self, name: str, code: str, /, **params: str) -> None:
        """Reading the cell changed it; say how."""
        self._add("note", name, code, params)

    def leave_out(self, name: str, code: str, /, **params: str) -> None:
        """The row is taken without this cell: what the register holds stays."""
        self.set_aside.add(name)
        self._add("warning", name, code, params)

    def unknown_word(self, name: str, word: str) -> None:
        """Remember a word the program does not know, so that a person can say what it means."""
        self.unknown_words.append((name, word))

    def _add(self, severity: Severity, name: str, code: str, params: Mapping[str, str]) -> None:
        self.problems.append(
            Problem(
                self.number,
                name,
                self.headers.get(name, ""),
                severity,
                code,
                self.cells.get(name, ""),
                params,
            )
        )
