"""The words of the import pipeline: rows, problems, entries.

Everything in `imports` is pure: no Flask, no database, no clock. It turns a file into checked
entries and named problems; it never repairs what it cannot prove and never writes anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
"""error: the row is not taken. warning: taken as it stands, somebody should look.
note: what reading the cell changed, nothing to do."""

DEFAULT_HEADER_DEPTH = 30
"""Rows at the top of a file that may hold titles and headers."""


class UnreadableFile(Exception):
    """The file cannot be read as a table at all.

    `code` names the reason: empty_file, unknown_encoding, not_a_workbook, password_protected,
    no_such_sheet, unknown_kind_of_file.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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


@dataclass(frozen=True, slots=True)
class Context:
    """What the register knows and what the person importing has decided.

    departments: name or code (folded) -> department id as text.
    kept_departments, kept_regions: what the person importing keeps; a region counts by its
    start, and "" is everywhere.
    accepted: codes of problems whose likely reading the person accepted for the whole file.
    number_items: items without a code are numbered by department instead of refused.
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


class RowCheck:
    """One row being read: cells by field, and the problems found so far."""

    __slots__ = ("cells", "headers", "number", "problems")

    def __init__(self, number: int, cells: dict[str, str], headers: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells
        self.headers = headers
        self.problems: list[Problem] = []

    @property
    def given(self) -> frozenset[str]:
        """Names of the fields whose cell is filled."""
        return frozenset(name for name, text in self.cells.items() if text and not text.isspace())

    @property
    def good(self) -> bool:
        """Whether nothing found so far keeps the row out of the register."""
        return all(problem.severity != "error" for problem in self.problems)

    def error(self, name: str, code: str, /, **params: str) -> None:
        """The row cannot be taken because of this cell."""
        self._add("error", name, code, params)

    def warn(self, name: str, code: str, /, **params: str) -> None:
        """The row is taken, but somebody should look at this cell."""
        self._add("warning", name, code, params)

    def note(self, name: str, code: str, /, **params: str) -> None:
        """Reading the cell changed it; say how."""
        self._add("note", name, code, params)

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
