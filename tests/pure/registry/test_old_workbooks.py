"""Workbooks of Excel 97 to 2003 and of WPS, as an office program wrote them.

`scripts/old_workbooks.py` says how the files were made; they hold what the other tests of workbooks
make while they run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from backend.app.registry.imports.model import Context, OtherSheet, UnreadableFile
from backend.app.registry.imports.source import open_source
from backend.app.registry.imports.unpacking import refuse_exploding
from tests.pure.registry.files import TODAY, code, found, read_path

FOLDER = Path(__file__).parent / "workbooks"
REGISTER, LOCKED = FOLDER / "register.xls", FOLDER / "locked.xls"
IN_1904 = FOLDER / "register_1904.xls"


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.csv"])
def test_an_old_workbook_is_read_as_a_person_sees_it_whatever_it_is_called(
    tmp_path: Path, name: str
) -> None:
    path = Path(shutil.copy(REGISTER, tmp_path / name))
    refuse_exploding(path)
    source = open_source(path)
    assert (source.sheet, source.sheets) == ("名录", ("旧", "名录", "附"))
    survey = source.survey()
    assert (survey.hidden_rows, survey.hidden_columns) == (1, (5,))
    assert survey.other_sheets == (
        OtherSheet("旧", 2, hidden=True),
        OtherSheet("附", 2, hidden=False),
    )
    assert [row.number for row in source.rows() if row.hidden] == [5]


@pytest.mark.parametrize("path", [REGISTER, IN_1904])
def test_every_doubt_in_it_is_named(path: Path) -> None:
    entries, problems = read_path(path, "enterprises")
    assert found(problems) == [
        (2, "registration_number", "shown_text_taken"),
        (3, "status", "error_cell"),
        (4, "established_on", "date_serial"),
        (5, "", "hidden_row"),
        (6, "", "example_row"),
    ]
    assert [(entry.key, entry.good) for entry in entries] == [
        (code(1), True),
        (code(2), False),
        (code(3), True),
    ]
    assert {entry.values["established_on"] for entry in entries} == {"2015-01-05"}
    assert entries[0].values["registration_number"] == "037039900000018"


def test_a_book_of_1904_counts_its_plain_numbers_from_there() -> None:
    assert open_source(IN_1904).epoch_1904
    assert not open_source(REGISTER).epoch_1904
    cells = [row.cells[3] for path in (REGISTER, IN_1904) for row in open_source(path).rows()]
    assert {"42009", "40547"} <= set(cells)


def test_hidden_rows_and_another_sheet_are_read_when_they_are_asked_for() -> None:
    entries, _problems = read_path(REGISTER, "enterprises", Context(today=TODAY, take_hidden=True))
    assert [entry.rows for entry in entries] == [(2,), (3,), (4,), (5,)]
    old = open_source(REGISTER, sheet="旧")
    assert [row.cells[0] for row in old.rows()] == ["企业名称", "旧店"]
    with pytest.raises(UnreadableFile) as refused:
        open_source(REGISTER, sheet="新")
    assert refused.value.code == "no_such_sheet"


def test_a_second_reader_agrees_on_the_texts() -> None:
    sheet = CalamineWorkbook.from_path(str(REGISTER)).get_sheet_by_name("名录").to_python()
    ours = [row.cells for row in open_source(REGISTER).rows()]
    assert [row[:2] for row in ours[:5]] == [row[:2] for row in sheet[:5]]


def test_a_locked_workbook_is_refused_by_name() -> None:
    refuse_exploding(LOCKED)
    with pytest.raises(UnreadableFile) as refused:
        open_source(LOCKED)
    assert refused.value.code == "password_protected"


@pytest.mark.parametrize("length", [8, 100, 512, 1536, 2048, 3072, 5000])
def test_one_that_was_cut_off_is_refused_by_name(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(REGISTER.read_bytes()[:length])
    with pytest.raises(UnreadableFile) as refused:
        open_source(path)
    assert refused.value.code == "not_a_workbook"


def test_one_damaged_byte_costs_the_workbook_at_most_a_refusal(tmp_path: Path) -> None:
    whole = REGISTER.read_bytes()
    path = tmp_path / "a.xls"
    for at in range(512, len(whole), 211):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            read_path(path, "enterprises")
        except UnreadableFile as refused:
            assert refused.code
