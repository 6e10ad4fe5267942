"""Opening files: encoding by strict decoding, headers below titles, merged cells, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.run import preview
from backend.app.registry.imports.source import open_source
from tests.pure.registry.files import code, csv_bytes, sheet_bytes

HEAD = ("企业名称", "统一社会信用代码", "行政区划代码")
ROWS = (HEAD, ("桓水食品厂", code(1), "370399"))


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found_by_decoding_strictly(
    tmp_path: Path, encoding: str, named: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(ROWS, encoding))
    source = open_source(file)
    assert source.encoding == named
    assert [row.cells for row in source.rows()] == [list(row) for row in ROWS]


def test_a_rare_character_only_gb18030_has_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes((HEAD, ("𠮷祥店", code(1), "370399")), "gb18030"))
    assert [row.cells[0] for row in open_source(file).rows()][1] == "𠮷祥店"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found_by_counting(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(ROWS, delimiter=delimiter))
    assert [len(row.cells) for row in open_source(file).rows()] == [3, 3]


def test_a_line_break_inside_a_cell_does_not_end_the_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes((HEAD, ("桓水\n食品厂", code(1), "370399"))))
    assert [row.number for row in open_source(file).rows()] == [1, 2]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"\xff\xff\xfe\x80 not text", "unknown_encoding"),
        (b"%PDF-1.7 ...", "unknown_kind_of_file"),
        (b"PK\x03\x04 cut off", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "not_a_workbook"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    file = tmp_path / "a"
    file.write_bytes(data)
    with pytest.raises(UnreadableFile) as refusal:
        open_source(file)
    assert refusal.value.code == reason


def test_an_encoding_chosen_by_hand_must_decode_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(ROWS, "gb18030"))
    with pytest.raises(UnreadableFile):
        open_source(file, encoding="utf-8")


def test_the_header_is_found_below_titles_and_blank_rows(tmp_path: Path) -> None:
    rows = (("桓水县检查对象名录库",), (), ("填报单位：市场监管局", "", "2026年"), *ROWS)
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(rows))
    seen = preview(open_source(file), KINDS["enterprises"])
    assert seen.header_row == 4
    assert seen.mapping == {"name": 0, "code": 1, "region_code": 2}
    assert [row.cells[0] for row in seen.sample] == ["桓水食品厂"]


def test_merged_headers_are_spread_and_the_lower_storey_names_the_columns(tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "检查对象名录")
        sheet.merge_range(1, 0, 2, 0, "企业名称")
        sheet.merge_range(1, 1, 1, 2, "登记信息")
        sheet.write_row(2, 1, ["统一社会信用代码", "行政区划代码"])
        sheet.write(1, 3, "地址")
        sheet.merge_range(3, 3, 4, 3, "滨河路1号")

    body = ((), (), (), ("甲厂", code(1), 370399), ("乙厂", code(2), 370399))
    file = tmp_path / "a.xlsx"
    file.write_bytes(sheet_bytes(body, merge))
    source = open_source(file)
    seen = preview(source, KINDS["enterprises"])
    assert seen.header_row == 3
    assert seen.mapping == {"name": 0, "code": 1, "region_code": 2, "address": 3}
    assert [row.cells[3] for row in seen.sample] == ["滨河路1号", "滨河路1号"]


def test_a_number_beyond_fifteen_digits_shows_as_the_power_of_ten_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(sheet_bytes((HEAD, ("甲厂", 914690062012665111, 110108000000016))))
    cells = [row.cells for row in open_source(file).rows()][1]
    assert "e+17" in cells[1]
    assert cells[2] == "110108000000016"


@pytest.mark.parametrize(
    ("kind", "labels", "mapping"),
    [
        (
            "enterprises",
            [
                "名称",
                "社会信用代码",
                "登记管理机关行政区划码(代码3-8位)",
                "注册地址",
                "法人代表(已脱敏)",
            ],
            {"name": 0, "code": 1, "region_code": 2, "address": 3},
        ),
        (
            "items",
            ["编号", "抽查事项名称", "抽查子项", "检查人员要求", "事项代码", "执法类别"],
            {"name": 1, "subitem": 2, "officer_requirement": 3, "code": 4, "group_name": 5},
        ),
        (
            "materials",
            ["事项代码", "记录表名称", "要求提供材料(|分隔)"],
            {"item_code": 0, "title": 1, "materials": 2},
        ),
        (
            "officers",
            ["Name", "Certificate number", "Valid until"],
            {"name": 0, "certificate": 1, "certificate_expires_on": 2},
        ),
    ],
)
def test_columns_are_guessed_by_chinese_and_english_names(
    tmp_path: Path, kind: str, labels: list[str], mapping: dict[str, int]
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes((labels, ["x"] * len(labels))))
    assert preview(open_source(file), KINDS[kind]).mapping == mapping
