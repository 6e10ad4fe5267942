"""Workbooks that ask for more memory than there is are refused, and nothing of ours dies."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.sheet_source import _Merged
from backend.app.registry.imports.unpacking import refuse_exploding


def workbook(path: Path, cells: list[tuple[int, int]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名录")
    for row, column in cells:
        sheet.write_string(row, column, "x")
    book.close()
    return path


def test_a_workbook_with_a_stray_cell_in_its_last_corner_is_refused(tmp_path: Path) -> None:
    """Laid out as a grid it would take half a terabyte."""
    path = workbook(tmp_path / "stray.xlsx", [(0, 0), (1_048_575, 16_383)])
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFile) as refused:
        refuse_exploding(path)
    assert refused.value.code == "too_large"


def test_an_archive_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    honest = workbook(tmp_path / "honest.xlsx", [(0, 0), (1, 0)])
    blown = io.BytesIO()
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(blown, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/sharedStrings.xml":
                data = data.replace(b">x<", b">" + b"x" * (96 << 20) + b"<")
            new.writestr(info.filename, data)
    path = tmp_path / "blown.xlsx"
    path.write_bytes(blown.getvalue())
    with pytest.raises(UnreadableFile):
        refuse_exploding(path, memory=160 << 20)


def test_ordinary_workbooks_and_other_files_pass(tmp_path: Path) -> None:
    refuse_exploding(workbook(tmp_path / "good.xlsx", [(0, 0), (2_000, 20)]))
    text = tmp_path / "list.csv"
    text.write_bytes("名称\n甲\n".encode())
    refuse_exploding(text)


def test_a_broken_workbook_is_left_to_who_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing of an archive")
    refuse_exploding(path)


def test_merged_blocks_that_overlap_count_once() -> None:
    """A file can hold any number of them; each row would have to go through all."""
    whole = ((0, 0), (1_000_000, 16_000))
    merged = _Merged([whole] * 50_000, 0)
    cells = ["标题", "", ""]
    merged.spread(0, cells)
    assert cells == ["标题", "标题", "标题"]
    assert len(merged._open) == 1
