"""Workbooks: what a person sees is what is read, and a second reader agrees on the values."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from backend.app.registry.imports.model import Context, UnreadableFile
from backend.app.registry.imports.number_formats import renderer
from backend.app.registry.imports.source import Source, open_source
from backend.app.registry.imports.xlsx_parts import column_index
from tests.pure.registry.files import TODAY, code, found, read

HEAD = ["企业名称", "统一社会信用代码", "行政区划代码", "成立日期", "登记状态"]
OFFICER = ["姓名", "执法证号", "执法证有效期至"]
CONTEXT = Context(today=TODAY, default_department="d1", kept_departments=frozenset({"d1"}))


def made(fill: Any, **options: Any) -> bytes:
    """A workbook that `fill(book)` has written into."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, options)
    fill(book)
    book.close()
    return data.getvalue()


def opened(folder: Path, data: bytes) -> Source:
    path = folder / "a.xlsx"
    path.write_bytes(data)
    return open_source(path)


def rows_of(number: int, first: int = 1) -> list[list[str]]:
    return [
        [f"{n}店", code(n), "370399", "2015-01-05", "存续"] for n in range(first, first + number)
    ]


def written(sheet: Any, rows: list[list[str]]) -> None:
    for at, cells in enumerate(rows):
        sheet.write_row(at, 0, cells)


def test_the_visible_active_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        old, new, more, empty = (book.add_worksheet(name) for name in ("旧", "新", "附", "空"))
        written(old, [HEAD, *rows_of(3)])
        written(new, [HEAD, *rows_of(2)])
        written(more, [HEAD, *rows_of(1)])
        old.hide()
        new.set_first_sheet()
        new.activate()
        assert empty is not None

    source = opened(tmp_path, made(fill))
    assert source.sheet == "新"
    others = [(sheet.name, sheet.rows, sheet.hidden) for sheet in source.survey().other_sheets]
    assert others == [("旧", 4, True), ("附", 2, False)]


def test_an_empty_active_sheet_gives_way_to_the_first_with_rows(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        written(book.add_worksheet("名录"), [HEAD, *rows_of(2)])
        book.add_worksheet("封面").activate()

    assert opened(tmp_path, made(fill)).sheet == "名录"


def hidden(book: Any) -> None:
    sheet = book.add_worksheet()
    written(sheet, [HEAD, *rows_of(5)])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_row(4, 0)
    sheet.set_column(3, 3, None, None, {"hidden": True})


def test_hidden_rows_are_left_out_unless_they_are_asked_for(tmp_path: Path) -> None:
    data = made(hidden)
    survey = opened(tmp_path, data).survey()
    assert (survey.hidden_rows, survey.hidden_columns) == (2, (3,))
    entries, problems = read(tmp_path, "enterprises", data)
    assert [entry.rows for entry in entries] == [(2,), (4,), (6,)]
    assert found(problems) == [(3, "", "hidden_row"), (5, "", "hidden_row")]
    asked = Context(today=TODAY, take_hidden=True)
    entries, problems = read(tmp_path, "enterprises", data, asked)
    assert (len(entries), problems) == (5, [])


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "Err:502", "####"]
)
@pytest.mark.parametrize("as_formula", [True, False])
def test_an_error_cell_is_named_and_never_a_default(
    tmp_path: Path, error: str, as_formula: bool
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        written(sheet, [HEAD, *rows_of(1)])
        for column in (1, 4):
            if as_formula:
                sheet.write_formula(1, column, "=X1", None, error)
            else:
                sheet.write_string(1, column, error)

    entries, problems = read(tmp_path, "enterprises", made(fill))
    assert found(problems, "error") == [(2, "code", "error_cell"), (2, "status", "error_cell")]
    assert not entries[0].good


def test_a_number_padded_by_its_format_is_read_as_shown(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        written(sheet, [OFFICER, ["甲", "", "2030-01-01"], ["乙", "00012345", "2030-01-01"]])
        sheet.write_number(1, 1, 12345, book.add_format({"num_format": "00000000"}))

    entries, problems = read(tmp_path, "officers", made(fill), CONTEXT)
    assert entries[0].key == "00012345"
    assert (2, "certificate", "shown_text_taken") in found(problems, "warning")
    assert (3, "certificate", "duplicate_certificate") in found(problems, "error")


@pytest.mark.parametrize(
    ("number_format", "stored", "shown"),
    [
        ("General", "370399", ("370399", "")),
        ("0", "370399", ("370399", "")),
        ("0.00", "36.14285714285715", ("36.14285714285715", "")),
        ("#,##0", "1234567", ("1234567", "")),
        ("00000000", "12345", ("00012345", "12345")),
        ('"SC"0000', "12", ("SC0012", "12")),
        ("000-0000", "1234", ("000-1234", "1234")),
        ("0%", "0.055", ("5.5%", "")),
        ("yyyy-mm-dd", "42009", ("2015-01-05", "")),
        ('yyyy"年"m"月"d"日"', "42009.5", ("2015-01-05 12:00:00", "")),
        ("[$-804]yyyy/m/d;@", "42009", ("2015-01-05", "")),
        ("h:mm", "0.5", ("12:00:00", "")),
        ("yyyy-mm-dd", "1", ("1900-01-01", "")),
        ("yyyy-mm-dd", "60.5", ("1900-02-28 12:00:00", "")),
        ("yyyy-mm-dd", "1e99", ("1.00000000000000e+99", "")),
        ("[Red]0_ ", "7", ("7", "")),
        ("@", "914690062012665111", ("9.14690062012665e+17", "")),
    ],
)
def test_a_format_shows_a_number_as_a_sheet_does(
    number_format: str, stored: str, shown: tuple[str, str]
) -> None:
    assert renderer(number_format)(stored) == shown


def test_days_count_from_the_epoch_of_the_workbook(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        written(sheet, [HEAD, *rows_of(2)])
        sheet.write_datetime(1, 3, date(2015, 1, 5), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_number(2, 3, 40547)

    entries, problems = read(tmp_path, "enterprises", made(fill, date_1904=True))
    assert [entry.values["established_on"] for entry in entries] == ["2015-01-05"] * 2
    assert found(problems) == [(3, "established_on", "date_serial")]


def test_another_reader_finds_the_same_values(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["甲", 1, 2.5, True, "a\nb", "", "<&>"])
        sheet.write_row(3, 2, [-7, 1e-7, "𠮷", 123456789012345])
        sheet.write_rich_string(4, 0, "粗", book.add_format({"bold": True}), "细")
        sheet.write_formula(5, 0, "=1+1", None, 2)
        sheet.merge_range(7, 1, 8, 2, "并")

    data = made(fill)
    ours = {row.number: row.cells for row in opened(tmp_path, data).rows()}
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    compared = 0
    for number, values in enumerate(theirs, start=1):
        for column, value in enumerate(values):
            cells = ours.get(number, [])
            text = cells[column] if column < len(cells) else ""
            if isinstance(value, bool):
                assert text == str(value).upper()
            elif isinstance(value, float):
                assert float(text) == value
            elif value:
                assert text == value
            compared += bool(value)
    assert compared == 13
    assert ours[8][1:3] == ["并", "并"]
    assert 9 not in ours, "a row that only lies under a block has nothing of its own"


def test_texts_in_place_and_pronunciations_are_read_as_a_person_does(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        written(book.add_worksheet(), [["甲", "乙"], ["x", "y"]])

    data = made(fill, in_memory=True, constant_memory=True)
    assert [row.cells for row in opened(tmp_path, data).rows()] == [["甲", "乙"], ["x", "y"]]
    assert (column_index("A"), column_index("AA"), column_index("XFD")) == (0, 26, 16_383)


def test_a_binary_workbook_and_an_archive_are_refused_by_name(tmp_path: Path) -> None:
    for part, reason in (("a.csv", "archive"), ("[Content_Types].xml", "not_a_workbook")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
        with pytest.raises(UnreadableFile) as refused:
            open_source(path)
        assert refused.value.code == reason
