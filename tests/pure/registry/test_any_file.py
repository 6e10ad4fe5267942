"""Whatever is uploaded, reading it either works or is refused by name; it never breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import Context, UnreadableFile
from backend.app.registry.messages import FINDINGS
from tests.pure.registry.files import TODAY, csv_bytes, read

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
"""Control characters: a text that begins with them is no text, and is refused by name."""
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
