"""The findings of a check and where every row went, as a workbook for the keepers of the source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile
from typing import IO
from uuid import UUID

import xlsxwriter
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.app.platform.i18n import gettext as _
from backend.app.registry.choices import FIELD_NAMES
from backend.app.registry.imports.kinds import Kind
from backend.app.registry.messages import EFFECTS, FATES, SEVERITIES, finding, why_left_out
from backend.app.registry.models import ImportBatch, ImportProblem
from backend.app.registry.service.import_tally import reconcile

_SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_PIECE = 2000
_WIDTHS = (8, 24, 14, 60, 50)


@contextmanager
def workbook(session: Session, batch: ImportBatch) -> Iterator[IO[bytes]]:
    """The report as an open .xlsx file; cells are text, nothing in them is run or linked."""
    with NamedTemporaryFile(prefix="evenhand-report-", suffix=".xlsx") as file:
        book = xlsxwriter.Workbook(file.name, _SAFE)
        _add_findings(book, session, batch)
        _add_reconciliation(book, batch)
        book.close()
        file.seek(0)
        yield file


def _add_findings(book: xlsxwriter.Workbook, session: Session, batch: ImportBatch) -> None:
    sheet = book.add_worksheet(_("Findings"))
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, wrap)
    sheet.freeze_panes(1, 0)
    titles = (_("Row"), _("Column"), _("Severity"), _("Finding"), _("What the cell holds"))
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    for at, cells in enumerate(_rows(session, batch), start=1):
        sheet.write_number(at, 0, cells[0])
        for column, text in enumerate(cells[1], start=1):
            sheet.write_string(at, column, text)


def _add_reconciliation(book: xlsxwriter.Workbook, batch: ImportBatch) -> None:
    """A sheet that says of every row of the file where it went."""
    sheet = book.add_worksheet(_("Reconciliation"))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 1, 14)
    for at, (text, count, heading) in enumerate(reconciliation_lines(batch)):
        sheet.write_string(at, 0, text, bold if heading else None)
        if count is not None:
            sheet.write_number(at, 1, count)


def reconciliation_lines(batch: ImportBatch) -> list[tuple[str, int | None, bool]]:
    """(text, rows, whether it is a heading) of the batch's reconciliation, in reading order."""
    reckoning = reconcile(batch.counts, batch.summary, batch.survey)
    if reckoning is None:
        return []
    lines: list[tuple[str, int | None, bool]] = [(_("Rows in the file"), reckoning.rows, True)]
    lines.append((_("Taken"), sum(count for _effect, count in reckoning.taken), True))
    lines += [(str(EFFECTS[effect]), count, False) for effect, count in reckoning.taken]
    lines.append((_("No entries"), sum(count for _fate, count in reckoning.apart), True))
    lines += [(str(FATES[fate]), count, False) for fate, count in reckoning.apart]
    left_out = sum(count for _code, count in reckoning.left_out)
    lines.append((_("Left out with errors"), left_out, True))
    lines += [(why_left_out(code), count, False) for code, count in reckoning.left_out]
    if reckoning.other_sheets:
        lines.append((_("Other sheets, not read"), None, True))
    lines += [(str(sheet["name"]), sheet["rows"], False) for sheet in reckoning.other_sheets]
    return lines


def _rows(session: Session, batch: ImportBatch) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row, texts) of every finding in the order of the file, read piece by piece."""
    for problem in _problems(session, batch.id):
        yield (
            problem.row,
            (
                column_name(problem),
                str(SEVERITIES[problem.severity]),
                finding(problem.code, problem.params),
                problem.value,
            ),
        )


def _problems(session: Session, batch_id: UUID) -> Iterator[ImportProblem]:
    place = tuple_(ImportProblem.row, ImportProblem.id)
    query = select(ImportProblem).where(ImportProblem.batch_id == batch_id)
    query = query.order_by(ImportProblem.row, ImportProblem.id).limit(_PIECE)
    last = (-1, -1)
    while piece := session.scalars(query.where(place > last)).all():
        yield from piece
        last = (piece[-1].row, piece[-1].id)
        session.expunge_all()


def column_name(problem: ImportProblem) -> str:
    """The column as the file calls it, else as the program does."""
    return problem.header or str(FIELD_NAMES.get(problem.field, ""))


def template_csv(kind: Kind) -> bytes:
    """An empty file with the columns a kind knows, as spreadsheets open it (UTF-8 with mark)."""
    text = io.StringIO()
    csv.writer(text).writerow(field.aliases[0] for field in kind.fields)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
