"""Delimited text: no record swallows another, whatever the quotation marks do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.registry.imports.csv_records import records
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.source import open_source
from tests.pure.registry.files import code, found, read

HEAD = "统一社会信用代码,企业名称,行政区划代码,经营范围"


def lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def cut(text: str, delimiter: str = ",") -> list[tuple[list[str], str]]:
    return [(record.cells, record.fault) for record in records(lines(text), delimiter)]


CELLS = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12
).filter(lambda text: not text.startswith((" ", "\t")))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
)
def test_what_pythons_writer_wrote_is_read_back_or_named(
    rows: list[list[str]], delimiter: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    read_back = cut(text.getvalue(), delimiter)
    if all(not fault for _cells, fault in read_back):
        assert [cells for cells, _fault in read_back] == rows
    else:
        assert len(read_back) >= len(rows)


FAULTS = [
    ('a,"食品\nb,百货\nc,餐饮"服务\n', ["quote_early", "", "quote_stray"]),
    ('a,"食品\nb,百货', ["quote_open", ""]),
    ('a,"食"品,x\nb,百,y\n', ["quote_early", ""]),
    ('a,5"管\nb,百货\n', ["quote_stray", ""]),
    ('a,三"井"店\nb,百货\n', ["", ""]),
    ('a, "甲,乙" ,c\n', [""]),
    ('="0012",甲\n', [""]),
]


@pytest.mark.parametrize(("text", "faults"), FAULTS)
def test_a_fault_is_named_in_the_line_where_it_begins(text: str, faults: list[str]) -> None:
    assert [fault for _cells, fault in cut(text)] == faults


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("closing", range(1, 5))
def test_an_open_quotation_never_costs_another_firm(
    tmp_path: Path, column: int, end: str, closing: int
) -> None:
    """The mark opens in row 2 and a stray one stands in a later row, or in none."""
    rows = [[code(number), f"{number}店", "370399", "百货"] for number in range(1, 6)]
    rows[0][column] = '"' + rows[0][column]
    if closing < 5:
        rows[closing % 5][column] += '"'
    text = end.join([HEAD, *(",".join(row) for row in rows)])
    entries, problems = read(tmp_path, "enterprises", text.encode())
    good = {entry.key for entry in entries if entry.good}
    bad = {problem.row for problem in problems if problem.severity == "error"}
    assert len(good) + len(bad) == 5
    assert 2 in bad


def test_a_cell_with_line_breaks_and_delimiters_of_its_own_is_read(tmp_path: Path) -> None:
    scope = "1、零售,批发\n2、服务, 咨询\n3、其他"
    text = f'{HEAD}\n{code(1)},甲店,370399,"{scope}"\n{code(2)},乙店,370399,百货\n'
    entries, problems = read(tmp_path, "enterprises", text.encode())
    assert problems == []
    assert [entry.values["business_scope"] for entry in entries] == [scope, "百货"]


def test_line_ends_of_every_kind_end_a_row(tmp_path: Path) -> None:
    text = f"{HEAD}\r\n{code(1)},甲,370399,a\r{code(2)},乙,370399,b\n{code(3)},丙,370399,c"
    entries, problems = read(tmp_path, "enterprises", text.encode())
    assert (len(entries), problems) == (3, [])


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "，", "；"])
def test_other_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    rows = [
        HEAD.split(","),
        [code(1), "甲店", "370399", "百货、食品"],
        [code(2), "乙", "370399", ""],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    entries, problems = read(tmp_path, "enterprises", text.encode())
    assert (len(entries), found(problems)) == (2, [])


def test_commas_in_prose_do_not_win_over_the_delimiter(tmp_path: Path) -> None:
    rows = [HEAD.replace(",", "\t")]
    rows += [f"{code(number)}\t店\t370399\t百货,食品,烟草" for number in range(3)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert open_source(path).delimiter == "\t"


def test_a_delimiter_inside_an_unquoted_cell_is_an_error(tmp_path: Path) -> None:
    text = f"{HEAD}\n{code(1)},甲,店,370399,百货\n{code(2)},乙店,370399\n"
    _entries, problems = read(tmp_path, "enterprises", text.encode())
    assert (2, "", "more_cells") in found(problems, "error")
    assert (3, "", "fewer_cells") in found(problems, "warning")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("\x00".join("code,name\n1,x").encode(), "nul_characters"),
        ("code,name\n1,x".encode("utf-16-le"), "nul_characters"),
        (b"\x01\x02\x03 binary", "unknown_kind_of_file"),
        (b'[{"name": "x"}]', "json"),
        (b'{"rows": []}', "json"),
    ],
)
def test_what_is_no_text_of_a_table_is_refused_by_name(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as refused:
        open_source(path)
    assert refused.value.code == reason


def test_a_file_of_broken_quotations_is_refused_and_does_not_take_for_ever() -> None:
    with pytest.raises(UnreadableFile) as refused:
        cut('"a"b,c\n' * 3000)
    assert (refused.value.code, refused.value.params) == ("broken_csv", {"line": "1001"})
