"""Files as registers are really handed over, made by the tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter
from stdnum.cn import uscc

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import Context, Entry, Problem
from backend.app.registry.imports.run import check, preview
from backend.app.registry.imports.source import open_source

TODAY = date(2026, 11, 23)
Rows = Sequence[Sequence[object]]


def code(number: int, prefix: str = "91370399") -> str:
    """A sound social credit code, another one for each number."""
    body = f"{prefix}{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as CSV in an encoding."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def sheet_bytes(rows: Rows, merge: Callable[..., None] | None = None) -> bytes:
    """Rows as a workbook; `merge` may add merged cells."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet("名录")
    for at, cells in enumerate(rows):
        sheet.write_row(at, 0, cells)
    if merge:
        merge(sheet)
    book.close()
    return data.getvalue()


def read(
    folder: Path, kind: str, data: bytes, context: Context | None = None
) -> tuple[list[Entry], list[Problem]]:
    """Entries and findings of a file, read the way the program guesses."""
    path = folder / "register"
    path.write_bytes(data)
    return read_path(path, kind, context)


def read_path(
    path: Path, kind: str, context: Context | None = None
) -> tuple[list[Entry], list[Problem]]:
    """Entries and findings of a file that is there."""
    source = open_source(path)
    seen = preview(source, KINDS[kind])
    entries: list[Entry] = []
    problems: list[Problem] = []
    for unit in check(
        source, KINDS[kind], seen.header_row, seen.mapping, context or Context(today=TODAY)
    ):
        entries += unit.entries
        problems += unit.problems
    return entries, problems


def found(problems: Sequence[Problem], severity: str = "") -> list[tuple[int, str, str]]:
    """(row, field, code) of findings, narrowed to a severity."""
    return [
        (problem.row, problem.field, problem.code)
        for problem in problems
        if not severity or problem.severity == severity
    ]
