"""Whatever is uploaded, reading it either works or is refused by name; it never breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import Context, UnreadableFile
from backend.app.registry.messages import FINDINGS
from tests.pure.registry.files import TODAY, code, csv_bytes, found, read, sheet_bytes

CONTEXT = Context(
    today=TODAY,
    default_department="d1",
    kept_departments=frozenset({"d1"}),
    item_codes=frozenset({"A01"}),
    number_items=True,
)
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "A01",
            "是",
            "pass",
            "9.1e+17",
            "42009",
            "1=2",
            "合格:pass|坏:fail",
            "数值",
            "-1",
            "N/A",
        ]
    ),
    st.text(max_size=40),
)
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Control characters: a text that is full of them is no text, and is refused by name. What one
of them does to a sound file is a test of its own."""
HEAD = ("企业名称", "统一社会信用代码", "行政区划代码", "注册地址", "经营范围")
CONTROLS = st.characters(max_codepoint=0x9F, categories=("Cc",), exclude_characters="\t\n\r")
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_by_name(tmp_path: Path, data: bytes) -> None:
    try:
        read(tmp_path, "enterprises", data)
    except UnreadableFile as refusal:
        assert refusal.code


@pytest.mark.parametrize("kind", list(KINDS))
@QUICK
@given(data=st.data())
def test_any_cells_are_judged_with_findings_that_have_sentences(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    head = [field.aliases[0] for field in KINDS[kind].fields]
    row = st.lists(CELL, min_size=len(head), max_size=len(head))
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    clean = [[UNWRITABLE.sub("", cell) for cell in cells] for cells in rows]
    entries, problems = read(tmp_path, kind, csv_bytes([head, *clean], "utf-8-sig"), CONTEXT)
    assert {problem.code for problem in problems} <= FINDINGS.keys()
    bad = {problem.row for problem in problems if problem.severity == "error"}
    assert all(bad.isdisjoint(entry.rows) for entry in entries if entry.good)


@QUICK
@example(mark="\x00", place=0, column=0, encoding="utf-8")
@given(
    mark=CONTROLS,
    place=st.integers(0, 4),
    column=st.sampled_from([0, 3, 4]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_one_damaged_cell_costs_no_row(
    tmp_path: Path, mark: str, place: int, column: int, encoding: str
) -> None:
    sound = [[f"桓水{n}号店", code(n), "370399", f"东街{n}号", "百货零售"] for n in range(1, 6)]
    rows = [list(cells) for cells in sound]
    rows[place][column] = rows[place][column][:3] + mark + rows[place][column][3:]
    entries, problems = read(tmp_path, "enterprises", csv_bytes([HEAD, *rows], encoding))
    field = {0: "name", 3: "address", 4: "business_scope"}[column]
    assert [(problem.row, problem.field) for problem in problems] == [(place + 2, field)]
    named = {"\x00": "lost_character", **dict.fromkeys("\x0b\x0c\x85", "cleaned_invisible")}
    assert problems[0].code == named.get(mark, "control_character")
    assert [entry.good for entry in entries] == [True] * 5
    kept = rows[place][column].replace(mark, "\ufffd" if mark == "\x00" else "")
    assert entries[place].values[field] == kept


def test_a_workbook_writes_a_damaged_cell_in_its_own_way(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["桓水\x07一号店", code(1), "370399", "", ""],
        ["二号店", code(2), "370399", "", ""],
    ]
    entries, problems = read(tmp_path, "enterprises", sheet_bytes(rows))
    assert [entry.values["name"] for entry in entries] == ["桓水一号店", "二号店"]
    assert found(problems) == [(2, "name", "cleaned_export_leftover")]
