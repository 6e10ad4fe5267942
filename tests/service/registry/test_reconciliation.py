"""Every row of a file has one fate, and the fates add up to the file; columns are asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.mapping import guess_mapping, questions
from backend.app.registry.imports.model import Context
from backend.app.registry.imports.run import check, preview
from backend.app.registry.imports.source import open_source
from backend.app.registry.service.import_tally import Tally, reconcile
from tests.pure.registry.files import TODAY, code, csv_bytes

CONTEXT = Context(
    today=TODAY,
    default_department="d1",
    kept_departments=frozenset({"d1"}),
    default_region="370399",
    item_codes=frozenset({"A01", "B07"}),
    number_items=True,
)
CELL = st.sampled_from(
    [
        "",
        "A01",
        "B07",
        code(1),
        code(2),
        "370399",
        "甲店",
        "1",
        "2",
        "合计",
        "示例",
        "#N/A",
        '"',
        "2030-01-01",
    ]
)


@pytest.mark.parametrize("kind", list(KINDS))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_fates_of_rows_add_up_to_the_rows_of_the_file(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    head = [field.aliases[0] for field in KINDS[kind].fields][:6]
    rows = data.draw(st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=9))
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([head, *rows]))
    source = open_source(path)
    seen = preview(source, KINDS[kind])
    tally = Tally()
    for unit in check(source, KINDS[kind], seen.header_row, seen.mapping, CONTEXT):
        tally.read(unit, [])
        for entry in unit.entries:
            if entry.good:
                tally.take(entry, "new")
            else:
                tally.leave_out(entry)
    found = reconcile(tally.document(), {}, {})
    assert found is not None
    assert found.accounted == found.rows == sum(1 for _row in source.rows())


def test_the_better_name_wins_wherever_its_column_stands_and_a_heading_is_a_field() -> None:
    fields = KINDS["checklists"].fields
    for labels in (["检查项目", "检查内容"], ["检查内容", "检查项目"]):
        mapping = guess_mapping(labels, fields)
        assert labels[mapping["text"]] == "检查内容"
        assert labels[mapping["heading"]] == "检查项目"


@pytest.mark.parametrize(
    ("kind", "labels", "asked"),
    [
        ("enterprises", ["企业名称", "统一社会信用代码", "名称"], [(2, "rival", "name")]),
        ("enterprises", ["企业名称", "地址", "地址"], [(2, "rival", "address")]),
        ("officers", ["姓名", "执法证号", "性别"], []),
        ("officers", ["姓名", "执法证号", "证件现状态"], [(2, "decisive", "")]),
        ("items", ["抽查事项", "状态"], []),
    ],
)
def test_columns_that_rival_or_decide_are_asked_about(
    kind: str, labels: list[str], asked: list[tuple[int, str, str]]
) -> None:
    fields = KINDS[kind].fields
    mapping = guess_mapping(labels, fields)
    found = questions(labels, frozenset(range(len(labels))), mapping, fields)
    assert [(one.column, one.reason, one.field) for one in found] == asked
    assert questions(labels, frozenset(), mapping, fields) == []
