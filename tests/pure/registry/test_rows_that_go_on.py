"""Rows that go on with the row above, as under merged cells: joined, named, and nobody else's."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from backend.app.registry.imports.model import Context, Entry
from tests.pure.registry.files import TODAY, Rows, csv_bytes, found, read, sheet_bytes

CONTEXT = Context(
    today=TODAY,
    default_department="d1",
    kept_departments=frozenset({"d1"}),
    item_codes=frozenset({"A01", "A02"}),
)
ITEM = ("事项代码", "抽查事项名称", "抽查依据")
OFFICER = ("执法证号", "姓名", "执法证有效期至", "执法资格")
LIST = ("事项代码", "记录表名称", "要求提供材料")
POINT = ("事项代码", "记录表名称", "序号", "检查内容", "操作方法与要领", "检查依据")

FILES: dict[str, tuple[Rows, str]] = {
    "items": (
        (
            ITEM,
            ("A01", "直销检查", "《甲法》"),
            ("", "", "《乙法》"),
            ("", "", "《丙法》"),
            ("A02", "广告检查", "《丁法》"),
        ),
        "legal_basis",
    ),
    "officers": (
        (
            OFFICER,
            ("P0001", "王敏", "2030-01-31", "食品"),
            ("", "", "", "药品"),
            ("", "", "", "特种设备"),
            ("P0002", "赵立", "2030-01-31", "广告"),
        ),
        "specialities",
    ),
    "materials": (
        (
            LIST,
            ("A01", "直销记录表", "营业执照"),
            ("", "", "台账"),
            ("", "", "制度"),
            ("A02", "广告记录表", "合同"),
        ),
        "materials",
    ),
    "checklists": (
        (
            POINT,
            ("A01", "直销记录表", "1", "是否经批准", "查看文件", "《甲法》"),
            ("", "", "", "", "现场核对", "《乙法》"),
            ("", "", "", "", "询问", ""),
            ("A02", "广告记录表", "1", "是否登记", "查看合同", "《丁法》"),
        ),
        "method",
    ),
}


def texts(kind: str, entry: Entry) -> list[str]:
    """What the joined column of an entry holds, one text for each row."""
    values: dict[str, Any] = entry.values["points"][0] if kind == "checklists" else entry.values
    value = values[FILES[kind][1]]
    return value if isinstance(value, list) else value.splitlines()


def merged(rows: Rows, columns: int) -> bytes:
    """The first entry's rows 2 to 4 with their first columns merged, as registers are printed."""

    def merge(sheet: Any) -> None:
        for column in range(columns):
            sheet.merge_range(1, column, 3, column, rows[1][column])

    return sheet_bytes(rows, merge)


@pytest.mark.parametrize("kind", list(FILES))
def test_rows_with_only_the_joined_column_go_on_with_the_row_above(
    tmp_path: Path, kind: str
) -> None:
    rows, field = FILES[kind]
    entries, problems = read(tmp_path, kind, csv_bytes(rows), CONTEXT)
    assert [(entry.rows, entry.good) for entry in entries] == [((2, 3, 4), True), ((5,), True)]
    assert len(texts(kind, entries[0])) == 3
    assert len(texts(kind, entries[1])) == 1
    joined = [row for row, name, code in found(problems) if (name, code) == (field, "joined_row")]
    assert joined == [3, 4]


@pytest.mark.parametrize(
    ("kind", "columns"), [("items", 2), ("officers", 3), ("materials", 2), ("checklists", 4)]
)
def test_merged_cells_give_the_same_as_empty_ones(tmp_path: Path, kind: str, columns: int) -> None:
    rows, _field = FILES[kind]
    plain, _problems = read(tmp_path, kind, csv_bytes(rows), CONTEXT)
    entries, problems = read(tmp_path, kind, merged(rows, columns), CONTEXT)
    assert found(problems, "error") == []
    assert [texts(kind, entry) for entry in entries] == [texts(kind, entry) for entry in plain]
    assert [entry.rows for entry in entries] == [entry.rows for entry in plain]


@pytest.mark.parametrize("kind", list(FILES))
def test_a_row_below_one_that_is_left_out_goes_on_with_nobody(tmp_path: Path, kind: str) -> None:
    head, first, more, _third, hidden = FILES[kind][0]
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    for at, cells in enumerate([head, first, hidden, more]):
        sheet.write_row(at, 0, cells)
    sheet.set_row(2, None, None, {"hidden": True})
    book.close()
    entries, problems = read(tmp_path, kind, data.getvalue(), CONTEXT)
    assert (3, "", "hidden_row") in found(problems)
    assert texts(kind, entries[0]) == texts(kind, entries[0])[:1]
    assert [row for row, _field, _code in found(problems, "error")][:1] == [4]


def test_a_row_below_a_repeated_one_is_not_given_to_the_officer_between(tmp_path: Path) -> None:
    head, first, more, _third, second = FILES["officers"][0]
    entries, problems = read(
        tmp_path, "officers", csv_bytes((head, first, second, first, more)), CONTEXT
    )
    assert (4, "certificate", "repeated_row") in found(problems)
    assert [entry.values["specialities"] for entry in entries if entry.good] == [["食品"], ["广告"]]
    assert {row for row, _field, _code in found(problems, "error")} == {5}


@pytest.mark.parametrize("kind", list(FILES))
def test_a_first_row_with_only_the_joined_column_is_refused(tmp_path: Path, kind: str) -> None:
    rows = FILES[kind][0]
    entries, problems = read(tmp_path, kind, csv_bytes((rows[0], rows[2], rows[4])), CONTEXT)
    assert [entry.rows for entry in entries if entry.good] == [(3,)]
    assert {row for row, _field, _code in found(problems, "error")} == {2}
