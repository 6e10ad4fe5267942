"""Cells and dates: noise is taken off and said, doubt is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backend.app.platform.text import clean, fold, plain_decimal
from backend.app.registry.imports.cells import unbalanced
from backend.app.registry.imports.dates import read_date


@pytest.mark.parametrize(
    ("raw", "text", "notes"),
    [
        ("甲公司", "甲公司", ()),
        ("甲公司 ", "甲公司", ("spaces",)),
        ("甲\n公司", "甲公司", ("line_break",)),
        ("ＡＢ１２号", "AB12号", ("full_width",)),
        ("《食品安全法》_x000D_第一条", "《食品安全法》第一条", ("export_leftover",)),
        ("甲\u3000\u3000乙", "甲 乙", ("spaces",)),
        ("甲\u200b乙", "甲乙", ("invisible",)),
        ("Cafe\u0301", "Café", ("not_composed",)),
        ("A  B", "A B", ("spaces",)),
        ("（甲）", "（甲）", ()),
    ],
)
def test_cleaning_says_what_it_took_off(raw: str, text: str, notes: tuple[str, ...]) -> None:
    assert clean(raw) == (text, notes)


def test_lines_that_are_meant_stay() -> None:
    assert clean("1、甲\r\n2、乙", keep_lines=True) == ("1、甲\n2、乙", ())


def test_labels_compare_without_case_width_spaces_and_marks() -> None:
    assert fold("统一社会信用代码 / 注册号") == fold("統一社会信用代码/注册号".replace("統", "统"))
    assert fold("ＵＳＣＣ") == fold("uscc")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("其他（只针对冷链产品", "（"),
        ("县级以上市场监管部门）", "）"),
        ("《招标投标法》第一条", None),
        ("(含县级）公安机关", None),
        ("1）台账；2）记录", None),
        ("《实施办法（试行》", "》"),
    ],
)
def test_a_mark_without_its_partner_is_found(text: str, mark: str | None) -> None:
    assert unbalanced(text) == mark


@pytest.mark.parametrize(
    "text",
    [
        "2015/1/5",
        "2015.01.05",
        "2015-01-05",
        "2015年1月5日",
        "20150105",
        "２０１５－０１－０５",
        "2015-01-05 00:00:00",
        "2015 1 5",
    ],
)
def test_every_year_first_shape_is_read(text: str) -> None:
    assert read_date(text) == (date(2015, 1, 5), None)


def test_a_spreadsheet_serial_is_read_and_named() -> None:
    assert read_date("42009") == (date(2015, 1, 5), "date_serial")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2015-02-30", "date_impossible"),
        ("20151332", "date_impossible"),
        ("2015-01", "date_incomplete"),
        ("2015年", "date_incomplete"),
        ("03/04/2015", "date_ambiguous"),
        ("5.1.15", "date_ambiguous"),
        ("长期", "date_unreadable"),
        ("99999", "date_unreadable"),
    ],
)
def test_doubtful_dates_are_named_and_not_read(text: str, problem: str) -> None:
    assert read_date(text) == (None, problem)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-18", "-18"),
        ("３６.９", "36.9"),
        ("+0.50", "0.50"),
        ("1e999999999", None),
        ("NaN", None),
        ("1" * 16, None),
        ("1.", None),
        ("", None),
    ],
)
def test_only_plainly_written_numbers_are_numbers(text: str, value: str | None) -> None:
    assert plain_decimal(text) == (None if value is None else Decimal(value))
