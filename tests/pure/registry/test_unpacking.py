"""Workbooks that ask for more memory than there is: read within bounds, or refused by name."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from backend.app.registry.imports import package, xlsx_parts
from backend.app.registry.imports.markup_source import MarkupSource
from backend.app.registry.imports.merged import Merged
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.source import open_source
from backend.app.registry.imports.unpacking import refuse_exploding
from backend.app.registry.imports.xlsx_source import MOST_COLUMNS
from tests.pure.registry.files import read_path


def workbook(path: Path, cells: list[tuple[int, int]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名录")
    for row, column in cells:
        sheet.write_string(row, column, f"x{row}")
    book.close()
    return path


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with some bytes of one part replaced."""
    data = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            text = before.read(info)
            after.writestr(info.filename, text.replace(old, new) if info.filename == part else text)
    path.write_bytes(data.getvalue())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as refused:
        list(open_source(path).rows())
    return refused.value.code


def test_stray_cells_in_the_last_row_and_column_give_a_row_each_and_no_grid(tmp_path: Path) -> None:
    """Laid out as a grid this would take half a terabyte."""
    cells = [(0, 0), (1, 0), (1_048_575, 0), (5, 16_383), (1_048_575, 16_383)]
    source = open_source(workbook(tmp_path / "stray.xlsx", cells))
    rows = list(source.rows())
    assert [row.number for row in rows] == [1, 2, 1_048_576]
    assert max(len(row.cells) for row in rows) <= MOST_COLUMNS
    assert source.survey().far_cells == 2


def work(path: Path) -> int:
    """How many functions are called while a register is looked at, surveyed and checked."""
    count = 0

    def tally(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tally)
    try:
        open_source(path).survey()
        read_path(path, "enterprises")
    finally:
        sys.setprofile(None)
    return count


def test_a_stray_cell_in_the_last_row_costs_what_a_row_costs(tmp_path: Path) -> None:
    near = [(0, 0), (1, 0), (2, 0), (3, 0)]
    work(workbook(tmp_path / "first.xlsx", near))  # fills what is kept between readings
    short = work(workbook(tmp_path / "short.xlsx", near[:3]))
    one_more = work(workbook(tmp_path / "near.xlsx", near))
    stray = work(workbook(tmp_path / "far.xlsx", [*near[:3], (1_048_575, 0)]))
    assert one_more > short
    assert stray - short <= 2 * (one_more - short)


def test_an_ods_row_repeated_to_the_end_of_the_sheet_is_one_row(tmp_path: Path) -> None:
    rows = (
        '<table:table-row><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/>'
        "</table:table-row>"
        "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    )
    path = tmp_path / "a.fods"
    path.write_text(
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:o"'
        ' xmlns:table="t" xmlns:text="x"><table:table table:name="a">'
        f"{rows}</table:table></office:document>",
        encoding="utf-8",
    )
    source = open_source(path)
    assert isinstance(source, MarkupSource)
    assert [(row.number, row.cells) for row in source.rows()] == [(1_048_576, ["x"])]


def test_a_part_that_unpacks_beyond_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "UNPACKED_LIMIT", 1 << 20)
    path = workbook(tmp_path / "blown.xlsx", [(0, 0), (1, 0)])
    changed(path, "xl/sharedStrings.xml", b"x1", b"x" * (2 << 20))
    assert path.stat().st_size < 20_000
    assert refusal(path) == "too_large"


def test_a_million_short_texts_are_counted_by_what_they_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_parts, "TEXTS_LIMIT", 1 << 20)
    path = workbook(tmp_path / "texts.xlsx", [(0, 0)])
    changed(path, "xl/sharedStrings.xml", b"</sst>", b"<si/>" * 50_000 + b"</sst>")
    assert refusal(path) == "too_large"


def test_an_archive_with_a_directory_of_a_million_files_is_refused_unread(tmp_path: Path) -> None:
    path = workbook(tmp_path / "many.xlsx", [(0, 0)])
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = (64 << 20).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert refusal(path) == "too_large"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]
)
def test_a_document_type_with_entities_is_refused_by_name(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "dtd.xlsx", [(0, 0)])
    bomb = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    changed(path, part, b"?>", bomb)
    assert refusal(path) == "document_type"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_a_part_that_is_no_xml_is_refused_by_name(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "broken.xlsx", [(0, 0)])
    assert (
        refusal(
            changed(
                path,
                part,
                b">",
                b"<",
            )
        )
        == "broken_xml"
    )


def test_other_kinds_need_no_trial_and_a_damaged_old_workbook_is_left_to_who_opens_it(
    tmp_path: Path,
) -> None:
    refuse_exploding(workbook(tmp_path / "good.xlsx", [(0, 0), (2_000, 20)]))
    old = tmp_path / "broken.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing of a workbook")
    refuse_exploding(old)
    assert refusal(old) == "not_a_workbook"


def test_merged_blocks_that_overlap_count_once() -> None:
    """A file can hold any number of them; each row would have to go through all."""
    whole = (0, 0, 1_000_000, 16_000)
    merged = Merged([whole] * 50_000)
    cells = ["标题", "", ""]
    merged.spread(0, cells, 3)
    assert cells == ["标题", "标题", "标题"]
    assert len(merged._open) == 1
